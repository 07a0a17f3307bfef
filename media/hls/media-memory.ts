// The bytes of a programme that are in memory: of its initializations and complete segments, until they are let go.

import { concat } from "#media/bytes/concat.ts";
import type { Cut, Segment } from "./segment.ts";

export class MediaMemory {
  /** By id, which rises. */
  readonly #initializations = new Map<number, Uint8Array>();
  /** By media sequence number, which rises: the parts of each, joined once somebody asks for it. */
  readonly #segments = new Map<number, readonly Uint8Array[]>();
  #openParts: Uint8Array[] | null = null;

  push(cut: Cut): void {
    switch (cut.type) {
      case "initialization":
        this.#initializations.set(cut.initialization.id, cut.initialization.bytes);
        return;
      case "segment-start":
        this.#openParts = [];
        return;
      case "part":
        this.#openParts?.push(cut.part.bytes);
        return;
      case "segment":
        this.#segments.set(cut.segment.msn, this.#openParts ?? []);
        this.#openParts = null;
    }
  }

  /** Undefined when it is not in memory, as for a segment. */
  initialization(id: number): Uint8Array | undefined {
    return this.#initializations.get(id);
  }

  segment(msn: number): Uint8Array | undefined {
    const parts = this.#segments.get(msn);
    if (parts === undefined) return undefined;
    const [first] = parts;
    if (parts.length === 1 && first !== undefined) return first;
    const bytes = concat(parts);
    this.#segments.set(msn, [bytes]);
    return bytes;
  }

  /** Lets go of segments that are recorded: they are read there. */
  release(isRecorded: (msn: number) => boolean): void {
    for (const msn of this.#segments.keys()) if (isRecorded(msn)) this.#segments.delete(msn);
  }

  /** Lets go of what only segments before this one need. */
  releaseBefore({ msn, initializationId }: Segment): void {
    deleteBelow(this.#segments, msn);
    deleteBelow(this.#initializations, initializationId);
  }
}

/** The keys rise. */
function deleteBelow(map: Map<number, unknown>, lowest: number): void {
  for (const key of map.keys()) {
    if (key >= lowest) return;
    map.delete(key);
  }
}
