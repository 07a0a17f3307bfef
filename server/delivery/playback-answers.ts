// Answers that players and caches get: immutable bytes, playlists, and what is not there.

import { gzipSync } from "bun";
import { IMMUTABLE } from "#server/common/cache-control.ts";
import { hasAlready } from "./entity-tag.ts";
import { CORS_HEADERS, emptyAnswer, lengthOf, Representation, type SendableBytes } from "./representation.ts";

const PLAYLIST = "application/vnd.apple.mpegurl";

/** A live playlist is always asked for anew: one that a cache keeps stands still. */
const PLAYLIST_CACHE_CONTROL = { live: "no-cache", final: "public, max-age=60" } as const;

/** Below this a compressed playlist is hardly smaller. */
const GZIP_MIN_LENGTH = 1024;

/** The types of what a media playlist lists (rfc8216bis §3.1.2). */
export const CONTENT_TYPES = { initialization: "video/mp4", segment: "video/iso.segment" } as const;

/** A playlist that is answered with, as whoever asks can take it. */
export interface PlaylistAnswers {
  answer(request: Request): Response | Promise<Response>;
}

/** The text of a playlist as it is sent, made once for all who ask. */
export class PlaylistText implements PlaylistAnswers {
  readonly #plain: Representation;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #gzipped: Representation | null = null;

  constructor(text: string, stage: keyof typeof PLAYLIST_CACHE_CONTROL) {
    this.#bytes = new TextEncoder().encode(text);
    this.#headers = playlistHeaders(stage);
    this.#plain = new Representation(this.#bytes, this.#headers);
  }

  answer(request: Request): Response {
    const isCompressed = this.#bytes.byteLength >= GZIP_MIN_LENGTH && wantsGzip(request);
    return (isCompressed ? this.#compressed() : this.#plain).answer(request);
  }

  #compressed(): Representation {
    this.#gzipped ??= new Representation(gzipSync(this.#bytes), gzipHeaders(this.#headers));
    return this.#gzipped;
  }
}

/** A version of an event's playlist as it is sent, made once for all who ask: as gzip, and as text where somebody takes no gzip. */
export class EventPlaylist implements PlaylistAnswers {
  readonly #headers = playlistHeaders("live");
  readonly #gzipped: Representation;
  readonly #makePlain: () => Promise<Blob>;
  #plain: Promise<Representation> | null = null;

  constructor(gzipped: Blob, makePlain: () => Promise<Blob>) {
    this.#gzipped = new Representation(gzipped, gzipHeaders(this.#headers));
    this.#makePlain = makePlain;
  }

  answer(request: Request): Response | Promise<Response> {
    if (wantsGzip(request)) return this.#gzipped.answer(request);
    this.#plain ??= this.#makePlain().then((text) => new Representation(text, this.#headers));
    return this.#plain.then((plain) => plain.answer(request));
  }
}

function playlistHeaders(stage: keyof typeof PLAYLIST_CACHE_CONTROL): Readonly<Record<string, string>> {
  return {
    "Cache-Control": PLAYLIST_CACHE_CONTROL[stage],
    "Content-Type": PLAYLIST,
    Vary: "Accept-Encoding",
  };
}

function gzipHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return { ...headers, "Content-Encoding": "gzip" };
}

/** Bytes that never change under their URL. */
export class ImmutableBytes {
  readonly #entityTag: string;
  readonly #representation: Representation;

  constructor(bytes: SendableBytes, contentType: string) {
    this.#entityTag = `"${lengthOf(bytes).toString(36)}"`; // no URL ever gets other bytes: any tag would do
    this.#representation = new Representation(bytes, {
      "Cache-Control": IMMUTABLE,
      "Content-Type": contentType,
      ETag: this.#entityTag,
    });
  }

  get byteLength(): number {
    return this.#representation.byteLength;
  }

  /** 304 for who has them already (RFC 9110 §13), else all of them or a range (§14). */
  answer(request: Request): Response {
    const ifNoneMatch = request.headers.get("If-None-Match");
    return hasAlready(ifNoneMatch, this.#entityTag)
      ? notModified(this.#entityTag)
      : this.#representation.answer(request);
  }
}

/** A playlist that was made for whoever asked: no cache hands it to anybody else. */
export function viewerPlaylistAnswer(request: Request, text: string): Response {
  const headers = { "Cache-Control": "private, no-cache", "Content-Type": PLAYLIST };
  return new Representation(new TextEncoder().encode(text), headers).answer(request);
}

/** To where the same is played from now on; `location` may be relative. */
export function redirectAnswer(location: string): Response {
  return new Response(null, {
    status: 302,
    headers: { ...CORS_HEADERS, "Cache-Control": "no-store", Location: location },
  });
}

/** Nothing that is not there yet may be remembered as missing. */
export function notFoundAnswer(headers: Readonly<Record<string, string>> = {}): Response {
  return emptyAnswer(404, headers);
}

/** Playback is only read. */
const METHODS = "GET, HEAD, OPTIONS";

export function methodNotAllowedAnswer(): Response {
  return emptyAnswer(405, { Allow: METHODS });
}

export function preflightAnswer(): Response {
  return new Response(null, {
    status: 204,
    headers: {
      ...CORS_HEADERS,
      "Access-Control-Allow-Methods": METHODS,
      "Access-Control-Allow-Headers": "*",
      "Access-Control-Max-Age": "86400",
    },
  });
}

function notModified(entityTag: string): Response {
  return new Response(null, {
    status: 304,
    headers: { ...CORS_HEADERS, "Cache-Control": IMMUTABLE, ETag: entityTag },
  });
}

/** A part of a playlist is not compressed. */
function wantsGzip({ headers }: Request): boolean {
  return acceptsGzip(headers.get("Accept-Encoding") ?? "") && !headers.has("Range");
}

function acceptsGzip(acceptEncoding: string): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(acceptEncoding);
}
