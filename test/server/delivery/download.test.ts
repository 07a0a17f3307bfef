import { expect, test } from "bun:test";
import { contentDisposition, downloadAnswer } from "#server/delivery/download.ts";
import { ObjectStoreTroubleError } from "#server/store/object-store.ts";
import { FakeObjectStore } from "#test/support/fake-object-store.ts";

test.each([
  ["Derby", "Derby.mp4", "Derby.mp4"],
  ["Café 100%", "Caf_ 100_.mp4", "Caf%C3%A9%20100%25.mp4"],
  ['a"b\\c/d', "a b c d.mp4", "a%20b%20c%20d.mp4"],
  ["決勝 🏁", "__ _.mp4", "%E6%B1%BA%E5%8B%9D%20%F0%9F%8F%81.mp4"],
  ["it's (live)*!", "it's (live) !.mp4", "it%27s%20%28live%29%20%21.mp4"],
  ["a\r\nSet-Cookie: b", "a Set-Cookie b.mp4", "a%20Set-Cookie%20b.mp4"],
  ["\u202egpj", "gpj.mp4", "gpj.mp4"],
  ["../../etc/passwd", "etc passwd.mp4", "etc%20passwd.mp4"],
  ["...", "recording.mp4", "recording.mp4"],
  [" ", "recording.mp4", "recording.mp4"],
  ["\ud800", "_.mp4", "%EF%BF%BD.mp4"],
  ["x".repeat(61), `${"x".repeat(60)}.mp4`, `${"x".repeat(60)}.mp4`],
])("the file of %j is named for old and new readers (RFC 6266)", (name, ascii, encoded) => {
  expect(contentDisposition(name)).toBe(`attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`);
});

test("a download from the store is refused before it begins where its first bytes cannot be had, and else is whole", async () => {
  const store = new FakeObjectStore();
  const bytes = Uint8Array.from({ length: 3000 }, (_, index) => index % 251);
  await store.put("media", bytes);
  const movie = {
    pieces: [{ file: "media", store, offset: 0, byteLength: 3000 }],
    ...{ byteLength: 3000, checksum: 1 },
  };
  const url = "http://localhost/media/1/download.mp4";
  const answer = (headers: Record<string, string> = {}, method = "GET") =>
    downloadAnswer(new Request(url, { headers, method }), movie, "Show");
  expect(await (await answer()).bytes()).toEqual(bytes);
  const part = await answer({ Range: "bytes=1000-1009" });
  expect([part.status, await part.bytes()]).toEqual([206, bytes.slice(1000, 1010)]);
  store.trouble = new ObjectStoreTroubleError("OBJECT_STORE_AWAY", "it is away");
  await expect(answer()).rejects.toThrow("it is away");
  await expect(answer({ Range: "bytes=1000-1009" })).rejects.toThrow("it is away");
  expect((await answer({ Range: "bytes=3000-" })).status).toBe(416);
  expect((await answer({}, "HEAD")).status).toBe(200);
});
