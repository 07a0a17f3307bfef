import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeJournalVersion } from "#server/recording/journal.ts";
import { type JournalLine, readJournalLines } from "#server/recording/journal-lines.ts";

const LINE = Buffer.from(encodeJournalVersion()).toString();

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tandem-lines-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

async function linesOf(text: string): Promise<JournalLine[]> {
  const file = join(folder, "journal.ndjson");
  writeFileSync(file, text);
  return Array.fromAsync(readJournalLines(file));
}

const WHOLE = { value: { type: "journal", version: 2 }, isTorn: false };

test("lines are numbered, and one that is not whole is told of", async () => {
  expect(await linesOf("")).toEqual([]);
  expect(await linesOf(`${LINE}${LINE.replace("2}", "3}")}${LINE}`)).toEqual([
    { ...WHOLE, number: 1 },
    { value: null, number: 2, isTorn: false },
    { ...WHOLE, number: 3 },
  ] as never);
});

test("a line that the file ends in is torn, even where only its end is missing", async () => {
  for (const torn of [LINE.slice(0, 1), LINE.slice(0, -1)]) {
    expect((await linesOf(LINE + torn)).at(-1)).toEqual({ value: null, number: 2, isTorn: true });
  }
});

test("lines are read across the pieces that a file comes in, and what is too long is none", async () => {
  const lines = await linesOf(`${LINE.repeat(20_000)}${"x".repeat(3_000_000)}\n${LINE}`);
  expect(lines).toHaveLength(20_002);
  expect(lines.filter(({ value }) => value === null).map(({ number }) => number)).toEqual([20_001]);
});
