// A disk of its own in a file: ext4 behind a loop device, which can be made to take no more writes.

import { copyFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { areInstalled, run } from "./program.ts";

const DISK_BYTES = 64 * 1024 * 1024;

/** Why there can be none here; null when there can. */
export const noLoopDisk: string | null = reason();

export class LoopDisk implements AsyncDisposable {
  readonly folder: string;
  readonly #image: string;
  readonly #filler: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.#image = `${folder}.ext4`;
    this.#filler = join(folder, "filler");
  }

  static async mount(): Promise<LoopDisk> {
    const disk = new LoopDisk(mkdtempSync(join(tmpdir(), "tandem-disk-")));
    writeFileSync(disk.#image, "");
    truncateSync(disk.#image, DISK_BYTES);
    await run(["mkfs.ext4", "-q", "-F", "-m", "0", disk.#image]);
    await disk.#mount();
    return disk;
  }

  /** As Linux does when a file system is found damaged: whatever is open, it is read-only from now on. */
  async becomeReadOnly(): Promise<void> {
    // What was written in the last seconds may be lost with it, which is another matter.
    await run(["sync", "-f", this.folder]);
    writeFileSync(`/sys/fs/ext4/${await this.#device()}/trigger_fs_error`, "1");
  }

  /** To the last block; again when somebody has given some back. */
  async fill(): Promise<void> {
    await run(["sh", "-c", `cat /dev/zero >> ${this.#filler} 2>/dev/null || true`]);
  }

  empty(): void {
    rmSync(this.#filler, { force: true });
  }

  /** What an operator does about a damaged one, while nobody uses it. */
  async repair(): Promise<void> {
    await run(["umount", this.folder]);
    // 1: it was damaged, and is not any more.
    await run(["sh", "-c", `e2fsck -p ${this.#image} || [ $? = 1 ]`]);
    await this.#mount();
  }

  /** As after a power cut at this moment: with what has reached the disk by now, and nothing that was still in memory. */
  async asAfterPowerCut(): Promise<LoopDisk> {
    const disk = new LoopDisk(mkdtempSync(join(tmpdir(), "tandem-disk-")));
    copyFileSync(this.#image, disk.#image);
    await disk.#mount();
    return disk;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run(["umount", this.folder]);
    rmSync(this.folder, { recursive: true, force: true });
    rmSync(this.#image, { force: true });
  }

  async #mount(): Promise<void> {
    await run(["mount", "-o", "loop,errors=remount-ro", this.#image, this.folder]);
  }

  async #device(): Promise<string> {
    const source = await run(["findmnt", "-n", "-o", "SOURCE", this.folder]);
    return source.trim().replace("/dev/", "");
  }
}

function reason(): string | null {
  if (process.platform !== "linux") return "this is not Linux";
  if (process.getuid?.() !== 0) return "only root may mount";
  if (!areInstalled("mkfs.ext4", "e2fsck", "findmnt", "mount", "umount")) return "e2fsprogs is not installed";
  const folder = mkdtempSync(join(tmpdir(), "tandem-disk-"));
  const image = `${folder}.ext4`;
  const tried = `truncate -s 1M ${image} && mkfs.ext4 -q -F ${image} && mount -o loop ${image} ${folder} && umount ${folder}`;
  const { success } = Bun.spawnSync(["sh", "-c", tried], { stdout: "ignore", stderr: "ignore" });
  rmSync(image, { force: true });
  rmSync(folder, { recursive: true });
  return success ? null : "nothing can be mounted here";
}
