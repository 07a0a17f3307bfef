// The lead-ins of segments, made for those who ask: most streams have none.

import { encodeLeadIn } from "#media/hls/lead-in.ts";
import type { RenditionName } from "#media/hls/rendition.ts";
import type { Segment } from "#media/hls/segment.ts";
import type { HeldBytes } from "#server/recording/held-bytes.ts";
import { gatherPieces, type Piece } from "#server/recording/piece.ts";
import { CONTENT_TYPES, ImmutableBytes, notFoundAnswer } from "./playback-answers.ts";

/** Where the two are that a lead-in is made of. */
type LeadInBytes = Pick<HeldBytes, "initialization" | "segment">;

export class LeadIns {
  readonly #made = new WeakMap<Segment, Promise<ImmutableBytes | null>>();

  async answer(
    request: Request,
    held: LeadInBytes,
    rendition: RenditionName,
    segment: Segment,
  ): Promise<Response> {
    return (await this.#of(held, rendition, segment))?.answer(request) ?? notFoundAnswer();
  }

  async has(held: LeadInBytes, rendition: RenditionName, segment: Segment): Promise<boolean> {
    return (await this.#of(held, rendition, segment)) !== null;
  }

  #of(held: LeadInBytes, rendition: RenditionName, segment: Segment): Promise<ImmutableBytes | null> {
    const known = this.#made.get(segment);
    if (known !== undefined) return known;
    const made = make(held, rendition, segment);
    this.#made.set(segment, made);
    made.catch(() => this.#made.delete(segment)); // Whoever asked is told; who asks next may find the disk well.
    return made;
  }
}

/** Null where the segment has no lead-in, or is nowhere any more. */
async function make(
  held: LeadInBytes,
  rendition: RenditionName,
  { msn, initializationId }: Segment,
): Promise<ImmutableBytes | null> {
  const initialization = held.initialization(rendition, initializationId);
  const segment = held.segment(rendition, msn);
  if (initialization === null || segment === null) return null;
  const leadIn = encodeLeadIn(await bytesOf(initialization), await bytesOf(segment));
  return leadIn === null
    ? null
    : new ImmutableBytes(new Blob([new Uint8Array(leadIn)]), CONTENT_TYPES.segment);
}

async function bytesOf(pieces: readonly Piece[]): Promise<Uint8Array> {
  return (await gatherPieces(pieces)).bytes();
}
