import { describe, expect, test } from "bun:test";
import { catchUpRate } from "#server/web/pages/catch-up.ts";

function rate(behindSeconds: number, now = 1, aheadSeconds = 1): number {
  return catchUpRate({ behindSeconds, wantedSeconds: 1, aheadSeconds }, now);
}

describe("how fast a live picture plays", () => {
  test.each([0.86, 1, 1.14])("as it was recorded where it is near: %d s behind, 1 s wanted", (behind) => {
    expect(rate(behind)).toBe(1);
  });

  test("a little faster where it is behind, and more where it is far behind", () => {
    expect([rate(1.16), rate(1.5), rate(1.51), rate(60)]).toEqual([1.05, 1.05, 1.1, 1.1]);
  });

  test("a little slower where it is closer to live than is safe", () => {
    expect([rate(0.84), rate(0)]).toEqual([0.95, 0.95]);
  });

  test("goes on until it is there, and not around and around", () => {
    expect([rate(1.06, 1.05), rate(1.04, 1.05)]).toEqual([1.05, 1]);
    expect([rate(0.94, 0.95), rate(0.96, 0.95)]).toEqual([0.95, 1]);
  });

  test("stretches what is left while nothing comes, until there is enough again", () => {
    expect([rate(1, 1, 0.61), rate(1, 1, 0.59), rate(5, 1.1, 0.59)]).toEqual([1, 0.7, 0.7]);
    expect([rate(1.1, 0.7, 0.79), rate(1.1, 0.7, 0.81), rate(1.4, 0.7, 0.81)]).toEqual([0.7, 1, 1.05]);
  });

  test("stretches it more where there is hardly anything left", () => {
    expect([rate(1, 0.7, 0.41), rate(1, 0.7, 0.39), rate(1, 1, 0)]).toEqual([0.7, 0.5, 0.5]);
    expect([rate(1.1, 0.5, 0.41), rate(1.1, 0.5, 0.79), rate(1.1, 0.5, 0.81)]).toEqual([0.7, 0.7, 1]);
  });
});
