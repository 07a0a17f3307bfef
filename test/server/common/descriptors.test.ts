import { expect, test } from "bun:test";
import { Descriptors, type DescriptorUse } from "#server/common/descriptors.ts";

const USES = ["httpIdle", "rtmpWaiting", "httpAgain", "http", "rtmpPlayer", "rtmp", "own"] as const;

/** Who gets none with so many open. */
function shortFor(limit: number, open: number): readonly DescriptorUse[] {
  const descriptors = new Descriptors({ limit, countOpen: () => open, monotonicMs: () => 0 });
  return USES.filter((use) => descriptors.isShortFor(use));
}

test("viewers are the first to get none, then players, then encoders, and the server's own files the last", () => {
  const steps: readonly [left: number, added: readonly DescriptorUse[]][] = [
    [128, []],
    [127, ["httpIdle", "rtmpWaiting"]],
    [96, []],
    [95, ["httpAgain"]],
    [64, []],
    [63, ["http"]],
    [48, []],
    [47, ["rtmpPlayer"]],
    [24, []],
    [23, ["rtmp"]],
    [1, []],
    [0, ["own"]],
  ];
  const short: DescriptorUse[] = [];
  for (const [left, added] of steps) {
    short.push(...added);
    expect([left, shortFor(256, 256 - left)]).toEqual([left, short]);
  }
});

test("the reserve is a quarter of the limit, at least 16 and at most 1024", () => {
  const leastFor = (limit: number): number => {
    for (let left = 0; ; left += 1) if (!shortFor(limit, limit - left).includes("http")) return left;
  };
  expect([32, 64, 256, 4096, 1_000_000].map(leastFor)).toEqual([16, 16, 64, 1024, 1024]);
});

test("without a limit nobody gets none", () => {
  expect(shortFor(Number.POSITIVE_INFINITY, 1_000_000)).toEqual([]);
});

test("counting takes a hundredth of the time at most; between counts what changed is added", () => {
  let nowMs = 0;
  let counts = 0;
  const countOpen = (): number => {
    counts += 1;
    nowMs += 5;
    return 100;
  };
  const descriptors = new Descriptors({ limit: 256, countOpen, monotonicMs: () => nowMs });
  descriptors.isShortFor("http");
  descriptors.changed(3);
  nowMs += 499;
  expect([descriptors.figures.open, counts]).toEqual([103, 1]);
  nowMs += 1;
  expect([descriptors.figures.open, counts]).toEqual([100, 2]);
});

test("who was turned away is counted by kind, each from the start", () => {
  const descriptors = new Descriptors({ limit: 256, countOpen: () => 1 });
  expect([...descriptors.figures.turnedAway.values()]).toEqual([0, 0, 0]);
  descriptors.turnedAway("rtmp_player");
  descriptors.turnedAway("http_idle", 4);
  descriptors.httpPaused();
  const { turnedAway, httpPauses } = descriptors.figures;
  expect([Object.fromEntries(turnedAway), httpPauses]).toEqual([
    { http_idle: 4, rtmp_waiting: 0, rtmp_player: 1 },
    1,
  ]);
});
