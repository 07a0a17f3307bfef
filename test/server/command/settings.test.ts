import { expect, test } from "bun:test";
import { join } from "node:path";
import { SETTINGS } from "#server/command/settings.ts";
import { ROOT } from "#test/support/imports.ts";

/** Every variable that the file names. */
async function variablesOf(file: string): Promise<string[]> {
  const text = await Bun.file(join(ROOT, file)).text();
  return [...new Set(Array.from(text.matchAll(/\bTANDEM_\w+/g), ([name]) => name))].sort();
}

test("the help lists every setting there is", async () => {
  expect(SETTINGS.map(([variable]) => variable).sort()).toEqual(
    await variablesOf("server/command/config.ts"),
  );
});

test("the README says the same of each", async () => {
  const readme = (await Bun.file(join(ROOT, "README.md")).text()).replaceAll("`", "");
  const table = Array.from(
    readme.matchAll(/^\| (TANDEM_\w+) +\| (.*?) +\| (.*?) +\|$/gm),
    ([, ...row]) => row,
  );
  expect(table).toEqual(SETTINGS.map((row) => [...row]));
});
