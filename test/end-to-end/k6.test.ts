// The k6 scripts, in short: what they check holds, whatever the times are on the machine that tests.

import { beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { ROOT } from "#test/support/imports.ts";
import { ensureK6, K6_BUILD_DEADLINE_MS, k6Provision } from "#test/support/k6.ts";
import { areInstalled, Program } from "#test/support/program.ts";

describe.skipIf(k6Provision().state === "unavailable" || !areInstalled("ffmpeg"))("k6", () => {
  // The test command has built it; alone, this file has to.
  beforeAll(async () => {
    await ensureK6((line) => process.stdout.write(`${line}\n`));
  }, K6_BUILD_DEADLINE_MS);

  test("counts viewers, finds no sample on two pages, and no call that fails", async () => {
    const script = join(ROOT, "bench/k6/run.ts");
    const { exitCode, stdout, stderr } = await new Program([process.execPath, script, "--short"], 180).result;
    expect([exitCode, exitCode === 0 ? "" : `${stdout}${stderr}`]).toEqual([0, ""]);
  }, 200_000);
});
