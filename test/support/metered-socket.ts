// A socket that takes what it is allowed to, and remembers.

import type { SendSocket } from "#server/ingest/send-queue.ts";

export class MeteredSocket implements SendSocket {
  readonly #taken: Uint8Array[] = [];
  /** Bytes. */
  allowance = 0;
  isTerminated = false;
  /** As a socket that the peer closed: it takes nothing more. */
  isClosed = false;
  /** How often it was written to, and told to end. */
  writes = 0;
  ends = 0;

  get taken(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#taken));
  }

  write(bytes: Uint8Array): number {
    this.writes += 1;
    if (this.isClosed) return -1;
    const count = Math.min(this.allowance, bytes.byteLength);
    this.allowance -= count;
    this.#taken.push(bytes.slice(0, count));
    return count;
  }

  end(): void {
    this.ends += 1;
  }

  terminate(): void {
    this.isTerminated = true;
  }
}
