import { expect, test } from "bun:test";
import { readJunit } from "./junit.ts";

test("what neither failed nor was skipped has passed", () => {
  const report =
    '<?xml version="1.0"?>\n<testsuites name="bun test" tests="9" failures="2" skipped="3" time="1">';
  expect(readJunit(report)).toEqual({ passed: 4, failed: 2, skipped: 3, failures: [] });
});

test("a report without totals is refused, not counted as nothing failed", () => {
  expect(() => readJunit("")).toThrow("The report has no <testsuites> element.");
});

test("a test that failed says where it is, its name, and what went wrong", () => {
  const report = `<testsuites name="bun test" tests="4" failures="2" skipped="0">
  <testsuite name="f.test.ts" file="f.test.ts">
    <testcase name="fine" classname="" file="f.test.ts" line="2" assertions="0" />
    <testsuite name="a" file="f.test.ts" line="3">
      <testcase name="b &amp;lt; &quot;c&quot;" classname="a &amp;gt; x" file="f.test.ts" line="3" assertions="1">
        <failure type="AssertionError" message="no">AssertionError: no&#10;  at f.test.ts:3:51&#10;</failure>
      </testcase>
    </testsuite>
    <testcase name="late" classname="" file="f.test.ts" line="4" assertions="0">
      <failure type="TimeoutError" message="test timed out" />
    </testcase>
    <testcase name="later" classname="" file="f.test.ts" line="5" assertions="0">
      <skipped />
    </testcase>
  </testsuite>
</testsuites>`;
  expect(readJunit(report).failures).toEqual([
    'f.test.ts:3: a &gt; x > b &lt; "c"\nAssertionError: no\n  at f.test.ts:3:51',
    "f.test.ts:4: late\ntest timed out",
  ]);
});
