// A small file system of its own, in memory, whose free space a test sets.

import { mkdtempSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "./program.ts";

export class SmallDisk implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Only root may. */
  static async mount(byteLength: number): Promise<SmallDisk> {
    const folder = mkdtempSync(join(tmpdir(), "tandem-disk-"));
    await run(["mount", "-t", "tmpfs", "-o", `size=${byteLength}`, "tmpfs", folder]);
    return new SmallDisk(folder);
  }

  /** Somebody else's file takes the rest. */
  async leave(byteLength: number): Promise<void> {
    const filler = join(this.folder, "filler");
    rmSync(filler, { force: true });
    const { bavail, bsize } = statfsSync(this.folder);
    const rest = bavail * bsize - byteLength;
    if (rest > 0) await run(["fallocate", "-l", String(rest), filler]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run(["umount", this.folder]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
