import { expect, test } from "bun:test";
import { consoleScript, consoleStyleSheet, hlsScript } from "#server/web/assets.ts";

test("the console's script stays small, and leaves hls.js to a file of its own", () => {
  expect(Buffer.byteLength(consoleScript.text)).toBeLessThan(150_000);
  expect(consoleScript.text).not.toContain("EXT-X-TARGETDURATION");
  expect(hlsScript.text).toContain("EXTINF");
  expect(hlsScript.text).toMatch(/export\s*\{[^}]*HlsPlayer/);
  expect(consoleStyleSheet.text).not.toContain("@import");
});
