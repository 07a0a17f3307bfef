// Whether a sample can be decoded alone, as fragments say it (ISO/IEC 14496-12 §8.8.3.1).

/** Depends on no other sample (`sample_depends_on` 2): a video key frame, any audio frame. */
export const SYNC_SAMPLE_FLAGS = 0x02000000;

/** Depends on others (`sample_depends_on` 1) and is no sync sample (`sample_is_non_sync_sample`). */
export const NON_SYNC_SAMPLE_FLAGS = 0x01010000;

/** What most samples of such a track are. */
export function usualSampleFlags(kind: "video" | "audio"): number {
  return kind === "video" ? NON_SYNC_SAMPLE_FLAGS : SYNC_SAMPLE_FLAGS;
}

export function isSyncSample(flags: number): boolean {
  return (flags & 0x00010000) === 0;
}
