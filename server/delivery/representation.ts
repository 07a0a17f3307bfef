// What one URL is answered with (RFC 9110 §3.2): its bytes and their headers, made once for all who ask.

import { cutPieces, type FilePiece, readPiece, streamPieces } from "#server/recording/piece.ts";

/** Any page may play what is played here. */
export const CORS_HEADERS = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Expose-Headers": "Accept-Ranges, Content-Length, Content-Range, Date, ETag, Server",
};

/** In memory, where a Blob is sent without being copied first, or in files: of several, one after the other. */
export type SendableBytes = Uint8Array | Blob | FilePiece | readonly FilePiece[];

export class Representation {
  readonly byteLength: number;
  readonly #bytes: SendableBytes;
  readonly #own: Readonly<Record<string, string>>;
  /** The headers of the whole: what almost everybody gets. */
  #wholeHeaders: Headers | null = null;

  /** `own`: headers beside those that every answer with bytes has. */
  constructor(bytes: SendableBytes, own: Readonly<Record<string, string>>) {
    this.byteLength = lengthOf(bytes);
    this.#bytes = bytes;
    this.#own = own;
  }

  /** 200, or 206 and 416 for a range. */
  answer(request: Request): Response {
    const range = this.#rangeFor(request);
    if (range === "unsatisfiable") return emptyAnswer(416, { "Content-Range": `bytes */${this.byteLength}` });
    const isHead = request.method === "HEAD";
    if (range === null) {
      this.#wholeHeaders ??= new Headers(this.#headersOf(this.byteLength));
      const headers = this.#wholeHeaders;
      return new Response(isHead ? null : this.#stretch(0, this.byteLength), { headers });
    }
    const { start, end } = range;
    const headers = {
      ...this.#headersOf(end - start),
      "Content-Range": `bytes ${start}-${end - 1}/${this.byteLength}`,
    };
    return new Response(isHead ? null : this.#stretch(start, end), { status: 206, headers });
  }

  /**
   * As {@link answer}, once the first of the bytes in the object store are read: what cannot be had is refused before anything is
   * sent. Rejects with what the store says.
   */
  async answerOnceRead(request: Request): Promise<Response> {
    const range = this.#rangeFor(request);
    if (request.method !== "HEAD" && range !== "unsatisfiable") {
      const stored = this.#pieces(range?.start ?? 0, range?.end ?? this.byteLength).find(isStored);
      if (stored !== undefined) await readPiece({ ...stored, byteLength: 1 });
    }
    return this.answer(request);
  }

  #headersOf(byteLength: number): Record<string, string> {
    return {
      ...CORS_HEADERS,
      "Accept-Ranges": "bytes",
      "Content-Length": String(byteLength),
      ...this.#own,
    };
  }

  /** If-Range (RFC 9110 §13.1.5): of other bytes than these a range is of no use; neither is a date. */
  #rangeFor({ headers }: Request): ByteRange | "unsatisfiable" | null {
    const range = headers.get("Range");
    if (range === null) return null;
    const ifRange = headers.get("If-Range");
    const isValid = ifRange === null || ifRange.trim() === this.#own.ETag;
    return isValid ? rangeOf(range, this.byteLength) : null;
  }

  #stretch(start: number, end: number): Uint8Array | Blob | ReadableStream {
    const bytes = this.#bytes;
    if (!(bytes instanceof Blob || bytes instanceof Uint8Array)) {
      const pieces = this.#pieces(start, end);
      const [first] = pieces;
      const isPlain = pieces.length === 1 && first?.overlays === undefined && first?.store === undefined;
      if (first === undefined || !isPlain) return streamPieces(pieces);
      return Bun.file(first.file).slice(first.offset, first.offset + first.byteLength);
    }
    if (start === 0 && end === this.byteLength) return bytes;
    return bytes instanceof Blob ? bytes.slice(start, end) : bytes.subarray(start, end);
  }

  /** None of what is in memory. */
  #pieces(start: number, end: number): readonly FilePiece[] {
    const bytes = this.#bytes;
    if (bytes instanceof Blob || bytes instanceof Uint8Array) return [];
    return cutPieces("file" in bytes ? [bytes] : bytes, start, end);
  }
}

function isStored({ store }: FilePiece): boolean {
  return store !== undefined;
}

export function lengthOf(bytes: SendableBytes): number {
  if (bytes instanceof Blob) return bytes.size;
  if ("byteLength" in bytes) return bytes.byteLength;
  return bytes.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/** An answer without a body, that nobody keeps. */
export function emptyAnswer(status: number, headers: Readonly<Record<string, string>>): Response {
  return new Response(null, {
    status,
    headers: { ...CORS_HEADERS, "Cache-Control": "no-store", ...headers },
  });
}

/** `end` is not included. */
interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The one range asked for. Null for what is no range of bytes, and for several at once, which a server may answer with
 * everything (RFC 9110 §14.2).
 */
function rangeOf(header: string, byteLength: number): ByteRange | "unsatisfiable" | null {
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
