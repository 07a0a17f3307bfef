import { expect, test } from "bun:test";
import { readJunit } from "./junit.ts";

test("what neither failed nor was skipped has passed", () => {
  const report =
    '<?xml version="1.0"?>\n<testsuites name="bun test" tests="9" failures="2" skipped="3" time="1">';
  expect(readJunit(report)).toEqual({ passed: 4, failed: 2, skipped: 3 });
});

test("a report without totals is refused, not counted as nothing failed", () => {
  expect(() => readJunit("")).toThrow("The report has no <testsuites> element.");
});
