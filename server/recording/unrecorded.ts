// In the place of a recorder where nothing is recorded: bytes are held in memory, for as long as they are asked for.

import type { Cut } from "#media/hls/segment.ts";
import { HeldBytes } from "./held-bytes.ts";

export class Unrecorded {
  readonly held = new HeldBytes(null);

  write(cut: Cut): void {
    this.held.push(cut, null);
  }

  async end(): Promise<void> {}
}
