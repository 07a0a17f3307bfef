// A socket that takes what it is allowed to, and remembers.

import type { SendSocket } from "#server/ingest/send-queue.ts";

export class MeteredSocket implements SendSocket {
  readonly #taken: Uint8Array[] = [];
  /** Bytes. */
  allowance = 0;
  isEnded = false;
  isTerminated = false;

  get taken(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#taken));
  }

  write(bytes: Uint8Array): number {
    const count = Math.min(this.allowance, bytes.byteLength);
    this.allowance -= count;
    this.#taken.push(bytes.slice(0, count));
    return count;
  }

  end(): void {
    this.isEnded = true;
  }

  terminate(): void {
    this.isTerminated = true;
  }
}
