// Finds the AVCDecoderConfigurationRecord in an initialization (ISO/IEC 14496-15 §5.4.2.1).

import { BOX_HEADER_LENGTH } from "./box.ts";

/** avcC */
const TYPE = [0x61, 0x76, 0x63, 0x43] as const;

/** A view; null where the initialization has no track of H.264. */
export function avcRecordIn(initialization: Uint8Array): Uint8Array | null {
  const view = new DataView(initialization.buffer, initialization.byteOffset, initialization.byteLength);
  for (let at = 4; at + 4 <= initialization.byteLength; at += 1) {
    if (!TYPE.every((byte, index) => initialization[at + index] === byte)) continue;
    const begin = at - 4;
    const end = begin + view.getUint32(begin);
    return end > initialization.byteLength ? null : initialization.subarray(begin + BOX_HEADER_LENGTH, end);
  }
  return null;
}
