import { expect, test } from "bun:test";
import { readFragment } from "#media/fmp4/fragment-reader.ts";
import { OpenSegment } from "#media/hls/open-segment.ts";
import { SampleQueue } from "#media/hls/sample-queue.ts";
import type { GapPart, Part, SegmentStart } from "#media/hls/segment.ts";
import { audioUnits, videoUnits } from "#test/support/programme-units.ts";
import { audioTrack, videoTrack } from "#test/support/tracks.ts";

function opened(rest: Partial<SegmentStart> = {}) {
  const [video, audio] = [new SampleQueue(videoTrack, 1), new SampleQueue(audioTrack, 2)];
  const start = {
    msn: 3,
    initializationId: 0,
    discontinuity: false,
    independent: true,
    programDateTimeMs: 0,
  };
  return { video, audio, segment: new OpenSegment({ ...start, ...rest }, 0, [video, audio]) };
}

function bytesOf([part]: readonly (Part | GapPart)[]): Uint8Array {
  return part !== undefined && "bytes" in part ? part.bytes : new Uint8Array();
}

/** 25 pictures of 100 bytes, of which the last is held. */
function fill(queue: SampleQueue, fromSeconds = 0): void {
  for (const unit of videoUnits({ fromSeconds, seconds: 1 })) queue.push(unit);
}

test("parts are numbered, and last from where the one before ended", () => {
  const { video, segment } = opened();
  fill(video);
  const [first] = segment.endPart(0.96);
  fill(video, 1);
  const [second] = segment.endPart(1.96);
  expect(first).toMatchObject({ msn: 3, index: 0, durationSeconds: 0.96, independent: true });
  expect(second).toMatchObject({ msn: 3, index: 1, independent: false });
  expect(second?.durationSeconds).toBeCloseTo(1, 9);
  expect(segment.partStartSeconds).toBe(1.96);
});

test("fragments are numbered by segment and part, in 32 bits", () => {
  for (const [msn, sequenceNumber] of [
    [3, 3072],
    [2 ** 22 + 1, 1024],
  ] as const) {
    const { video, segment } = opened({ msn });
    fill(video);
    expect(readFragment(bytesOf(segment.endPart(1)))?.sequenceNumber).toBe(sequenceNumber);
  }
});

test("a segment's facts count its bytes, and say the frame rate of its pictures", () => {
  const { video, audio, segment } = opened();
  fill(video);
  for (const unit of audioUnits({ seconds: 1 })) audio.push(unit);
  const bytes = bytesOf(segment.endPart(0.96));
  expect(segment.complete(25)).toEqual({
    msn: 3,
    initializationId: 0,
    discontinuity: false,
    independent: true,
    programDateTimeMs: 0,
    durationSeconds: 0.96,
    byteLength: bytes.byteLength,
    partCount: 1,
    frameRate: 25,
  });
});

test("what waits to be in a part counts as much as what is in one", () => {
  const { video, segment } = opened();
  fill(video);
  expect(segment.byteLength).toBe(2500);
  const bytes = bytesOf(segment.endPart(0.96));
  expect(segment.byteLength).toBe(bytes.byteLength + 100); // the held picture
});

test("without samples of known duration there is no part, without a part no segment", () => {
  const { video, segment } = opened();
  for (const unit of videoUnits({ seconds: 0.04 })) video.push(unit);
  expect(segment.endPart(1)).toEqual([]);
  expect(segment.complete(25)).toBeNull();
});

test("a part that ends before it begins lasts no time, and takes none from the next", () => {
  const { video, segment } = opened();
  fill(video);
  expect(segment.endPart(-1)[0]?.durationSeconds).toBe(0);
  expect(segment.partStartSeconds).toBe(0);
});
