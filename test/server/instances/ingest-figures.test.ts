import { expect, test } from "bun:test";
import { IngestFigures } from "#server/instances/ingest-figures.ts";

/** Thirty frames a second of 4,000 bytes: 960 kbit/s, a key frame every two seconds. */
function sendVideo(figures: IngestFigures, seconds: number): void {
  for (let frame = 0; frame < seconds * 30; frame += 1) {
    const at = frame / 30;
    figures.video(4000, frame % 60 === 0, 5000 + at, at * 1000);
  }
}

test("bitrate, frame rate and key frame interval are what was sent", () => {
  const figures = new IngestFigures(0);
  sendVideo(figures, 30);
  expect(figures.videoBitrateKbps(30_000)).toBeCloseTo(960, -2);
  expect(figures.frameRate(30_000)).toBeCloseTo(30, 6);
  expect(figures.keyFrameIntervalSeconds).toBeCloseTo(2, 6);
});

test("figures fall to nothing within ten seconds of silence", () => {
  const figures = new IngestFigures(0);
  sendVideo(figures, 5);
  figures.audio(1000, 5000);
  expect(figures.videoBitrateKbps(16_000)).toBe(0);
  expect(figures.audioBitrateKbps(16_000)).toBe(0);
  expect(figures.frameRate(16_000)).toBeNull();
});

test("one frame has no rate, and one key frame no interval", () => {
  const figures = new IngestFigures(0);
  figures.video(100, true, 1, 10);
  expect(figures.frameRate(10)).toBeNull();
  expect(figures.keyFrameIntervalSeconds).toBeNull();
});

test("a clock that jumped makes no frame rate and no key frame interval of its jump", () => {
  const figures = new IngestFigures(0);
  sendVideo(figures, 4);
  figures.clockJumped();
  for (let frame = 0; frame < 60; frame += 1) {
    figures.video(4000, frame === 0, 90_000 + frame / 30, 4000 + (frame * 1000) / 30);
  }
  expect(figures.frameRate(6000)).toBeCloseTo(30, 6);
  expect(figures.keyFrameIntervalSeconds).toBeCloseTo(2, 6);
  expect(figures.videoBitrateKbps(6000)).toBeCloseTo(960, -2);
});
