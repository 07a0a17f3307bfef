// A process whose date a test sets while it runs, and whose monotonic clock it leaves alone: libfaketime, preloaded.

import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Glob } from "bun";

export class FakeDate implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "tandem-date-"));
  #aheadSeconds = 0;

  constructor() {
    this.set(0);
  }

  /** What a process has to be started with. */
  get environment(): Record<string, string> {
    return {
      LD_PRELOAD: libraryPath() ?? "",
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_CACHE_DURATION: "1", // the file is read again after a second
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
      DONT_FAKE_MONOTONIC: "1", // what versions before 0.9.8 call it
      NO_FAKE_STAT: "1",
    };
  }

  /** What the process takes for now. */
  nowMs(): number {
    return Date.now() + this.#aheadSeconds * 1000;
  }

  /** From within a second on the date is this far ahead of the true one. */
  set(aheadSeconds: number): void {
    this.#aheadSeconds = aheadSeconds;
    writeFileSync(`${this.#file}.new`, `${aheadSeconds < 0 ? "" : "+"}${aheadSeconds}\n`);
    renameSync(`${this.#file}.new`, this.#file);
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #file(): string {
    return join(this.#folder, "ahead");
  }
}

/** Whether libfaketime is installed, as Debian does it. */
export function canFakeDates(): boolean {
  return libraryPath() !== null;
}

/** The one for programs with threads. */
function libraryPath(): string | null {
  const [path] = new Glob("/usr/lib/*/faketime/libfaketimeMT.so.1").scanSync();
  return path ?? null;
}
