// How much room the disk has for recordings: looked at in one place for all of them, and told to each when it runs short and
// when there is enough again.

import { messageOf } from "#server/common/failure.ts";

/** The disk is looked at this often, whoever fills it. */
const LOOK_MS = 1000;

/** And whenever recordings have written an eighth of the minimum since; but not for less than this. */
const LEAST_LOOK_BYTES = 4_000_000;

/** Recording begins again only when there is this much more than the minimum, or an eighth of it more: it does not flutter. */
const LEAST_MARGIN_BYTES = 64_000_000;

export interface FreeSpaceOptions {
  /** 0: recordings may fill the disk. */
  readonly minBytes: number;
  /** Bytes that this process may still write; null where the system does not say. */
  readonly freeBytes: () => Promise<number | null>;
}

/** Told with the reason when there is too little room, with null when there is enough again. */
type ShortageListener = (shortage: string | null) => void;

export class FreeSpace {
  readonly #options: FreeSpaceOptions;
  readonly #listeners = new Set<ShortageListener>();
  #shortage: string | null = null;
  #writtenBytes = 0;
  #looking: Promise<void> | null = null;
  #timer: Timer | null = null;

  constructor(options: FreeSpaceOptions) {
    this.#options = options;
  }

  /** Why nothing may be recorded now; null when there is room. */
  get shortage(): string | null {
    return this.#shortage;
  }

  /** The disk is looked at for as long as anybody listens; ends with what is returned. */
  watch(listener: ShortageListener): () => void {
    this.#listeners.add(listener);
    this.#timer ??= this.#lookOften();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0 || this.#timer === null) return;
      clearInterval(this.#timer);
      this.#timer = null;
    };
  }

  /** A recording wrote this much: costs an addition, and now and then a look that nobody waits for. */
  wrote(byteLength: number): void {
    this.#writtenBytes += byteLength;
    if (this.#writtenBytes >= Math.max(LEAST_LOOK_BYTES, this.#options.minBytes / 8)) void this.look(); // It does not reject.
  }

  /** A write found the disk full, whatever it said before: there is room again when it says so. */
  ranOut(message: string): void {
    if (this.#shortage === null) this.#tell(message);
  }

  /** Asks the disk now. One that does not answer is asked once, and changes nothing. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    this.#writtenBytes = 0;
    const { minBytes } = this.#options;
    const freeBytes = await this.#options.freeBytes();
    if (freeBytes === null) return;
    if (this.#shortage === null) {
      if (freeBytes < minBytes) this.#tell(shortageOf(freeBytes, minBytes));
    } else if (freeBytes >= minBytes + Math.max(LEAST_MARGIN_BYTES, minBytes / 8)) {
      this.#tell(null);
    }
  }

  #tell(shortage: string | null): void {
    this.#shortage = shortage;
    for (const listener of [...this.#listeners]) listener(shortage);
  }

  #lookOften(): Timer {
    const timer = setInterval(() => void this.look(), LOOK_MS);
    timer.unref();
    return timer;
  }
}

/** Of the disk that a folder is on, by `statfs`; null when it does not say. */
export function freeBytesOf(
  folder: string,
  statfs: (folder: string) => Promise<{ readonly bavail: number; readonly bsize: number }>,
  onUnknown: (message: string) => void,
): () => Promise<number | null> {
  let isKnown = true;
  return async () => {
    try {
      const { bavail, bsize } = await statfs(folder);
      isKnown = true;
      return bavail * bsize;
    } catch (error) {
      if (isKnown) onUnknown(messageOf(error));
      isKnown = false;
      return null;
    }
  };
}

function shortageOf(freeBytes: number, minBytes: number): string {
  return `the disk has ${megabytes(freeBytes)} MB left, less than the ${megabytes(minBytes)} MB that are to stay free`;
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(bytes % 1_000_000 === 0 ? 0 : 1);
}
