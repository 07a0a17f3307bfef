// Takes the emulation prevention bytes out of a NAL unit, leaving the raw byte sequence its syntax tables describe.

/** ITU-T H.264 §7.3.1: a 3 after two zeros is not part of the payload. A copy; for parameter sets, not for pictures. */
export function rawByteSequence(nalUnit: Uint8Array): Uint8Array {
  const payload = new Uint8Array(nalUnit.byteLength);
  let length = 0;
  let zeros = 0;
  for (const byte of nalUnit) {
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
