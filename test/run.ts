// The one command that checks everything: packages, types, format, lint, dead code, then every test.
// What failed is told once more at the end, where it is not lost among thousands of lines. The last line is `N passed, N failed`:
// tests, and each check as one; the exit code is 1 if any failed.

import { join } from "node:path";
import { ensurePackages } from "#server/command/ensure-packages.ts";
import { debianPackages } from "#test/support/debian-packages.ts";
import { k6Provision } from "#test/support/k6.ts";
import { objectServerProvision } from "#test/support/object-server.ts";
import { ALONE, ON_EACH_CORE, runTests, TWO_AT_A_TIME, togetherFiles } from "#test/support/run-tests.ts";
import { Steps } from "#test/support/steps.ts";

const ROOT = join(import.meta.dir, "..");
const BIN = join(ROOT, "node_modules/.bin");

/** Nothing here takes much of it; a check that hangs must not hang whoever waits for the answer. */
const DEADLINE = { deadlineMs: 20 * 60_000 };

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

/** Of the tests with PostgreSQL and an object store; `bun run test:engines` runs all of them. */
const ENGINES = ["postgres-stores", "postgres-live", "objects-live"].map(
  (name) => `./test/engines/${name}.test.ts`,
);

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
  runTests([...ON_EACH_CORE, "--path-ignore-patterns=test/{end-to-end,engines}/**"], DEADLINE),
);
await k6;
await objects;
await steps.suite("end-to-end tests, two at a time", () =>
  runTests([...TWO_AT_A_TIME, ...togetherFiles(), ...ENGINES], DEADLINE),
);
await steps.suite("end-to-end tests, each alone", () => runTests(ALONE, DEADLINE));

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
    timeout: DEADLINE.deadlineMs,
  });
  const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (child.exitCode !== 0) throw new Error(`${output}${errors}`.trimEnd());
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
