import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "#test/support/imports.ts";
import { runMutants, type TargetResult } from "./mutation-run.ts";

/** Children of the run are test runs and compilers: some seconds on a busy machine. */
const DEADLINE_MS = 60_000;

const SOURCE = `export function isLong(seconds: number): boolean {
  return seconds > 10;
}

export function label(seconds: number): "long" | "short" {
  return isLong(seconds) ? "long" : "short";
}
`;

const TEST = `import { expect, test } from "bun:test";
import { isLong } from "../long.ts";

test("what is longer than ten seconds is long", () => {
  expect([10, 10.5].map(isLong)).toEqual([false, true]);
});
`;

const target = { file: "long.ts", tests: ["test/long.test.ts"] };
const never = new AbortController().signal;
let root = "";

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tandem-mutation-run-"));
  await mkdir(join(root, "test"));
  await symlink(join(ROOT, "node_modules"), join(root, "node_modules"));
  await Bun.write(join(root, "tsconfig.json"), Bun.file(join(ROOT, "tsconfig.json")));
  await Bun.write(join(root, "long.ts"), SOURCE);
  await Bun.write(join(root, "test/long.test.ts"), TEST);
});

afterAll(() => rm(root, { recursive: true }));

test(
  "what the tests do not notice survives, unless the compiler refuses it",
  async () => {
    const told: TargetResult[] = [];
    const results = await runMutants(root, [target], 2, (result) => told.push(result), never);
    expect(told).toEqual(results);
    const [{ survivors, killed, total } = { survivors: [], killed: 0, total: 0 }] = results;
    expect(survivors.map(({ line, change }) => `${line} ${change}`)).toEqual([
      "6 `isLong(seconds)` → `true`",
      "6 `isLong(seconds)` → `false`",
      '6 `"long"` → `"short"`',
      '6 `"short"` → `"long"`',
    ]);
    expect([killed, total]).toEqual([4, 8]);
  },
  DEADLINE_MS,
);

test(
  "the checkout is never changed, and its copies are gone afterwards",
  async () => {
    const copies = () => readdirSync(tmpdir()).filter((name) => name.startsWith("tandem-mutants-")).length;
    const before = copies();
    await runMutants(root, [target], 1, () => {}, never);
    expect(copies()).toBe(before);
    expect(await Bun.file(join(root, "long.ts")).text()).toBe(SOURCE);
  },
  DEADLINE_MS,
);

test(
  "tests that fail without a mutant say nothing of one",
  async () => {
    await Bun.write(join(root, "test/long.test.ts"), TEST.replace("10.5", "9"));
    const run = runMutants(root, [target], 1, () => {}, never);
    await expect(run).rejects.toThrow("without a mutant, `bun test test/long.test.ts` fails");
    await Bun.write(join(root, "test/long.test.ts"), TEST);
  },
  DEADLINE_MS,
);

test(
  "a run that is stopped ends with its reason",
  async () => {
    const run = runMutants(root, [target], 1, () => {}, AbortSignal.abort(new Error("stopped")));
    await expect(run).rejects.toThrow("stopped");
  },
  DEADLINE_MS,
);
