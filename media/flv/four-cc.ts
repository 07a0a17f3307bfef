// The four characters that name a codec in an extended tag header.

import type { ByteReader } from "#media/bytes/byte-reader.ts";

/** Bytes outside printable ASCII, which no codec's name has, come out as `?`. */
export function readFourCc(reader: ByteReader): string {
  let name = "";
  for (const byte of reader.view(4)) name += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "?";
  return name;
}
