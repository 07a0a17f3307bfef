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

test("the joint is where what is only decoded is over", () => {
  const joint = { joinAtSeconds: 102, programmeSeconds: 5 };
  expect(new TimeMap({ ...joint, prerollFromSeconds: 102 }).joinedSeconds).toBe(5);
  const map = new TimeMap({ ...joint, prerollFromSeconds: 100 });
  expect(map.joinedSeconds).toBe(5.008);
  expect(map.toProgramme(102 * 90_000, videoTrack)).toBe(5.008 * 90_000);
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

test("at full length what comes before the joint keeps its distance from it", () => {
  const map = new TimeMap({ prerollFromSeconds: 10, joinAtSeconds: 12, programmeSeconds: 5 });
  const joint = map.toProgramme(12 * 48_000, audioTrack);
  expect(joint).toBe(5 * 48_000 + (2 * 48_000) / 250);
  expect(map.atFullLength(12 * 48_000, audioTrack)).toBe(joint);
  expect(map.atFullLength(11.5 * 48_000, audioTrack)).toBe(joint - 24_000);
  expect(map.atFullLength(12.5 * 48_000, audioTrack)).toBe(joint + 24_000);
});

test("times between two ticks are of the nearest, and no tick is taken twice at the joint", () => {
  const map = new TimeMap({
    prerollFromSeconds: 1.000_006, // 90,000.54 ticks
    joinAtSeconds: 1.002_784, // 90,250.56
    programmeSeconds: 0.000_006, // 0.54
  });
  expect(map.toProgramme(90_001, videoTrack)).toBe(1);
  expect(map.toProgramme(90_250, videoTrack)).toBe(1);
  expect(map.toProgramme(90_251, videoTrack)).toBe(2);
  expect(map.isPreroll(90_250, videoTrack)).toBe(true);
  expect(map.isPreroll(90_251, videoTrack)).toBe(false);
  const uneven = new TimeMap({ prerollFromSeconds: 1, joinAtSeconds: 1 + 251 / 90_000, programmeSeconds: 0 });
  expect(uneven.toProgramme(90_250, videoTrack)).toBe(1);
  expect(uneven.toProgramme(90_251, videoTrack)).toBe(2);
  expect(uneven.toProgramme(90_249, videoTrack)).toBe(0);
});
