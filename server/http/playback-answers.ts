// Answers that players and caches get: immutable bytes with ranges, playlists, and what is not there.

import { gzipSync } from "bun";
import { hasAlready } from "./entity-tag.ts";

/** Any page may play what is played here. */
const CORS_HEADERS = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Expose-Headers": "Accept-Ranges, Content-Length, Content-Range, Date, ETag, Server",
};

const IMMUTABLE = "public, max-age=31536000, immutable";

/** Below this a compressed playlist is hardly smaller. */
const GZIP_MIN_LENGTH = 1024;

/** Of what a media playlist lists (rfc8216bis §3.1.2). */
export const CONTENT_TYPES = { initialization: "video/mp4", segment: "video/iso.segment" } as const;

/** In memory, where a Blob is sent without being copied first, or a stretch of a file. */
export type SendableBytes =
  | Uint8Array
  | Blob
  | { readonly file: string; readonly offset: number; readonly byteLength: number };

/** The text of a playlist as it is sent, made once for all who ask. */
export class PlaylistText {
  readonly bytes: Uint8Array;
  #gzipped: Uint8Array | null = null;

  constructor(text: string) {
    this.bytes = new TextEncoder().encode(text);
  }

  get gzipped(): Uint8Array {
    this.#gzipped ??= gzipSync(new Uint8Array(this.bytes));
    return this.#gzipped;
  }
}

/** Of bytes that never change under their URL: 200, 304 for who has them already, or 206 and 416 for a range (RFC 9110 §13, §14). */
export function bytesAnswer(request: Request, bytes: SendableBytes, contentType: string): Response {
  const entityTag = `"${lengthOf(bytes).toString(36)}"`; // no URL ever gets other bytes: any tag would do
  if (hasAlready(request.headers.get("If-None-Match"), entityTag)) return notModified(entityTag);
  return answer(request, bytes, {
    "Cache-Control": IMMUTABLE,
    "Content-Type": contentType,
    ETag: entityTag,
  });
}

/** A live playlist is always asked for anew: one that a cache keeps stands still. A part of one is not compressed. */
export function playlistAnswer(request: Request, playlist: PlaylistText, isFinal: boolean): Response {
  const isCompressed =
    playlist.bytes.byteLength >= GZIP_MIN_LENGTH && acceptsGzip(request) && !request.headers.has("Range");
  return answer(request, isCompressed ? playlist.gzipped : playlist.bytes, {
    "Cache-Control": isFinal ? "public, max-age=60" : "no-cache",
    "Content-Type": "application/vnd.apple.mpegurl",
    Vary: "Accept-Encoding",
    ...(isCompressed ? { "Content-Encoding": "gzip" } : {}),
  });
}

/** One that was made for whoever asked: no cache hands it to anybody else. */
export function viewerPlaylistAnswer(request: Request, { bytes }: PlaylistText): Response {
  return answer(request, bytes, {
    "Cache-Control": "private, no-cache",
    "Content-Type": "application/vnd.apple.mpegurl",
  });
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
  return notThere(404, headers);
}

export function preflightAnswer(): Response {
  return new Response(null, {
    status: 204,
    headers: {
      ...CORS_HEADERS,
      "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
      "Access-Control-Allow-Headers": "*",
      "Access-Control-Max-Age": "86400",
    },
  });
}

/** 200, or 206 and 416 for a range. */
function answer(request: Request, bytes: SendableBytes, own: Readonly<Record<string, string>>): Response {
  const byteLength = lengthOf(bytes);
  const range = isRangeValid(request, own.ETag) ? rangeOf(request.headers.get("Range"), byteLength) : null;
  if (range === "unsatisfiable") return notThere(416, { "Content-Range": `bytes */${byteLength}` });
  const { start, end } = range ?? { start: 0, end: byteLength };
  const headers: Record<string, string> = {
    ...CORS_HEADERS,
    "Accept-Ranges": "bytes",
    "Content-Length": String(end - start),
    ...own,
  };
  if (range !== null) headers["Content-Range"] = `bytes ${start}-${end - 1}/${byteLength}`;
  const body = request.method === "HEAD" ? null : bodyOf(bytes, start, end);
  return new Response(body, { status: range === null ? 200 : 206, headers });
}

function notThere(status: number, headers: Readonly<Record<string, string>>): Response {
  return new Response(null, {
    status,
    headers: { ...CORS_HEADERS, "Cache-Control": "no-store", ...headers },
  });
}

function notModified(entityTag: string): Response {
  return new Response(null, {
    status: 304,
    headers: { ...CORS_HEADERS, "Cache-Control": IMMUTABLE, ETag: entityTag },
  });
}

/** If-Range (RFC 9110 §13.1.5): of other bytes than these a range is of no use; neither is a date. */
function isRangeValid(request: Request, entityTag: string | undefined): boolean {
  const header = request.headers.get("If-Range");
  return header === null || header.trim() === entityTag;
}

function lengthOf(bytes: SendableBytes): number {
  return bytes instanceof Blob ? bytes.size : bytes.byteLength;
}

function bodyOf(bytes: SendableBytes, start: number, end: number): Uint8Array | Blob {
  if (start === 0 && end === lengthOf(bytes) && !("file" in bytes)) return bytes;
  if (bytes instanceof Uint8Array) return bytes.subarray(start, end);
  if (bytes instanceof Blob) return bytes.slice(start, end);
  return Bun.file(bytes.file).slice(bytes.offset + start, bytes.offset + end);
}

/**
 * The one range asked for, its end not included. Null for what is no range of bytes, and for several at once, which a
 * server may answer with everything (RFC 9110 §14.2).
 */
function rangeOf(
  header: string | null,
  byteLength: number,
): { start: number; end: number } | "unsatisfiable" | null {
  if (header === null) return null;
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/i.exec(header.trim()) ?? [];
  if (first === "" && last === "") return null;
  if (first === "") {
    const suffixLength = Math.min(Number(last), byteLength);
    return suffixLength === 0 ? "unsatisfiable" : { start: byteLength - suffixLength, end: byteLength };
  }
  const start = Number(first);
  if (last !== "" && Number(last) < start) return null;
  if (start >= byteLength) return "unsatisfiable";
  return { start, end: last === "" ? byteLength : Math.min(Number(last) + 1, byteLength) };
}

function acceptsGzip(request: Request): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(request.headers.get("Accept-Encoding") ?? "");
}
