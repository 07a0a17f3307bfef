import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RecordedBytes } from "#server/http/recorded-bytes.ts";

const folder = mkdtempSync(join(tmpdir(), "tandem-recorded-bytes-"));
afterAll(() => rmSync(folder, { recursive: true }));

const request = new Request("http://localhost/live/1/segment-0.m4s");
const MIB = 1024 * 1024;

function fileOf(name: string, bytes: Uint8Array | string): string {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

test("a stretch is read once for all who ask, at the same time and later", async () => {
  const recorded = new RecordedBytes();
  const file = fileOf("once", "0123456789");
  const stretch = { file, offset: 2, byteLength: 3 };
  const asked = [1, 2, 3].map(() => recorded.answer(request, stretch, "video/mp4"));
  const texts = await Promise.all(asked.map(async (answer) => (await answer).text()));
  expect(texts).toEqual(["234", "234", "234"]);
  rmSync(file);
  const later = recorded.answer(request, stretch, "video/mp4");
  expect(later).toBeInstanceOf(Response);
  expect([await (await later).text(), (await later).headers.get("Content-Type")]).toEqual([
    "234",
    "video/mp4",
  ]);
});

test("what was not asked for lately is read again", async () => {
  const recorded = new RecordedBytes();
  const file = fileOf("many", new Uint8Array(80 * MIB));
  for (let offset = 0; offset < 80 * MIB; offset += 8 * MIB) {
    await recorded.answer(request, { file, offset, byteLength: 8 * MIB }, "video/mp4");
  }
  const newest = recorded.answer(request, { file, offset: 72 * MIB, byteLength: 8 * MIB }, "video/mp4");
  expect(newest).toBeInstanceOf(Response);
  const oldest = recorded.answer(request, { file, offset: 0, byteLength: 8 * MIB }, "video/mp4");
  expect(oldest).toBeInstanceOf(Promise);
  expect((await oldest).status).toBe(200);
});

test("what is very large is not held in memory", async () => {
  const recorded = new RecordedBytes();
  const file = fileOf("large", new Uint8Array(17 * MIB).fill(7));
  const answer = await recorded.answer(request, { file, offset: 0, byteLength: 17 * MIB }, "video/mp4");
  expect((await answer.bytes()).at(-1)).toBe(7);
  rmSync(file);
  const later = await recorded.answer(request, { file, offset: 0, byteLength: 17 * MIB }, "video/mp4");
  expect(later.bytes()).rejects.toThrow("ENOENT");
});

test("of a file that was removed nothing is there, and what ends too early is an error", async () => {
  const recorded = new RecordedBytes();
  const gone = { file: join(folder, "gone"), offset: 0, byteLength: 3 };
  expect((await recorded.answer(request, gone, "video/mp4")).status).toBe(404);
  writeFileSync(gone.file, "012");
  expect((await recorded.answer(request, gone, "video/mp4")).status).toBe(200);
  const beyond = { file: gone.file, offset: 2, byteLength: 3 };
  const reading = Promise.resolve(recorded.answer(request, beyond, "video/mp4"));
  expect(reading).rejects.toThrow("ends before 5");
  await reading.catch(() => {});
});
