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
