import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "#test/support/imports.ts";
import { REASONS } from "./reasons.ts";
import { TARGETS, targetsAt } from "./targets.ts";

test("every target and every test that guards one exists", () => {
  const paths = TARGETS.flatMap(({ file, tests }) => [file, ...tests]);
  expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test("reasons are of targets", () => {
  const files = TARGETS.map(({ file }) => file);
  expect(Object.keys(REASONS).filter((file) => !files.includes(file))).toEqual([]);
});

test("targets are found by a file, a folder or a test", () => {
  const found = (...paths: string[]) => targetsAt(paths).map(({ file }) => file);
  expect(found("media/hls/cut-rule.ts")).toEqual(["media/hls/cut-rule.ts"]);
  expect(found("test/media/hls/cut-rule.test.ts")).toEqual(["media/hls/cut-rule.ts"]);
  expect(found("media")).toEqual(TARGETS.map(({ file }) => file).filter((file) => file.startsWith("media/")));
  expect(found()).toEqual(TARGETS.map(({ file }) => file));
  expect(found("media/h")).toEqual([]);
});
