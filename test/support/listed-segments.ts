// Segments as a segmenter cuts them, without the units: for tests of what lists and serves them.

import type { Cut, Segment } from "#media/hls/segment.ts";

/** The one rendition of them all. */
export const RENDITION = "v0-360";

const START_MS = Date.UTC(2026, 10, 24, 12, 0, 0);

/** The segment of this number: 2 s, 1000 bytes, independent, unless it is said otherwise. */
export function segment(msn: number, rest: Partial<Segment> = {}): Segment {
  return {
    msn,
    initializationId: 0,
    discontinuity: false,
    independent: true,
    programDateTimeMs: START_MS + msn * 2000,
    durationSeconds: 2,
    byteLength: 1000,
    partCount: 1,
    frameRate: 30,
    ...rest,
  };
}

/** Feeds a window, or what else takes cuts, a segment of one part whose bytes are its number. */
export function pushSegment(
  window: { push(cut: Cut): void },
  facts: Segment,
  targetDurationSeconds = 2,
): void {
  const { durationSeconds, byteLength, partCount, frameRate, ...start } = facts;
  window.push({ type: "segment-start", rendition: RENDITION, start });
  const bytes = new Uint8Array(byteLength).fill(facts.msn);
  window.push({
    type: "part",
    rendition: RENDITION,
    part: { msn: facts.msn, index: 0, durationSeconds, independent: facts.independent, bytes },
  });
  window.push({ type: "segment", rendition: RENDITION, segment: facts, targetDurationSeconds });
}
