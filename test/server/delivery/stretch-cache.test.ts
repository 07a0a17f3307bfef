import { afterAll, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ImmutableBytes } from "#server/delivery/playback-answers.ts";
import { StretchCache } from "#server/delivery/stretch-cache.ts";
import type { FilePiece } from "#server/recording/piece.ts";

const MIB = 1024 * 1024;

const folder = mkdtempSync(join(tmpdir(), "tandem-stretch-cache-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = join(folder, "media.mp4");
const request = new Request("http://localhost/live/1/segment-0.m4s");

let nowMs = 0;
let stretches = new StretchCache(() => nowMs);

beforeEach(() => {
  nowMs = 1_000_000;
  stretches = new StretchCache(() => nowMs);
  writeFileSync(file, "0123456789");
});

function ask(stretch: FilePiece) {
  return stretches.ask(stretch, "video/mp4");
}

async function textOf(asked: ReturnType<typeof ask>): Promise<string | undefined> {
  return (await asked)?.answer(request).text();
}

/** The bytes that as many stretches of a long file as are asked for twice are read into memory for. */
async function readTwice(offsets: Iterable<number>, byteLength: number): Promise<number> {
  let bytes = 0;
  for (const offset of offsets) {
    await ask({ file, offset, byteLength });
    if ((await ask({ file, offset, byteLength })) !== null) bytes += byteLength;
  }
  return bytes;
}

test("the first viewer of a stretch gets it from the file, the others from memory, read once for all", async () => {
  const stretch = { file, offset: 2, byteLength: 3 };
  expect(ask(stretch)).toBeNull();
  const asked = [ask(stretch), ask(stretch), ask(stretch)];
  expect(await Promise.all(asked.map(textOf))).toEqual(["234", "234", "234"]);
  rmSync(file);
  const later = ask(stretch);
  expect(later).toBeInstanceOf(ImmutableBytes);
  expect(await textOf(later)).toBe("234");
});

test("stretches that begin at the same place and end at others are others", async () => {
  for (const byteLength of [3, 5]) await ask({ file, offset: 0, byteLength });
  expect(await textOf(ask({ file, offset: 0, byteLength: 3 }))).toBe("012");
  expect(await textOf(ask({ file, offset: 0, byteLength: 5 }))).toBe("01234");
});

test("what viewers of many different stretches have read for them in a minute is bounded", async () => {
  writeFileSync(file, new Uint8Array(200 * MIB));
  const offsets = Array.from({ length: 200 }, (_, index) => index * MIB);
  expect(await readTwice(offsets, MIB)).toBe(128 * MIB);
  nowMs += 59_999;
  expect(await readTwice([199 * MIB], MIB)).toBe(0);
  nowMs += 1;
  expect(await readTwice([199 * MIB], MIB)).toBe(MIB);
});

test("what was not asked for lately leaves memory", async () => {
  writeFileSync(file, new Uint8Array(80 * MIB));
  const offsets = Array.from({ length: 10 }, (_, index) => index * 8 * MIB);
  expect(await readTwice(offsets, 8 * MIB)).toBe(80 * MIB);
  expect(ask({ file, offset: 72 * MIB, byteLength: 8 * MIB })).toBeInstanceOf(ImmutableBytes);
  const oldest = ask({ file, offset: 0, byteLength: 8 * MIB });
  expect(oldest).not.toBeInstanceOf(ImmutableBytes);
  await oldest;
});

test("what is very large is not read into memory", async () => {
  writeFileSync(file, new Uint8Array(17 * MIB));
  expect(await readTwice([0], 17 * MIB)).toBe(0);
});

test("a thousand stretches later the first viewer of one is forgotten", async () => {
  for (let offset = 0; offset <= 1000; offset += 1) await ask({ file, offset, byteLength: 1 });
  expect(ask({ file, offset: 0, byteLength: 1 })).toBeNull();
});

test("a file that cannot be read is an error for whoever waits for it, and is tried again", async () => {
  const beyond = { file, offset: 8, byteLength: 3 };
  await ask(beyond);
  const asked = [ask(beyond), ask(beyond)].map((each) => Promise.resolve(each).catch(String));
  expect(await Promise.all(asked)).toEqual(Array(2).fill(`Error: ${file} ends before 11`));
  writeFileSync(file, "0123456789ab");
  expect(await textOf(ask(beyond))).toBe("89a");
});

test("of a file that has other bytes at its places nothing is remembered", async () => {
  const stretch = { file, offset: 2, byteLength: 3 };
  await ask(stretch);
  expect(await textOf(ask(stretch))).toBe("234");
  writeFileSync(file, "9876543210");
  expect(await textOf(ask(stretch))).toBe("234");
  stretches.forget(file);
  expect(await textOf(ask(stretch))).toBe("765");
});
