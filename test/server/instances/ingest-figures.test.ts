import { expect, test } from "bun:test";
import { IngestFigures } from "#server/instances/ingest-figures.ts";

/** Thirty frames a second of 4,000 bytes: 960 kbit/s, a key frame every two seconds. */
function sendVideo(figures: IngestFigures, seconds: number): void {
  for (let frame = 0; frame < seconds * 30; frame += 1) {
    const at = frame / 30;
    figures.video(4000, frame % 60 === 0, Math.round((5000 + at) * 1000) / 1000, at * 1000);
  }
}

test("bitrate, frame rate and key frame interval are what was sent", () => {
  const figures = new IngestFigures(0);
  sendVideo(figures, 30);
  expect(figures.videoBitrateKbps(30_000)).toBeCloseTo(960, -2);
  expect(figures.frameRateAt(30_000)).toBe(30);
  expect(figures.keyFrameIntervalSeconds).toBeCloseTo(2, 6);
});

test("figures fall to nothing within ten seconds of silence", () => {
  const figures = new IngestFigures(0);
  sendVideo(figures, 5);
  figures.audio(1000, 5000);
  expect(figures.videoBitrateKbps(16_000)).toBe(0);
  expect(figures.audioBitrateKbps(16_000)).toBe(0);
  expect(figures.frameRateAt(13_999)).toBe(30);
  expect(figures.frameRateAt(14_000)).toBeNull();
  expect(figures.frameRate).toBe(30);
});

test("one frame has no rate, and one key frame no interval", () => {
  const figures = new IngestFigures(0);
  figures.video(100, true, 1, 10);
  expect(figures.frameRate).toBeNull();
  expect(figures.keyFrameIntervalSeconds).toBeNull();
});

test("a clock that jumped makes no frame rate and no key frame interval of its jump", () => {
  const figures = new IngestFigures(0);
  sendVideo(figures, 4);
  figures.clockJumped();
  for (let frame = 0; frame < 60; frame += 1) {
    figures.video(4000, frame === 0, 90_000 + frame / 30, 4000 + (frame * 1000) / 30);
  }
  expect(figures.frameRate).toBe(30);
  expect(figures.keyFrameIntervalSeconds).toBeCloseTo(2, 6);
  expect(figures.videoBitrateKbps(6000)).toBeCloseTo(960, -2);
});

test("another configuration of the pictures is another frame rate, at once", () => {
  const figures = new IngestFigures(0);
  sendVideo(figures, 4);
  figures.pictureChanged(27);
  expect(figures.frameRate).toBeNull();
  for (let frame = 0; frame < 27; frame += 1) figures.video(4000, frame === 0, 5004 + frame / 27, 4000);
  expect(figures.frameRate).toBe(27);
});

test("a bitrate is that of the seconds since it began, of one second at least", () => {
  const figures = new IngestFigures(100_300);
  figures.video(1000, true, 1, 100_300);
  figures.audio(500, 100_400);
  expect(figures.videoBitrateKbps(100_800)).toBe(8);
  expect(figures.audioBitrateKbps(100_800)).toBe(4);
  figures.video(1000, false, 2, 101_300);
  figures.audio(530, 101_300);
  expect(figures.videoBitrateKbps(102_300)).toBe(8);
  expect(figures.audioBitrateKbps(102_300)).toBe(4); // 4.12
  expect(figures.videoBitrateKbps(102_800)).toBe(6); // 6.4
  expect(figures.audioBitrateKbps(101_700)).toBe(6); // 5.9
});

test("a bitrate is rounded to whole kilobits", () => {
  for (const [bytes, kilobits] of [
    [62, 0],
    [63, 1],
  ] as const) {
    const figures = new IngestFigures(0);
    figures.video(bytes, true, 0, 0);
    figures.audio(bytes, 0);
    expect([figures.videoBitrateKbps(500), figures.audioBitrateKbps(500)]).toEqual([kilobits, kilobits]);
  }
});

test("a bitrate is that of the second that is not over and the nine before it", () => {
  const figures = new IngestFigures(0);
  for (let second = 0; second <= 20; second += 1) {
    figures.video(second === 11 ? 100_000 : 1000, false, second, second * 1000);
    figures.audio(second === 11 ? 100_000 : 1000, second * 1000);
  }
  expect(figures.videoBitrateKbps(20_500)).toBe(Math.round((109_000 * 8) / 9500));
  expect(figures.audioBitrateKbps(20_999)).toBe(Math.round((109_000 * 8) / 9999));
  expect(figures.videoBitrateKbps(21_000)).toBe(Math.round((9000 * 8) / 9000));
});

test("the frame rate is told for as long as a picture came in these ten seconds, whatever sound there was", () => {
  const figures = new IngestFigures(0);
  sendVideo(figures, 2);
  for (let second = 2; second <= 10; second += 1) figures.audio(100, second * 1000);
  expect(figures.frameRateAt(10_999)).toBe(30);
  expect(figures.frameRateAt(11_000)).toBeNull();
});

test("key frames at one time, or out of order, have no distance", () => {
  const figures = new IngestFigures(0);
  for (const seconds of [4, 2, 2]) figures.video(100, true, seconds, 0);
  expect(figures.keyFrameIntervalSeconds).toBeNull();
  figures.video(100, true, 5, 0);
  expect(figures.keyFrameIntervalSeconds).toBe(3);
});

test("after a clock jumped there is no frame rate before the second picture", () => {
  const figures = new IngestFigures(0);
  sendVideo(figures, 4);
  figures.clockJumped();
  expect(figures.frameRate).toBeNull();
});
