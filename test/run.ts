// The one command that checks everything: packages, types, format, lint, dead code, then every test.
// The last line is `N passed, N failed`: tests, and each check as one; the exit code is 1 if any failed.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensurePackages } from "#server/command/ensure-packages.ts";
import { ensureDebianPackages, purposeOf } from "#test/support/debian-packages.ts";
import { readJunit, type Tally } from "#test/support/junit.ts";

const ROOT = join(import.meta.dir, "..");
const BIN = join(ROOT, "node_modules/.bin");

/** Nothing here takes half of it; a check that hangs must not hang whoever waits for the answer. */
const STEP_DEADLINE_MS = 20 * 60_000;

const CHECKS: readonly { name: string; command: readonly string[] }[] = [
  {
    name: "types of server, openapi, test, bench",
    command: ["tsc", "-p", "."],
  },
  { name: "types of media", command: ["tsc", "-p", "media"] },
  { name: "types of the pages", command: ["tsc", "-p", "server/web/pages"] },
  {
    name: "format and lint",
    command: ["biome", "check", "--error-on-warnings", "."],
  },
  { name: "promises", command: ["oxlint", "--type-aware"] },
  { name: "dead code", command: ["knip"] },
];

const SUITES: readonly { name: string; arguments: readonly string[] }[] = [
  { name: "tests", arguments: ["--path-ignore-patterns=test/end-to-end/**"] },
  { name: "end-to-end tests", arguments: ["test/end-to-end/"] },
];

const total: Tally = { passed: 0, failed: 0, skipped: 0 };

await step("packages", installPackages);
for (const check of CHECKS) await step(check.name, () => runCheck(check.command));
for (const suite of SUITES) add(await runSuite(suite.name, suite.arguments));

if (total.skipped > 0) print(`${total.skipped} skipped`);
print(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 ? 1 : 0);

/** Runs one check: a line with its name and time, and what it had to say when it threw. */
async function step(name: string, run: () => Promise<void>): Promise<void> {
  const startedAt = performance.now();
  try {
    await run();
    print(`ok      ${name} (${secondsSince(startedAt)} s)`);
    total.passed += 1;
  } catch (error) {
    print(
      `FAILED  ${name} (${secondsSince(startedAt)} s)\n${error instanceof Error ? error.message : error}`,
    );
    total.failed += 1;
  }
}

async function installPackages(): Promise<void> {
  ensurePackages({ areToolsNeeded: true });
  const debian = ensureDebianPackages();
  if (debian.state === "installed") print(`installed ${debian.names.join(" ")}`);
  if (debian.state !== "skipped") return;
  print(
    `Not installed, ${debian.reason}; the end-to-end tests that need one of these are skipped if it is missing:`,
  );
  for (const name of debian.names) print(`  ${name}: ${purposeOf(name)}`);
}

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

/** Tests print as they go; what is counted comes from the report file. */
async function runSuite(name: string, rest: readonly string[]): Promise<Tally> {
  print(`\n${name}`);
  const folder = mkdtempSync(join(tmpdir(), "tandem-test-"));
  const report = join(folder, "report.xml");
  const child = Bun.spawn(
    [process.execPath, "test", "--reporter=junit", `--reporter-outfile=${report}`, ...rest],
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
    print(`${name}: ended with ${child.exitCode ?? child.signalCode} and without a report`);
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function add(tally: Tally): void {
  total.passed += tally.passed;
  total.failed += tally.failed;
  total.skipped += tally.skipped;
}

function secondsSince(startedAt: number): string {
  return ((performance.now() - startedAt) / 1000).toFixed(1);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
