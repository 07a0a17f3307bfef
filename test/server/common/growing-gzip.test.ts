import { expect, test } from "bun:test";
import { gunzipSync } from "node:zlib";
import { GrowingGzip } from "#server/common/growing-gzip.ts";

const line = (number: number) => `#EXTINF:2.000000,\nsegment-${number}.m4s\n`;

const read = async (text: GrowingGzip, rest: string) => ({
  gzipped: gunzipSync(await text.gzipped(rest).bytes()).toString(),
  plain: await (await text.plain(rest)).text(),
});

test("whatever was appended is what is read, however often it is, with what comes behind it only for now", async () => {
  const text = new GrowingGzip();
  let written = "";
  expect(await read(text, "")).toEqual({ gzipped: "", plain: "" });
  for (let number = 0; number < 1200; number += 1) {
    text.append(line(number));
    written += line(number);
    if (number % 97 !== 0) continue;
    expect(await read(text, "")).toEqual({ gzipped: written, plain: written });
    expect(await read(text, "é\n")).toEqual({ gzipped: `${written}é\n`, plain: `${written}é\n` });
  }
});

test("a text that comes all at once is read as one that came line by line", async () => {
  const text = new GrowingGzip();
  const lines = Array.from({ length: 43_200 }, (_, number) => line(number)).join("");
  text.append(lines);
  text.append(line(0));
  expect(await read(text, "end")).toEqual({
    gzipped: `${lines}${line(0)}end`,
    plain: `${lines}${line(0)}end`,
  });
});

test("it is one member, which is all that some browsers read, and what was compressed is not again", async () => {
  const text = new GrowingGzip();
  let written = "";
  let before = new Uint8Array();
  for (let number = 0; number < 5000; number += 1) {
    text.append(line(number));
    written += line(number);
    if (number % 1000 !== 999) continue;
    const bytes = await text.gzipped("").bytes();
    const kept = before.subarray(0, Math.max(0, before.byteLength - 1000)); // Less than the last block and its end.
    expect(Buffer.compare(bytes.subarray(0, kept.byteLength), kept)).toBe(0);
    expect(new TextDecoder().decode(Bun.inflateSync(bytes.subarray(10, -8)))).toBe(written);
    before = bytes;
  }
  expect(before.byteLength).toBeGreaterThan(5000);
  expect(before.byteLength).toBeLessThan(5000 * 3);
});
