// What an SEI NAL unit says of where decoding may begin beside IDR pictures.

import { BitReader } from "#media/bytes/bit-reader.ts";
import { EndOfBytesError } from "#media/bytes/byte-reader.ts";
import { rawByteSequence } from "./raw-byte-sequence.ts";

/** recovery_point() of ITU-T H.264 §D.1.8. */
export interface RecoveryPoint {
  /** recovery_frame_cnt: frames after this one until what is shown is right; 0: this picture is, and all shown after it are. */
  readonly frameCount: number;
  /** broken_link_flag: pictures shown before it must not be shown, whatever was decoded before. */
  readonly isBrokenLink: boolean;
}

const RECOVERY_POINT_TYPE = 6;

/** A recovery point is of a few bytes: one that says it is longer is none, and nothing after it is looked at. */
const MAX_RECOVERY_POINT_BYTES = 64;

/** Null where it says nothing of the kind, or is damaged: hints are no reason to drop a picture. */
export function recoveryPointOf(nalUnit: Uint8Array): RecoveryPoint | null {
  let at = 1; // the NAL unit's header
  while (at + 1 < nalUnit.byteLength) {
    const type = readExtended(nalUnit, at);
    const size = readExtended(nalUnit, type.next);
    if (type.value === RECOVERY_POINT_TYPE) {
      return size.value > MAX_RECOVERY_POINT_BYTES
        ? null
        : parseRecoveryPoint(nalUnit.subarray(size.next, size.next + size.value + 2));
    }
    at = size.next + escapedLength(nalUnit, size.next, size.value);
  }
  return null;
}

/** payloadType and payloadSize (§7.3.2.3.1): bytes of 255 are added up. */
function readExtended(nalUnit: Uint8Array, from: number): { value: number; next: number } {
  let value = 0;
  let at = from;
  while (nalUnit[at] === 0xff) {
    value += 0xff;
    at += 1;
  }
  return { value: value + (nalUnit[at] ?? 0), next: at + 1 };
}

/** How many bytes of the NAL unit a payload of `size` takes with its escapes. */
function escapedLength(nalUnit: Uint8Array, from: number, size: number): number {
  let zeros = 0;
  let at = from;
  for (let left = size; left > 0 && at < nalUnit.byteLength; at += 1) {
    const byte = nalUnit[at] ?? 0;
    const isEscape = zeros >= 2 && byte === 3;
    if (!isEscape) left -= 1;
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return at - from;
}

function parseRecoveryPoint(payload: Uint8Array): RecoveryPoint | null {
  try {
    const bits = new BitReader(rawByteSequence(payload));
    const frameCount = bits.unsignedExpGolomb();
    bits.skip(1); // exact_match_flag
    return { frameCount, isBrokenLink: bits.flag() };
  } catch (error) {
    if (error instanceof EndOfBytesError || error instanceof RangeError) return null;
    throw error;
  }
}
