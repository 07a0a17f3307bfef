import { expect, test } from "bun:test";
import { TimeMap } from "#server/switching/time-map.ts";
import { audioTrack, videoTrack } from "#test/support/tracks.ts";

test("the unit at the joint plays where the programme ended, and later ones keep their distance", () => {
  const map = new TimeMap({
    prerollFromSeconds: 100,
    joinAtSeconds: 100,
    programmeSeconds: 7,
  });
  expect(map.toProgramme(100 * 90_000, videoTrack)).toBe(7 * 90_000);
  expect(map.toProgramme(102 * 90_000, videoTrack)).toBe(9 * 90_000);
});

test("both tracks move by the same time, each in its own ticks", () => {
  const map = new TimeMap({
    prerollFromSeconds: 10,
    joinAtSeconds: 10,
    programmeSeconds: 0,
  });
  expect(map.toProgramme(10.5 * 90_000, videoTrack) / 90_000).toBeCloseTo(0.5, 4);
  expect(map.toProgramme(10.5 * 48_000, audioTrack) / 48_000).toBeCloseTo(0.5, 4);
});

test("what comes before the joint is squeezed into a fraction of its time, in order and with distinct ticks", () => {
  const map = new TimeMap({
    prerollFromSeconds: 100,
    joinAtSeconds: 102,
    programmeSeconds: 5,
  });
  const frameTicks = 1500; // 60 frames a second
  let before = -1;
  for (let frame = 0; frame < 120; frame += 1) {
    const ticks = map.toProgramme(100 * 90_000 + frame * frameTicks, videoTrack);
    expect(ticks).toBeGreaterThan(before);
    before = ticks;
  }
  const joint = map.toProgramme(102 * 90_000, videoTrack);
  expect(joint).toBeGreaterThan(before);
  expect(joint - 5 * 90_000).toBe((2 * 90_000) / 250);
});

test("only what comes before the joint is preroll", () => {
  const map = new TimeMap({
    prerollFromSeconds: 1,
    joinAtSeconds: 2,
    programmeSeconds: 0,
  });
  expect(map.isPreroll(2 * 48_000 - 1, audioTrack)).toBe(true);
  expect(map.isPreroll(2 * 48_000, audioTrack)).toBe(false);
});
