// UTF-8 to strings and back (RFC 3629); ill-formed bytes become U+FFFD, as the Encoding Standard has it.

import { ByteWriter } from "./byte-writer.ts";

const REPLACEMENT = 0xfffd;

/** Code units per `String.fromCharCode`: its arguments go on the stack. */
const CODE_UNITS_AT_ONCE = 4096;

/** Never throws: each ill-formed sequence, up to where it stops making sense, is one U+FFFD. A byte order mark is kept. */
export function decodeUtf8(bytes: Uint8Array): string {
  let text = "";
  let units: number[] = [];
  let at = 0;
  while (at < bytes.byteLength) {
    const { codePoint, length } = readCodePoint(bytes, at);
    at += length;
    pushCodePoint(units, codePoint);
    if (units.length >= CODE_UNITS_AT_ONCE) {
      text += String.fromCharCode(...units);
      units = [];
    }
  }
  return text + String.fromCharCode(...units);
}

/** A surrogate without its other half becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  const writer = new ByteWriter(text.length);
  for (const character of text) writeCodePoint(writer, character.codePointAt(0) ?? REPLACEMENT);
  return writer.take();
}

interface DecodedCodePoint {
  readonly codePoint: number;
  /** Bytes it took, at least 1. */
  readonly length: number;
}

function readCodePoint(bytes: Uint8Array, at: number): DecodedCodePoint {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return { codePoint: first, length: 1 };
  const continuationCount = continuationBytes(first);
  if (continuationCount === 0) return { codePoint: REPLACEMENT, length: 1 };
  let codePoint = first & (0x3f >> continuationCount);
  for (let index = 1; index <= continuationCount; index++) {
    const next = bytes[at + index] ?? 0;
    const isAllowed = index === 1 ? isSecondByte(first, next) : next >> 6 === 0b10;
    if (!isAllowed) return { codePoint: REPLACEMENT, length: index };
    codePoint = (codePoint << 6) | (next & 0x3f);
  }
  return { codePoint, length: continuationCount + 1 };
}

/** How many bytes follow the first one; 0 when it cannot begin a sequence. */
function continuationBytes(first: number): number {
  if (first >= 0xc2 && first <= 0xdf) return 1;
  if (first >= 0xe0 && first <= 0xef) return 2;
  if (first >= 0xf0 && first <= 0xf4) return 3;
  return 0;
}

/** The second byte alone keeps out overlong forms, surrogates and what lies beyond U+10FFFF. */
function isSecondByte(first: number, second: number): boolean {
  const lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  return second >= lowest && second <= highest;
}

function pushCodePoint(units: number[], codePoint: number): void {
  if (codePoint < 0x10000) {
    units.push(codePoint);
    return;
  }
  const offset = codePoint - 0x10000;
  units.push(0xd800 | (offset >> 10), 0xdc00 | (offset & 0x3ff));
}

function writeCodePoint(writer: ByteWriter, value: number): void {
  const codePoint = value >= 0xd800 && value <= 0xdfff ? REPLACEMENT : value;
  if (codePoint < 0x80) {
    writer.u8(codePoint);
  } else if (codePoint < 0x800) {
    writer.u8(0xc0 | (codePoint >> 6)).u8(continuation(codePoint));
  } else if (codePoint < 0x10000) {
    writer
      .u8(0xe0 | (codePoint >> 12))
      .u8(continuation(codePoint >> 6))
      .u8(continuation(codePoint));
  } else {
    writer
      .u8(0xf0 | (codePoint >> 18))
      .u8(continuation(codePoint >> 12))
      .u8(continuation(codePoint >> 6))
      .u8(continuation(codePoint));
  }
}

/** A continuation byte of the low six bits. */
function continuation(bits: number): number {
  return 0x80 | (bits & 0x3f);
}
