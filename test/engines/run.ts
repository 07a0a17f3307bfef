// The tests of the engines, then the whole end-to-end suite with PostgreSQL and disk, and with PostgreSQL and an object store; with
// SQLite and disk it is a part of `bun run test`. Given names of end-to-end tests, those alone, with both. The last line is
// `N passed, N failed`; the exit code is 1 if any failed.

import { ensurePackages } from "#server/command/ensure-packages.ts";
import { debianPackages } from "#test/support/debian-packages.ts";
import { testEnvironment } from "#test/support/engines.ts";
import { k6Provision } from "#test/support/k6.ts";
import { ObjectServer, objectServerProvision } from "#test/support/object-server.ts";
import { PostgresServer } from "#test/support/postgres-server.ts";
import { ALONE, runTests, TWO_AT_A_TIME, togetherFiles } from "#test/support/run-tests.ts";
import { Steps } from "#test/support/steps.ts";

const HOUR_SECONDS = 3600;

/** For each of the two halves of a suite; more than either takes on a busy machine. */
const DEADLINE_MS = HOUR_SECONDS * 1000;

/** Four of them, and their rest. */
const LIFE = { lifeSeconds: 5 * HOUR_SECONDS };

const names = process.argv.slice(2);

const unknown = names.filter((name) => !isThere(name));
if (unknown.length > 0) {
  print(`there is no test/end-to-end/${unknown[0]}.test.ts`);
  process.exit(2);
}

const steps = new Steps(print);
await steps.check("packages of bun.lock; up to a minute where they are missing", async () => {
  ensurePackages({ areToolsNeeded: true });
});
await steps.provide("Debian packages", debianPackages());
await steps.provide("k6", k6Provision());
await steps.provide("object store", objectServerProvision());

if (names.length === 0)
  await steps.suite("tests of the engines", () =>
    runTests(["test/engines"], { deadlineMs: DEADLINE_MS, testDeadlineMs: 60_000 }),
  );
if (!PostgresServer.isInstalled) print("skipped the end-to-end suite: PostgreSQL is not here");
else {
  await using postgres = await PostgresServer.start(LIFE);
  const postgresUrl = postgres.url();
  await endToEnd("PostgreSQL and disk", testEnvironment({ postgresUrl, objectStoreEndpoint: null }));
  if (!ObjectServer.isInstalled) print("skipped the end-to-end suite with a store: SeaweedFS is not here");
  else {
    await using objects = await ObjectServer.start(LIFE);
    const { endpoint: objectStoreEndpoint } = objects;
    await endToEnd("PostgreSQL and store", testEnvironment({ postgresUrl, objectStoreEndpoint }));
  }
}

const { passed, failed, skipped, failures } = steps.total;
for (const failure of failures) print(`FAILED  ${failure}\n`);
if (skipped > 0) print(`${skipped} skipped`);
print(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);

async function endToEnd(engines: string, environment: Readonly<Record<string, string>>): Promise<void> {
  const options = { deadlineMs: DEADLINE_MS, environment };
  const together = wanted(togetherFiles());
  const alone = wanted(ALONE);
  if (together.length > 0)
    await steps.suite(`${engines}: end-to-end tests, two at a time`, () =>
      runTests([...TWO_AT_A_TIME, ...together], options),
    );
  if (alone.length > 0)
    await steps.suite(`${engines}: end-to-end tests, each alone`, () => runTests(alone, options));
}

function isThere(name: string): boolean {
  return [...togetherFiles(), ...ALONE].some((file) => isNamed(file, name));
}

function wanted(files: readonly string[]): readonly string[] {
  return names.length === 0 ? files : files.filter((file) => names.some((name) => isNamed(file, name)));
}

function isNamed(file: string, name: string): boolean {
  return file.endsWith(`/${name}.test.ts`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
