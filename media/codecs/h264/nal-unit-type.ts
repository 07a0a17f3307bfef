// What a NAL unit is (ITU-T H.264 table 7-1), by its first byte.

export const NAL_TYPE = {
  slice: 1,
  partitionA: 2,
  idrSlice: 5,
  supplemental: 6,
  sequenceParameterSet: 7,
  pictureParameterSet: 8,
  accessUnitDelimiter: 9,
  /** What may stand before a picture: from here to the next, beside the ones above. */
  prefix: 14,
  reserved18: 18,
} as const;

/** 0 for a unit of no bytes. */
export function nalTypeOf(nalUnit: Uint8Array): number {
  return (nalUnit[0] ?? 0) & 0x1f;
}

/** Slices, and the first partition of one that is sent in parts: what has a slice header. */
export function hasSliceHeader(type: number): boolean {
  return type === NAL_TYPE.slice || type === NAL_TYPE.partitionA || type === NAL_TYPE.idrSlice;
}

/** No other picture is predicted from the one it belongs to where this is 0 (nal_ref_idc, §7.4.1). */
export function refIdcOf(nalUnit: Uint8Array): number {
  return ((nalUnit[0] ?? 0) >> 5) & 3;
}

/** It opens the picture that comes after it (§7.4.1.2.3): delimiters, parameter sets, SEI and what is reserved beside them. */
export function precedesPicture(type: number): boolean {
  const isNamed = type >= NAL_TYPE.supplemental && type <= NAL_TYPE.accessUnitDelimiter;
  return isNamed || (type >= NAL_TYPE.prefix && type <= NAL_TYPE.reserved18) || type === 13;
}
