import { expect, test } from "bun:test";
import { lengthText, timeText } from "#server/web/pages/times.ts";

test.each([
  [-1, "0 s"],
  [0.4, "0 s"],
  [59.4, "59 s"],
  [59.5, "1 min 0 s"],
  [125, "2 min 5 s"],
  [3599, "59 min 59 s"],
  [3600, "1 h 0 min"],
  [90_125, "25 h 2 min"],
])("%p s are %s", (seconds, text) => {
  expect(lengthText(seconds)).toBe(text);
});

test("a time of day has its day where that is another one", () => {
  const noon = new Date(2026, 10, 28, 12, 0, 5).getTime();
  const today = timeText(noon - 3_600_000, noon);
  expect(today).toMatch(/^\d{2}:00:05\D*$/);
  expect(timeText(noon - 24 * 3_600_000, noon)).toMatch(/^Fri,? \d{2}:00:05\D*$/);
});
