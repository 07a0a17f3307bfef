import { expect, test } from "bun:test";
import { retryDelayMs } from "#server/webhooks/retry-schedule.ts";

test("an event is tried again after 5 s, 30 s, 2 min, 10 min, 1 h, 6 h and 24 h, and then given up", () => {
  const delays = Array.from({ length: 9 }, (_, index) => retryDelayMs("livestream.started", index + 1));
  const seconds = [5, 30, 120, 600, 3600, 21_600, 86_400];
  expect(delays).toEqual([...seconds.map((each) => each * 1000), null, null]);
});

test("a test is not tried again", () => {
  expect(retryDelayMs("webhook.test", 1)).toBeNull();
});
