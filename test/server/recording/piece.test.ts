import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cutPieces, type FilePiece, streamPieces } from "#server/recording/piece.ts";
import { FakeObjectStore } from "#test/support/fake-object-store.ts";

/** More than is read at once. */
const LONG = 600_000;

let folder: string;
let pieces: readonly FilePiece[];
let whole: Uint8Array;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tandem-pieces-"));
  const [first, second] = [join(folder, "first"), join(folder, "second")];
  const bytes = Uint8Array.from({ length: LONG }, (_, index) => (index * 7 + (index >> 8)) & 255);
  await Bun.write(first, bytes);
  await Bun.write(second, bytes.toReversed());
  pieces = [
    { file: first, offset: 3, byteLength: 10 },
    { file: second, offset: 5, byteLength: LONG - 5 },
  ];
  whole = Buffer.concat([bytes.subarray(3, 13), bytes.toReversed().subarray(5)]);
});

afterAll(() => rm(folder, { recursive: true }));

test.each([
  [0, 10],
  [9, 11],
  [0, 0],
  [10, 12],
  [0, LONG + 5],
  [4, 300_000],
  [262_140, 262_160],
])("of several pieces, bytes %d to %d are sent as they follow each other", async (start, end) => {
  const sent = await new Response(streamPieces(cutPieces(pieces, start, end))).bytes();
  expect(Buffer.compare(sent, whole.subarray(start, end))).toBe(0);
});

test("a file that is shorter than it was said to be, or is gone, is a failure", async () => {
  const [, second] = pieces;
  if (second === undefined) throw new Error("there are two");
  const file = join(folder, "short");
  await Bun.write(file, Bun.file(second.file));
  await truncate(file, LONG - 1);
  const short = new Response(streamPieces([{ ...second, file }])).bytes();
  expect(await short.catch(String)).toContain(`ends before ${LONG}`);
  const gone = new Response(streamPieces([{ ...second, file: join(folder, "nothing") }])).bytes();
  expect(await gone.catch(String)).toContain("ENOENT");
});

test("of an object two megabytes are asked for at once, whatever is taken of them", async () => {
  const store = new FakeObjectStore();
  const bytes = Uint8Array.from({ length: 5 * 1024 * 1024 }, (_, index) => index % 251);
  await store.put("media", bytes);
  store.calls.length = 0;
  const piece = { file: "media", store, offset: 100, byteLength: bytes.byteLength - 100 };
  const sent = await new Response(streamPieces([piece, { ...piece, byteLength: 10 }])).bytes();
  expect(Buffer.compare(sent, Buffer.concat([bytes.subarray(100), bytes.subarray(100, 110)]))).toBe(0);
  expect(store.calls).toHaveLength(4);
});
