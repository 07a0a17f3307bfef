// What a playlist lists, as an answer: an initialization or a segment, from wherever its bytes are.

import { parseListedUri } from "#media/hls/listed-uri.ts";
import type { RenditionName } from "#media/hls/rendition.ts";
import type { HeldBytes } from "#server/recording/held-bytes.ts";
import { gatherPieces, isInMemory, type Piece } from "#server/recording/piece.ts";
import { CONTENT_TYPES, ImmutableBytes, notFoundAnswer } from "./playback-answers.ts";
import type { StretchCache } from "./stretch-cache.ts";

export class ListedAnswers {
  readonly #stretches: StretchCache;
  /** What is sent of pieces in memory, made once, however many ask. */
  readonly #inMemory = new WeakMap<readonly Piece[], ImmutableBytes>();

  constructor(stretches: StretchCache) {
    this.#stretches = stretches;
  }

  /** `name`: as the playlist of the rendition says it. */
  answer(
    request: Request,
    held: Pick<HeldBytes, "initialization" | "segment">,
    rendition: RenditionName,
    name: string,
  ): Response | Promise<Response> {
    const listed = parseListedUri(name);
    if (listed === null || listed.kind === "lead-in" || listed.kind === "part") return notFoundAnswer();
    const pieces = held[listed.kind](rendition, listed.number);
    return this.answerWith(request, pieces, CONTENT_TYPES[listed.kind]);
  }

  /** `pieces`: null where there are none any more. */
  answerWith(
    request: Request,
    pieces: readonly Piece[] | null,
    contentType: string,
  ): Response | Promise<Response> {
    if (pieces === null) return notFoundAnswer();
    const bytes = this.#bytesOf(request, pieces, contentType);
    return bytes instanceof Promise ? bytes.then((loaded) => loaded.answer(request)) : bytes.answer(request);
  }

  #bytesOf(
    request: Request,
    pieces: readonly Piece[],
    contentType: string,
  ): ImmutableBytes | Promise<ImmutableBytes> {
    if (pieces.every(isInMemory)) return this.#fromMemory(pieces, contentType);
    const [first] = pieces;
    if (pieces.length > 1 || first === undefined || isInMemory(first)) return gathered(pieces, contentType);
    const shared = isForAll(request) ? this.#stretches.ask(first, contentType) : this.#stretches.find(first);
    if (shared !== null) return shared;
    return first.store === undefined ? new ImmutableBytes(first, contentType) : gathered(pieces, contentType);
  }

  /** A Blob is sent to every viewer from where it is; an array would be copied for each. */
  #fromMemory(pieces: readonly Uint8Array[], contentType: string): ImmutableBytes {
    const known = this.#inMemory.get(pieces);
    if (known !== undefined) return known;
    const bytes = new ImmutableBytes(new Blob(pieces.map((piece) => new Uint8Array(piece))), contentType);
    this.#inMemory.set(pieces, bytes);
    return bytes;
  }
}

/** Read from several places: an answer that is sent while it is read could not say its length. */
async function gathered(pieces: readonly Piece[], contentType: string): Promise<ImmutableBytes> {
  return new ImmutableBytes(await gatherPieces(pieces), contentType);
}

/** Whoever wants a part of it, or perhaps nothing, is no reason to read all of it. */
function isForAll({ method, headers }: Request): boolean {
  return method === "GET" && !headers.has("Range") && !headers.has("If-None-Match");
}
