import { expect, test } from "bun:test";
import { usualDurationSeconds } from "#media/track/usual-duration.ts";
import { audioTrack, videoTrack } from "#test/support/tracks.ts";

test("sound lasts its samples, a picture what its frame rate says", () => {
  expect(usualDurationSeconds(audioTrack)).toBe(1024 / 48_000);
  expect(usualDurationSeconds(videoTrack)).toBe(1 / 30);
});

test("a picture of an unknown frame rate is taken as one of 25 a second", () => {
  const configuration = { ...videoTrack.configuration, frameRate: null };
  expect(usualDurationSeconds({ ...videoTrack, configuration })).toBe(1 / 25);
});
