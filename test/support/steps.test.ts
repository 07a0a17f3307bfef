import { expect, test } from "bun:test";
import { Steps } from "./steps.ts";

test("a step says what begins, how it ended, and after how long", async () => {
  const { steps, lines } = makeSteps();
  await steps.check("types", async () => undefined);
  await steps.check("format", () => Promise.reject(new Error("a.ts is not formatted")));
  expect(lines).toEqual([
    "begins  types",
    "ok      types (S s)",
    "begins  format",
    "FAILED  format (S s)",
    "a.ts is not formatted",
  ]);
  expect(steps.total).toEqual({
    ...{ passed: 1, failed: 1, skipped: 0 },
    failures: ["format\na.ts is not formatted"],
  });
});

test("what is needed is obtained where it can be, said to be there, or skipped with the reason", async () => {
  const { steps, lines } = makeSteps();
  await steps.provide("programs", { state: "present" });
  await steps.provide("k6", { state: "unavailable", reason: "there is no Go" });
  await steps.provide("ffmpeg", {
    state: "obtainable",
    how: "apt-get installs it",
    obtain: async () => void lines.push("installing"),
  });
  expect(lines).toEqual([
    "ok      programs: already there",
    "skipped k6: there is no Go",
    "begins  ffmpeg: apt-get installs it",
    "installing",
    "ok      ffmpeg: apt-get installs it (S s)",
  ]);
  expect(steps.total).toEqual({ passed: 1, failed: 0, skipped: 1, failures: [] });
});

test("the tests of a suite count one by one", async () => {
  const { steps, lines } = makeSteps();
  await steps.suite("tests", async () => ({ passed: 7, failed: 0, skipped: 2, failures: [] }));
  await steps.suite("more tests", async () => ({ passed: 3, failed: 1, skipped: 0, failures: ["a\nno"] }));
  expect(lines.filter((line) => line !== "")).toEqual([
    "begins  tests",
    "ok      tests: 7 passed, 0 failed, 2 skipped (S s)",
    "begins  more tests",
    "FAILED  more tests: 3 passed, 1 failed, 0 skipped (S s)",
  ]);
  expect(steps.total).toEqual({ passed: 10, failed: 1, skipped: 2, failures: ["a\nno"] });
});

/** Times are measured, so each is an S in the lines. */
function makeSteps(): { steps: Steps; lines: string[] } {
  const lines: string[] = [];
  return { steps: new Steps((line) => lines.push(line.replace(/\d+\.\d s\)$/, "S s)"))), lines };
}
