// Takes the emulation prevention bytes out of a NAL unit, leaving the raw byte sequence its syntax tables describe; and puts them in.

/** ITU-T H.264 §7.3.1: a 3 after two zeros is not part of the payload. A copy. */
export function rawByteSequence(nalUnit: Uint8Array): Uint8Array {
  const payload = new Uint8Array(nalUnit.byteLength);
  let length = 0;
  let zeros = 0;
  // By index: iterating costs three times as much, and a head of every picture comes by here.
  for (let at = 0; at < nalUnit.byteLength; at += 1) {
    const byte = nalUnit[at] ?? 0;
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    payload[length] = byte;
    length += 1;
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return payload.subarray(0, length);
}

/** The other way round: a 3 before each byte that would, with two zeros before it, be taken for a start code or for a 3 that was put in. */
export function escapedByteSequence(raw: Uint8Array): Uint8Array {
  const escaped = new Uint8Array(Math.ceil(raw.byteLength * 1.5) + 1);
  let length = 0;
  let zeros = 0;
  for (const byte of raw) {
    if (zeros >= 2 && byte <= 3) {
      escaped[length] = 3;
      length += 1;
      zeros = 0;
    }
    escaped[length] = byte;
    length += 1;
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return escaped.subarray(0, length);
}
