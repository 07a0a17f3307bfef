// Changes the decisions of the server one at a time and counts what their tests notice: `bun run mutants [PATH…]`.
// A run of everything writes the report; it fails where a file is badly guarded or a survivor has no reason.

import { tmpdir } from "node:os";
import { join } from "node:path";
import { runMutants, type TargetResult } from "./mutation-run.ts";
import { REASONS } from "./reasons.ts";
import { complaintsOf, renderReport } from "./report.ts";
import { targetsAt } from "./targets.ts";

const ROOT = join(import.meta.dir, "../..");
const REPORT = join(import.meta.dir, "report.md");

/** Tests of a target take one core each. */
const CONCURRENCY = 2;

const paths = process.argv.slice(2);
const targets = targetsAt(paths);
if (targets.length === 0) {
  print(`no target is at ${paths.join(" ")}; test/mutants/targets.ts lists them`);
  process.exit(2);
}

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => stop.abort(new Error("stopped")));

const results = await runMutants({
  root: ROOT,
  copiesIn: tmpdir(),
  targets,
  concurrency: CONCURRENCY,
  onResult: printResult,
  signal: stop.signal,
});
const reasoned = results.map((result) => ({ result, reasons: REASONS[result.file] ?? [] }));
if (paths.length === 0) await Bun.write(REPORT, renderReport(reasoned));
const complaints = complaintsOf(reasoned);
for (const complaint of complaints) print(complaint);
process.exit(complaints.length > 0 ? 1 : 0);

function printResult({ file, total, killed }: TargetResult): void {
  print(`${file}: ${killed} of ${total} killed`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
