// The report of a mutation run, and what is wrong by it.

import { shown } from "./edit.ts";
import type { TargetResult } from "./mutation-run.ts";
import { type Reason, reasonFor } from "./reasons.ts";

/** Percent of a file's mutants: with fewer killed its tests do not guard it. */
const MIN_KILLED_PERCENT = 90;

const NO_REASON = "no reason given";

export interface ReasonedResult {
  readonly result: TargetResult;
  readonly reasons: readonly Reason[];
}

/** In Markdown. */
export function renderReport(all: readonly ReasonedResult[]): string {
  const rows = all.map(({ result }) => [result.file, result.total, result.killed, percentOf(result)]);
  const sections = all.filter(({ result }) => result.survivors.length > 0).map(renderSurvivors);
  return [
    "# Mutants",
    "Written by `bun run mutants`: each file with one small thing changed at a time, and how many of these mutants the tests of it noticed.",
    table(["file", "mutants", "killed", "%"], rows),
    ...sections,
  ]
    .map((paragraph) => `${paragraph}\n`)
    .join("\n");
}

/** What makes a run fail, a line each: a file too badly guarded, a survivor without a reason, a reason without a survivor. */
export function complaintsOf(all: readonly ReasonedResult[]): string[] {
  return all.flatMap(({ result, reasons }) => {
    const { file, survivors } = result;
    const tooFew = isGuarded(result)
      ? []
      : [`${file}: ${percentOf(result)} % killed, fewer than ${MIN_KILLED_PERCENT}`];
    const unreasoned = survivors
      .filter((mutant) => reasonFor(reasons, mutant) === undefined)
      .map(({ line, lineText, change }) => `${file}:${line}: ${NO_REASON}: ${change} in ${shown(lineText)}`);
    const unneeded = reasons
      .filter((reason) => !survivors.some((mutant) => reasonFor([reason], mutant) !== undefined))
      .map(({ line, change }) => `${file}: a reason for what does not survive: ${change} in ${shown(line)}`);
    return [...tooFew, ...unreasoned, ...unneeded];
  });
}

function renderSurvivors({ result, reasons }: ReasonedResult): string {
  const items = result.survivors.map((mutant) => {
    const { file, line, lineText, change } = mutant;
    const reason = reasonFor(reasons, mutant)?.reason ?? NO_REASON;
    return `- ${file}:${line} ${shown(lineText)}: ${change}\n  ${reason}`;
  });
  return [`## ${result.file}`, items.join("\n")].join("\n\n");
}

function isGuarded({ total, killed }: TargetResult): boolean {
  return killed * 100 >= total * MIN_KILLED_PERCENT;
}

/** Rounded down: 89.99 is not 90. */
function percentOf({ total, killed }: TargetResult): string {
  return total === 0 ? "100.0" : (Math.floor((killed / total) * 1000) / 10).toFixed(1);
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
