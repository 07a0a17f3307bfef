import { expect, test } from "bun:test";
import { join } from "node:path";
import { SETTINGS } from "#server/command/settings.ts";
import { ROOT } from "#test/support/imports.ts";

test("the README's table says of each setting what the help says", async () => {
  const readme = (await Bun.file(join(ROOT, "README.md")).text()).replaceAll("`", "");
  const table = Array.from(
    readme.matchAll(/^\| ((?:TANDEM|S3)_\w+) +\| (.*?) +\| (.*?) +\|$/gm),
    ([, ...row]) => row,
  );
  expect(table).toEqual(
    Object.values(SETTINGS).map(({ variable, shownDefault, meaning }) => [variable, shownDefault, meaning]),
  );
});
