// The one command that checks everything: packages, types, format, lint, dead code, then every test.
// What failed is told once more at the end, where it is not lost among thousands of lines. The last line is `N passed, N failed`:
// tests, and each check as one; the exit code is 1 if any failed.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Glob } from "bun";
import { ensurePackages } from "#server/command/ensure-packages.ts";
import { debianPackages } from "#test/support/debian-packages.ts";
import { readJunit, type Tally } from "#test/support/junit.ts";
import { k6Provision } from "#test/support/k6.ts";
import { objectServerProvision } from "#test/support/object-server.ts";
import { Steps } from "#test/support/steps.ts";

const ROOT = join(import.meta.dir, "..");
const BIN = join(ROOT, "node_modules/.bin");

/** Nothing here takes much of it; a check that hangs must not hang whoever waits for the answer. */
const STEP_DEADLINE_MS = 20 * 60_000;

/** Of a test that sets none. Bun's own 5 s are a measure of the machine where something else runs beside the tests. */
const TEST_DEADLINE_MS = 30_000;

const CHECKS: readonly { name: string; command: readonly string[] }[] = [
  {
    name: "types of server, openapi, test, bench",
    command: ["tsc", "-p", "."],
  },
  { name: "types of media", command: ["tsc", "-p", "media"] },
  { name: "types of the pages", command: ["tsc", "-p", "server/web/pages"] },
  { name: "types of the console", command: ["tsc", "-p", "server/web/console"] },
  {
    name: "format and lint",
    command: ["biome", "check", "--error-on-warnings", "."],
  },
  { name: "promises", command: ["oxlint", "--type-aware"] },
  { name: "dead code", command: ["knip"] },
];

/** End-to-end tests that look for what a busy machine makes too: pictures that stand still, answers that come late. */
const ALONE = [
  ...["failover-browser", "failover", "k6", "low-latency-browser", "restart-crowd"],
  "what-encoders-send",
];

/** Of the tests with PostgreSQL and an object store; `bun run test:engines` runs all of them. */
const ENGINES = ["postgres-stores", "postgres-live", "objects-live"];

/** Files in processes of their own, one after the other in each. */
const ON_EACH_CORE = ["--parallel", "--no-isolate"];

/** End-to-end tests mostly wait; more of them at a time would disturb each other. */
const TWO_AT_A_TIME = ["--parallel=2", "--no-isolate"];

const steps = new Steps(print);

await steps.check("packages of bun.lock; up to a minute where they are missing", async () => {
  ensurePackages({ areToolsNeeded: true });
});
const debian = steps.provide("Debian packages", debianPackages());
const k6 = steps.provide("k6", k6Provision());
const objects = steps.provide("object store", objectServerProvision());
for (const check of CHECKS) await steps.check(check.name, () => runCheck(check.command));
await debian;
await steps.suite("tests", () =>
  runTests([...ON_EACH_CORE, "--path-ignore-patterns=test/{end-to-end,engines}/**"]),
);
await k6;
await objects;
await steps.suite("end-to-end tests, two at a time", () => runTests([...TWO_AT_A_TIME, ...others()]));
await steps.suite("end-to-end tests, each alone", () => runTests(ALONE.map(endToEnd)));

const { passed, failed, skipped, failures } = steps.total;
for (const failure of failures) print(`FAILED  ${failure}\n`);
if (skipped > 0) print(`${skipped} skipped`);
print(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);

async function runCheck([program = "", ...rest]: readonly string[]): Promise<void> {
  const child = Bun.spawn([join(BIN, program), ...rest], {
    cwd: ROOT,
    env: { ...process.env, PATH: `${BIN}:${process.env.PATH}` },
    stdout: "pipe",
    stderr: "pipe",
    timeout: STEP_DEADLINE_MS,
  });
  const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (child.exitCode !== 0) throw new Error(`${output}${errors}`.trimEnd());
}

/** The end-to-end tests that are not run alone, and some of those with other engines. */
function others(): readonly string[] {
  const alone = ALONE.map(endToEnd);
  const files = [...new Glob("test/end-to-end/*.test.ts").scanSync(ROOT)].map((path) => `./${path}`);
  const engines = ENGINES.map((name) => `./test/engines/${name}.test.ts`);
  return [...files.filter((file) => !alone.includes(file)), ...engines];
}

function endToEnd(name: string): string {
  return `./test/end-to-end/${name}.test.ts`;
}

/** Tests print as they go; what is counted comes from the report file. */
async function runTests(rest: readonly string[]): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), "tandem-test-"));
  const report = join(folder, "report.xml");
  const child = Bun.spawn(
    [
      ...[process.execPath, "test", `--timeout=${TEST_DEADLINE_MS}`],
      ...["--reporter=junit", `--reporter-outfile=${report}`, ...rest],
    ],
    {
      cwd: ROOT,
      stdout: "inherit",
      stderr: "inherit",
      timeout: STEP_DEADLINE_MS,
    },
  );
  const exitCode = await child.exited;
  try {
    const tally = readJunit(readFileSync(report, "utf8"));
    // A crash, or an error between two tests, is in no test's result.
    return exitCode !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
  } catch {
    print(`The tests ended with ${child.exitCode ?? child.signalCode} and without a report.`);
    return { passed: 0, failed: 1, skipped: 0, failures: [] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
