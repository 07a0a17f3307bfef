import { expect, test } from "bun:test";
import { contentDisposition } from "#server/delivery/download.ts";

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
