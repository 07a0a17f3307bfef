import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "#test/support/imports.ts";
import { type MutationRun, runMutants, type TargetResult } from "./mutation-run.ts";

/** Children of the run are test runs and compilers: some seconds on a busy machine. */
const DEADLINE_MS = 60_000;

const SOURCE = `export function isLong(seconds: number): boolean {
  return seconds > 10;
}

export function lengthOf(text: string | null): string {
  return text ?? "short";
}
`;

const TEST = `import { expect, test } from "bun:test";
import { isLong } from "./long.ts";

test("what is longer than ten seconds is long", () => {
  expect([10, 10.5].map(isLong)).toEqual([false, true]);
});
`;

/** Has the checkout in it, and its copies beside it. */
let folder = "";
let root = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tandem-mutation-run-"));
  root = join(folder, "checkout");
  await mkdir(root);
  await symlink(join(ROOT, "node_modules"), join(root, "node_modules"));
  await Bun.write(join(root, "tsconfig.json"), Bun.file(join(ROOT, "tsconfig.json")));
  await Bun.write(join(root, "long.ts"), SOURCE);
  await Bun.write(join(root, "long.test.ts"), TEST);
});

afterAll(() => rm(folder, { recursive: true }));

test(
  "what the tests do not notice survives, unless the compiler refuses it, and the checkout is as it was",
  async () => {
    const told: TargetResult[] = [];
    const results = await run({ concurrency: 2, onResult: (result) => told.push(result) });
    expect(told).toEqual(results);
    const [result] = results;
    expect(result?.survivors.map(({ line, change }) => `${line} ${change}`)).toEqual([
      '6 `text ?? "short"` → `"short"`',
      '6 `"short"` → `""`',
    ]);
    expect(result).toMatchObject({ file: "long.ts", killed: 7, total: 9 });
    expect(await Bun.file(join(root, "long.ts")).text()).toBe(SOURCE);
    expect(readdirSync(folder)).toEqual(["checkout"]);
  },
  DEADLINE_MS,
);

test(
  "tests that fail without a mutant say nothing of one",
  async () => {
    await Bun.write(join(root, "long.test.ts"), TEST.replace("10.5", "9"));
    await expect(run()).rejects.toThrow("without a mutant, `bun test long.test.ts` fails");
    await Bun.write(join(root, "long.test.ts"), TEST);
  },
  DEADLINE_MS,
);

test(
  "a run that is stopped ends with its reason",
  async () => {
    await expect(run({ signal: AbortSignal.abort(new Error("stopped")) })).rejects.toThrow("stopped");
    expect(readdirSync(folder)).toEqual(["checkout"]);
  },
  DEADLINE_MS,
);

function run(rest: Partial<MutationRun> = {}): Promise<TargetResult[]> {
  const { signal } = new AbortController();
  return runMutants({
    root,
    copiesIn: folder,
    targets: [{ file: "long.ts", tests: ["long.test.ts"] }],
    concurrency: 1,
    onResult: () => {},
    signal,
    ...rest,
  });
}
