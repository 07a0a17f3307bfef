// Takes over what a slice holds into one whose head has another length.

import type { BitReader } from "#media/bytes/bit-reader.ts";
import type { BitWriter } from "#media/bytes/bit-writer.ts";
import type { ActiveSets } from "./parameter-sets.ts";

/**
 * From slice_qp_delta to the slice's end. Arithmetic coding begins at a byte boundary, and its bytes stay; the codes of the
 * other one move by some bits. `bits` reads `raw`.
 */
export function copySliceData(
  bits: BitReader,
  raw: Uint8Array,
  writer: BitWriter,
  { picture }: ActiveSets,
): void {
  copyQuantisation(bits, writer, picture.hasDeblockingControl);
  if (picture.isArithmetic) {
    bits.alignToByte();
    writer.alignToByte(1); // cabac_alignment_one_bit
    writer.bytes(raw.subarray(bits.position >> 3));
  } else {
    copyBits(bits, writer, stopBitOf(raw) + 1 - bits.position);
  }
}

export function copyBits(bits: BitReader, writer: BitWriter, count: number): void {
  let left = count;
  for (; left >= 8; left -= 8) writer.bits(bits.bits(8), 8);
  if (left > 0) writer.bits(bits.bits(left), left);
}

/** What slice_header() of ITU-T H.264 §7.3.3 ends with. */
function copyQuantisation(bits: BitReader, writer: BitWriter, hasDeblockingControl: boolean): void {
  writer.signedExpGolomb(bits.signedExpGolomb()); // slice_qp_delta
  if (!hasDeblockingControl) return;
  const disable = bits.unsignedExpGolomb(); // disable_deblocking_filter_idc
  writer.unsignedExpGolomb(disable);
  if (disable === 1) return;
  writer.signedExpGolomb(bits.signedExpGolomb()); // slice_alpha_c0_offset_div2
  writer.signedExpGolomb(bits.signedExpGolomb()); // slice_beta_offset_div2
}

/** Position of rbsp_stop_one_bit, the last bit that is 1. */
function stopBitOf(raw: Uint8Array): number {
  let last = raw.byteLength - 1;
  while (last > 0 && raw[last] === 0) last -= 1;
  const byte = raw[last] ?? 0;
  return last * 8 + 7 - Math.log2(byte & -byte || 1);
}
