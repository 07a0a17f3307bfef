// Test files run by Bun in a process of their own, counted, and which end-to-end tests go together.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Glob } from "bun";
import { ROOT } from "./imports.ts";
import { readJunit, type Tally } from "./junit.ts";

/** Bun's own 5 s are a measure of the machine where something else runs beside the tests. */
const TEST_DEADLINE_MS = 30_000;

/** Files in processes of their own, one after the other in each. */
export const ON_EACH_CORE = ["--parallel", "--no-isolate"];

/** End-to-end tests mostly wait; more of them at a time would disturb each other. */
export const TWO_AT_A_TIME = ["--parallel=2", "--no-isolate"];

/** End-to-end tests that look for what a busy machine makes too: pictures that stand still, answers that come late. */
export const ALONE: readonly string[] = [
  ...["failover-browser", "failover", "k6", "low-latency-browser", "restart-crowd"],
  "what-encoders-send",
].map((name) => `./test/end-to-end/${name}.test.ts`);

/** The end-to-end tests that need not be run alone. */
export function togetherFiles(): readonly string[] {
  const files = [...new Glob("test/end-to-end/*.test.ts").scanSync(ROOT)].map((path) => `./${path}`);
  return files.filter((file) => !ALONE.includes(file)).sort();
}

export interface TestRunOptions {
  /** Of all of them together. */
  readonly deadlineMs: number;
  /** Of a test that sets none. */
  readonly testDeadlineMs?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Tests print as they go; what is counted comes from the report file. */
export async function runTests(
  rest: readonly string[],
  { deadlineMs, testDeadlineMs = TEST_DEADLINE_MS, environment = {} }: TestRunOptions,
): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), "tandem-test-"));
  const report = join(folder, "report.xml");
  const child = Bun.spawn(
    [
      ...[process.execPath, "test", `--timeout=${testDeadlineMs}`],
      ...["--reporter=junit", `--reporter-outfile=${report}`, ...rest],
    ],
    {
      cwd: ROOT,
      env: { ...process.env, ...environment },
      stdout: "inherit",
      stderr: "inherit",
      timeout: deadlineMs,
    },
  );
  const exitCode = await child.exited;
  try {
    const tally = readJunit(readFileSync(report, "utf8"));
    // A crash, or an error between two tests, is in no test's result.
    return exitCode !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
  } catch {
    process.stdout.write(
      `The tests ended with ${child.exitCode ?? child.signalCode} and without a report.\n`,
    );
    return { passed: 0, failed: 1, skipped: 0, failures: [] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
