import { expect, test } from "bun:test";
import { tmpdir } from "node:os";
import { commitOfCheckout, describeVersion, VERSION } from "#server/command/version.ts";

test("a version is followed by its commit, where one is known", () => {
  const commit = commitOfCheckout(import.meta.dir);
  expect(describeVersion()).toBe(commit === "" ? VERSION : `${VERSION} (${commit})`);
});

test("outside of a checkout there is no commit", () => {
  expect(commitOfCheckout(tmpdir())).toBe("");
});
