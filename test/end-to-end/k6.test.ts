// The k6 scripts, in short: what they check holds, whatever the times are on the machine that tests.

import { expect, test } from "bun:test";
import { join } from "node:path";
import { ROOT } from "#test/support/imports.ts";
import { areInstalled, Program } from "#test/support/program.ts";

test.skipIf(!areInstalled("k6") && !areInstalled("go"))(
  "viewers are counted, pages hold no sample twice, and no call fails",
  async () => {
    const script = join(ROOT, "bench/k6/run.ts");
    const { exitCode, stdout, stderr } = await new Program([process.execPath, script, "--short"], 400).result;
    expect([exitCode, exitCode === 0 ? "" : `${stdout}${stderr}`]).toEqual([0, ""]);
  },
  420_000,
);
