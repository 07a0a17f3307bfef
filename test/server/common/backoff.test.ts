import { expect, test } from "bun:test";
import { Backoff } from "#server/common/backoff.ts";

const { signal } = new AbortController();

test("each try that fails is made again twice as late, up to the most, and soon after one that went well", async () => {
  const waitedMs: number[] = [];
  const backoff = new Backoff({
    firstMs: 1000,
    mostMs: 5000,
    delay: async (milliseconds, given) => {
      expect(given).toBe(signal);
      waitedMs.push(milliseconds);
    },
  });
  for (let tries = 0; tries < 5; tries += 1) await backoff.failed(signal);
  expect(waitedMs).toEqual([1000, 2000, 4000, 5000, 5000]);
  backoff.wentWell();
  await backoff.failed(signal);
  expect(waitedMs.at(-1)).toBe(1000);
});
