// A media asset as one file to keep: the movie of its recording, under the asset's name.

import type { RecordedMovie } from "#server/recording/recorded-movie.ts";
import { hasAlready } from "./entity-tag.ts";
import { CORS_HEADERS, Representation } from "./representation.ts";

/** Longer names are cut: file systems take 255 bytes, which a character of these may be four of. */
const MAX_NAME_CHARACTERS = 60;

/** What file systems or shells take for something else, and what nobody sees. */
const NOT_IN_FILE_NAMES = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}/\\:*?"<>|]+/gu;

/** 304 for who has it already (RFC 9110 §13), else all of it or a range (§14). `name`: the asset's. */
export async function downloadAnswer(
  request: Request,
  { pieces, byteLength, checksum }: RecordedMovie,
  name: string,
): Promise<Response> {
  const entityTag = `"${byteLength.toString(36)}-${checksum.toString(36)}"`;
  const own = { "Cache-Control": "no-cache", ETag: entityTag };
  if (hasAlready(request.headers.get("If-None-Match"), entityTag)) {
    return new Response(null, { status: 304, headers: { ...CORS_HEADERS, ...own } });
  }
  const content = { "Content-Type": "video/mp4", "Content-Disposition": contentDisposition(name) };
  return new Representation(pieces, { ...own, ...content }).answerOnceRead(request);
}

/** RFC 6266: the name for who knows `filename*` only, and what is left of it in ASCII for everybody else. */
export function contentDisposition(name: string): string {
  const visible = name.toWellFormed().replace(NOT_IN_FILE_NAMES, " ").replace(/\s+/g, " ");
  const characters = [...visible.replace(/^[ .]+/, "")].slice(0, MAX_NAME_CHARACTERS);
  const file = `${characters.join("").trim() || "recording"}.mp4`;
  const ascii = file.replace(/[^ -~]|%/gu, "_");
  const encoded = encodeURIComponent(file).replace(/['()*!]/g, percentEncoded);
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
