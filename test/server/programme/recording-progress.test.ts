import { expect, test } from "bun:test";
import { renditionName } from "#media/hls/rendition.ts";
import type { Cut } from "#media/hls/segment.ts";
import { Segmenter } from "#media/hls/segmenter.ts";
import { RecordingProgress } from "#server/programme/recording-progress.ts";
import { videoUnits } from "#test/support/programme-units.ts";
import { videoTrack } from "#test/support/tracks.ts";

/** A recording that `recordedSeconds` are on the disk of already, and a segmenter whose cuts it follows. */
class Followed {
  readonly discontinuities: string[] = [];
  readonly segmenter = new Segmenter({ segmentTargetSeconds: 2, partTargetSeconds: 0.2 });
  readonly progress: RecordingProgress;

  constructor(recordedSeconds: number) {
    this.progress = new RecordingProgress({
      recordedSeconds,
      onDiscontinuity: (msn, seconds) => this.discontinuities.push(`${msn} at ${seconds.toFixed(2)}`),
    });
    this.follow(this.segmenter.setTracks([videoTrack], false));
  }

  follow(cuts: Iterable<Cut>): void {
    for (const cut of cuts) this.progress.follow(cut);
  }

  push(fromSeconds: number, seconds: number): void {
    for (const unit of videoUnits({ fromSeconds, seconds })) this.follow(this.segmenter.push(unit, 0));
  }
}

test("the recording is as long as what was cut, to within a part, and goes on from what was there", () => {
  const followed = new Followed(60);
  followed.push(0, 5);
  expect(followed.progress.recordedSeconds).toBeGreaterThan(64.75);
  expect(followed.progress.recordedSeconds).toBeLessThanOrEqual(65);
  followed.follow(followed.segmenter.end());
  expect(followed.progress.recordedSeconds).toBeCloseTo(65, 6);
  expect(followed.discontinuities).toEqual([]);
});

test("a gap of the programme is none of the recording; where it breaks is told with the segment after it", () => {
  const followed = new Followed(0);
  followed.push(0, 4);
  followed.follow(followed.segmenter.discontinuity());
  followed.push(100, 3);
  followed.follow(followed.segmenter.end());
  expect(followed.discontinuities).toEqual(["2 at 4.00"]);
  expect(followed.progress.recordedSeconds).toBeCloseTo(7, 6);
});

test("several renditions are as long as the first, and break with it", () => {
  const followed = new Followed(0);
  const { segmenter, progress } = followed;
  const both = (cuts: readonly Cut[]) =>
    followed.follow(cuts.flatMap((cut) => [cut, { ...cut, rendition: renditionName(1, 180) }]));
  for (const unit of videoUnits({ seconds: 4 })) both(segmenter.push(unit, 0));
  both(segmenter.discontinuity());
  for (const unit of videoUnits({ fromSeconds: 4, seconds: 2 })) both(segmenter.push(unit, 0));
  both(segmenter.end());
  expect(progress.recordedSeconds).toBeCloseTo(6, 6);
  expect(followed.discontinuities).toEqual(["2 at 4.00"]);
});

test("once nothing more is recorded it stays as long as it is, and breaks are still told", () => {
  const followed = new Followed(0);
  followed.push(0, 4);
  followed.progress.stop();
  const seconds = followed.progress.recordedSeconds;
  followed.follow(followed.segmenter.discontinuity());
  followed.push(4, 3);
  expect(followed.progress.recordedSeconds).toBe(seconds);
  expect(followed.discontinuities).toEqual([`2 at ${seconds.toFixed(2)}`]);
});

test("it says whether what comes is recorded", () => {
  const { progress } = new Followed(0);
  expect(progress.isRecording).toBe(true);
  progress.stop();
  expect(progress.isRecording).toBe(false);
  progress.resume();
  expect(progress.isRecording).toBe(true);
});
