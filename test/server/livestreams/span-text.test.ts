import { expect, test } from "bun:test";
import { spanText } from "#server/livestreams/span-text.ts";

test.each([
  [0, "0 s"],
  [7.26, "7.3 s"],
  [12, "12 s"],
  [59.94, "59.9 s"],
  [59.95, "1:00"],
  [61.4, "1:01"],
  [3599.6, "1:00:00"],
  [36_005, "10:00:05"],
])("%p seconds are %s", (seconds, text) => {
  expect(spanText(seconds)).toBe(text);
});
