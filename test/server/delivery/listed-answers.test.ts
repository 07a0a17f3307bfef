import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ListedAnswers } from "#server/delivery/listed-answers.ts";
import { StretchCache } from "#server/delivery/stretch-cache.ts";
import { HeldBytes } from "#server/recording/held-bytes.ts";
import { segment } from "#test/support/listed-segments.ts";

const folder = mkdtempSync(join(tmpdir(), "tandem-listed-answers-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = join(folder, "media.mp4");
writeFileSync(file, "0123456789");
const held = new HeldBytes(file);
held.addRecorded("v0-360", "segment", { number: 0, offset: 2, byteLength: 5 });

function ask(stretches: StretchCache, init: RequestInit = {}): Response | Promise<Response> {
  const request = new Request("http://localhost/media/1/segment-0.m4s", init);
  return new ListedAnswers(stretches).answer(request, held, "v0-360", "segment-0.m4s");
}

test("everybody gets the same, from the file or from memory", async () => {
  const stretches = new StretchCache(() => 0);
  for (let time = 0; time < 3; time += 1) {
    const response = await ask(stretches);
    expect([response.status, response.headers.get("ETag"), await response.text()]).toEqual([
      200,
      '"5"',
      "23456",
    ]);
    const part = await ask(stretches, { headers: { Range: "bytes=1-2" } });
    expect([part.status, await part.text()]).toEqual([206, "34"]);
    const known = await ask(stretches, { headers: { "If-None-Match": '"5"' } });
    expect(known.status).toBe(304);
    const head = await ask(stretches, { method: "HEAD" });
    expect([head.status, head.headers.get("Content-Length")]).toEqual([200, "5"]);
  }
});

test("what lies in several places is gathered, and says its length", async () => {
  const scattered = new HeldBytes(file);
  scattered.push({ type: "segment-start", rendition: "v0-360", start: segment(0) }, 0);
  for (const [index, offset] of [1, 7].entries()) {
    const part = { msn: 0, index, durationSeconds: 1, independent: true, bytes: Uint8Array.of(0, 0) };
    scattered.push({ type: "part", rendition: "v0-360", part }, offset);
  }
  scattered.push({ type: "segment", rendition: "v0-360", segment: segment(0), targetDurationSeconds: 2 }, 9);
  scattered.written(9);
  const answers = new ListedAnswers(new StretchCache(() => 0));
  const request = new Request("http://localhost/live/1/v0-360/segment-0.m4s");
  const response = await answers.answer(request, scattered, "v0-360", "segment-0.m4s");
  expect([response.headers.get("Content-Length"), await response.text()]).toEqual(["4", "1278"]);
});

test("a part of what is in memory comes from there", async () => {
  const stretches = new StretchCache(() => 0);
  for (let time = 0; time < 2; time += 1) await ask(stretches);
  rmSync(file);
  const part = await ask(stretches, { headers: { Range: "bytes=1-2" } });
  expect([part.status, await part.text()]).toEqual([206, "34"]);
  writeFileSync(file, "0123456789");
});

test.each([
  ["a part", { headers: { Range: "bytes=0-0" } }],
  ["what is perhaps known", { headers: { "If-None-Match": '"x"' } }],
  ["the headers", { method: "HEAD" }],
])("whoever asks for %s is no reason to read all of it", async (_, init) => {
  const asked: unknown[] = [];
  const stretches = new StretchCache(() => 0);
  stretches.ask = (...of) => {
    asked.push(of);
    return null;
  };
  for (let time = 0; time < 3; time += 1) await ask(stretches, init);
  expect(asked).toEqual([]);
  await ask(stretches);
  expect(asked).toHaveLength(1);
});

test("a recording has no lead-ins", async () => {
  const request = new Request("http://localhost/media/1/v0-360/lead-in-1.m4s");
  const response = await new ListedAnswers(new StretchCache(() => 0)).answer(
    request,
    held,
    "v0-360",
    "lead-in-1.m4s",
  );
  expect(response.status).toBe(404);
});
