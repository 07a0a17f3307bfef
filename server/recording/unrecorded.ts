// In the place of a recorder where nothing is recorded any more: bytes are in memory for as long as they are asked for, or
// where they were before.

import type { Cut } from "#media/hls/segment.ts";
import { HeldBytes } from "./held-bytes.ts";

export class Unrecorded {
  readonly held: HeldBytes;

  constructor(held = new HeldBytes(null)) {
    this.held = held;
  }

  write(cut: Cut): void {
    this.held.push(cut, null);
  }

  async end(): Promise<void> {}
}
