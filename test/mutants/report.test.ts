import { expect, test } from "bun:test";
import type { TargetResult } from "./mutation-run.ts";
import type { Mutant } from "./mutations.ts";
import { complaintsOf, renderReport } from "./report.ts";

const survivor: Mutant = { file: "a.ts", line: 7, lineText: "f(x);", change: "`x` → `y`", source: "" };
const reason = { line: "f(x);", change: "`x` → `y`", reason: "they are the same" };

function result(killed: number, total: number, ...survivors: readonly Mutant[]): TargetResult {
  return { file: "a.ts", killed, total, survivors };
}

test("the report has a row a file, and each survivor with its reason", () => {
  expect(renderReport([{ result: result(9, 10, survivor), reasons: [reason] }])).toBe(`# Mutants

Written by \`bun run mutants\`: each file with one small thing changed at a time, and how many of these mutants the tests of it noticed.

| file | mutants | killed | % |
| --- | --- | --- | --- |
| a.ts | 10 | 9 | 90.0 |

## a.ts

- a.ts:7 \`f(x);\`: \`x\` → \`y\`
  they are the same
`);
});

test("a survivor without a reason is listed as one", () => {
  const report = renderReport([{ result: result(9, 10, survivor), reasons: [] }]);
  expect(report).toEndWith("- a.ts:7 `f(x);`: `x` → `y`\n  no reason given\n");
});

test("nothing is wrong with nine in ten killed, and a reason for the rest", () => {
  expect(complaintsOf([{ result: result(9, 10, survivor), reasons: [reason] }])).toEqual([]);
});

test("fewer than nine in ten killed is wrong, however near", () => {
  expect(complaintsOf([{ result: result(8999, 10_000), reasons: [] }])).toEqual([
    "a.ts: 89.9 % killed, fewer than 90",
  ]);
});

test("a survivor without a reason is wrong, and so is a reason without a survivor", () => {
  const stale = { ...reason, line: "g(x);" };
  expect(complaintsOf([{ result: result(9, 10, survivor), reasons: [stale] }])).toEqual([
    "a.ts:7: no reason given: `x` → `y` in `f(x);`",
    "a.ts: a reason for what does not survive: `x` → `y` in `g(x);`",
  ]);
});
