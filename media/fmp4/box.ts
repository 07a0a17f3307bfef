// ISO base media boxes: a length, a four-character type, and fields in the order the standard lists them.

import type { ByteWriter } from "#media/bytes/byte-writer.ts";
import { concat } from "#media/bytes/concat.ts";

/** Length and type before a box's fields. */
export const BOX_HEADER_LENGTH = 8;

/** A box (ISO/IEC 14496-12 §4.2); `type` is four ASCII characters. */
export function box(type: string, fields: readonly Uint8Array[]): Uint8Array {
  const length = BOX_HEADER_LENGTH + byteLengthOf(fields);
  return concat([u32(length), ascii(type), ...fields]);
}

/** A box that begins with a version and 24 bits of flags. */
export function fullBox(
  type: string,
  version: number,
  flags: number,
  fields: readonly Uint8Array[],
): Uint8Array {
  return box(type, [u8(version), u24(flags), ...fields]);
}

/** Begins a box at the end of `writer`; its fields follow, then {@link endBox} with what this returned. */
export function beginBox(writer: ByteWriter, type: string): number {
  const at = writer.length;
  writer.u32(0).ascii(type);
  return at;
}

/** As {@link beginBox}, with a version and 24 bits of flags. */
export function beginFullBox(writer: ByteWriter, type: string, version: number, flags: number): number {
  const at = beginBox(writer, type);
  writer.u8(version).u24(flags);
  return at;
}

/** The box is as long as what was written since it began. */
export function endBox(writer: ByteWriter, at: number): void {
  writer.overwriteU32(at, writer.length - at);
}

export function u8(value: number): Uint8Array {
  return Uint8Array.of(value);
}

export function u16(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value);
}

export function u24(value: number): Uint8Array {
  return Uint8Array.of(value >>> 16, value >>> 8, value);
}

export function u32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** A run of zero bytes: reserved and pre-defined fields. */
export function zeros(length: number): Uint8Array {
  return new Uint8Array(length);
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function byteLengthOf(fields: readonly Uint8Array[]): number {
  let length = 0;
  for (const field of fields) length += field.byteLength;
  return length;
}
