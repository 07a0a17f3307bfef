import { describe, expect, test } from "bun:test";
import { ServerClock } from "#server/web/pages/server-clock.ts";

/** The page's clock began 1,000,000 ms after 1970, by the server's; answers are on their way for so long, there and back. */
const SERVER_AHEAD_MS = 1_000_000;

function reading(askedAtMs: number, thereMs: number, backMs: number, aheadMs = SERVER_AHEAD_MS) {
  return {
    askedAtMs,
    serverMs: askedAtMs + thereMs + aheadMs,
    answeredAtMs: askedAtMs + thereMs + backMs,
  };
}

describe("the server's clock, as a page knows it", () => {
  test("is unknown before the first answer", () => {
    expect(new ServerClock().dateMs(5)).toBe(null);
  });

  test("is right where an answer takes as long as the question", () => {
    const clock = new ServerClock();
    clock.read(reading(0, 400, 400));
    expect(clock.dateMs(2000)).toBe(1_002_000);
  });

  test.each([
    [0, 60],
    [60, 0],
    [10, 50],
  ])("is wrong by half of the quickest answer's time at most: %i ms there, %i ms back", (there, back) => {
    const clock = new ServerClock();
    clock.read(reading(0, 900, 100));
    clock.read(reading(5000, there, back));
    clock.read(reading(10_000, 100, 900));
    expect(Math.abs((clock.dateMs(20_000) ?? 0) - 1_020_000)).toBeLessThanOrEqual(30);
  });

  test("follows the server's clock when it is set, forward and back", () => {
    const clock = new ServerClock();
    clock.read(reading(0, 5, 5));
    clock.read(reading(5000, 300, 300, SERVER_AHEAD_MS + 7_200_000));
    expect(clock.dateMs(6000)).toBe(8_206_000);
    clock.read(reading(10_000, 20, 20, SERVER_AHEAD_MS));
    expect(clock.dateMs(11_000)).toBe(1_011_000);
  });

  test("forgets a quick answer of long ago: two clocks drift apart", () => {
    const clock = new ServerClock();
    clock.read(reading(0, 1, 1));
    for (let count = 1; count <= 8; count += 1)
      clock.read(reading(count * 5000, 10, 10, SERVER_AHEAD_MS + 40));
    expect(clock.dateMs(50_000)).toBe(1_050_040);
  });
});
