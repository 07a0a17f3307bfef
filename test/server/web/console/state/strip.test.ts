import { expect, test } from "bun:test";
import { appended, highest, kbpsOf, STRIP_MS, seeded, stripPath } from "#server/web/console/state/strip.ts";

const NOW = 1_000_000;

test("it reaches back five minutes, and no further", () => {
  const strip = appended(
    [
      { atMs: NOW - STRIP_MS, kbps: 1 },
      { atMs: NOW - STRIP_MS + 1, kbps: 2 },
    ],
    {
      ...{ atMs: NOW, kbps: 3 },
    },
  );
  expect(strip.map(({ kbps }) => kbps)).toEqual([2, 3]);
});

test("what was measured before is put in front of what the page has seen", () => {
  const sample = (atMs: number, videoBitrateKbps: number | null) => ({
    ...{ createdAtUtc: new Date(atMs).toISOString(), videoBitrateKbps, audioBitrateKbps: null },
  });
  const samples = [sample(NOW - 500, 9), sample(NOW - 10_000, 8), sample(NOW - 20_000, null), sample(0, 7)];
  expect(seeded([{ atMs: NOW - 1000, kbps: 1 }], samples, NOW)).toEqual([
    { atMs: NOW - 20_000, kbps: null },
    { atMs: NOW - 10_000, kbps: 8 },
    { atMs: NOW - 1000, kbps: 1 },
  ]);
});

test("an input's bitrate is that of picture and sound, and nothing while it is not active", () => {
  const input = { active: true, video: { bitrateKbps: 900 }, audio: { bitrateKbps: 96 } };
  expect(kbpsOf(input)).toBe(996);
  expect(kbpsOf({ ...input, audio: null })).toBe(900);
  expect(kbpsOf({ active: true, video: null, audio: null })).toBeNull();
  expect(kbpsOf({ ...input, active: false })).toBeNull();
});

test("the line breaks where nothing came, and where nobody knows what came", () => {
  const at = (secondsAgo: number, kbps: number | null) => ({ atMs: NOW - secondsAgo * 1000, kbps });
  const field = { width: 300, height: 42, nowMs: NOW };
  expect(stripPath([at(2, 100), at(1, 50), at(0, 100)], field)).toBe("M298.0 1.0L299.0 21.0L300.0 1.0");
  expect(stripPath([at(2, 100), at(1, null), at(0, 100)], field)).toBe("M298.0 1.0M300.0 1.0");
  expect(stripPath([at(30, 100), at(0, 100)], field)).toBe("M270.0 1.0L300.0 1.0");
  expect(stripPath([at(31, 100), at(0, 100)], field)).toBe("M269.0 1.0M300.0 1.0");
  expect(stripPath([at(0, 0)], field)).toBe("M300.0 41.0");
  expect(highest([at(1, 5), at(0, null)])).toBe(5);
});
