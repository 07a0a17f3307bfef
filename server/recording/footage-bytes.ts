// Where the bytes of footage are, by the numbers that its playlist lists.

import type { RenditionName } from "#media/hls/rendition.ts";
import type { Footage } from "./footage.ts";
import type { FilePiece } from "./piece.ts";

export class FootageBytes {
  readonly #rendition: RenditionName;
  readonly #initializations: ReadonlyMap<number, readonly FilePiece[]>;
  readonly #segments: ReadonlyMap<number, readonly FilePiece[]>;

  constructor({ rendition, initializations, segments }: Footage) {
    this.#rendition = rendition;
    this.#initializations = new Map(initializations.map(({ id, place }) => [id, [place]]));
    this.#segments = new Map(segments.map(({ msn, pieces }) => [msn, pieces]));
  }

  /** Null where there is none of this id. */
  initialization(rendition: RenditionName, id: number): readonly FilePiece[] | null {
    return rendition === this.#rendition ? (this.#initializations.get(id) ?? null) : null;
  }

  /** Null where there is none of this media sequence number. */
  segment(rendition: RenditionName, msn: number): readonly FilePiece[] | null {
    return rendition === this.#rendition ? (this.#segments.get(msn) ?? null) : null;
  }
}
