import { expect, test } from "bun:test";
import { parsePlaybackUrl } from "#server/delivery/playback-path.ts";

const SECRET = "0123456789abcdef0123456789abcdef";

test.each([
  ["live/a/index.m3u8", "livestream", "auto", null, null, "../../"],
  ["live/a/primary/index.m3u8?x=1", "livestream", "primary", null, null, "../../../"],
  ["live/a/v0/media.m3u8", "livestream", "auto", null, "v0", "../../../"],
  ["live/a/secondary/v0/media.m3u8", "livestream", "secondary", null, "v0", "../../../../"],
  [`live/a/${SECRET}/v0/media.m3u8`, "livestream", "auto", SECRET, "v0", "../../../../"],
  [`live/a/primary/${SECRET}/v0/media.m3u8`, "livestream", "primary", SECRET, "v0", "../../../../../"],
  [`live/a/${SECRET}/index.m3u8`, "livestream", "auto", SECRET, null, "../../../"],
  ["media/m/index.m3u8", "media", "auto", null, null, "../../"],
  ["media/m/v0/segment-1.m4s", "media", "auto", null, "v0", "../../../"],
  [`media/m/${SECRET}/v0/segment-1.m4s`, "media", "auto", SECRET, "v0", "../../../../"],
])("%s", (path, kind, playout, secret, rendition, toRoot) => {
  const url = `http://localhost/${path}`;
  const found = parsePlaybackUrl(url);
  expect<unknown>(found).toMatchObject({ kind, playout, secret, rendition, toRoot });
  expect(new URL(found?.toRoot ?? "", url).pathname).toBe("/");
});

test.each([
  "live/a/v0/v1/media.m3u8",
  `live/a/${SECRET}/v0/v1/media.m3u8`,
  `live/a/v0/${SECRET}/media.m3u8`,
  `live/a/${SECRET}/${SECRET}/v0/media.m3u8`,
  "media/m/primary/index.m3u8",
  "media/m/primary/v0/segment-1.m4s",
  "thumbnails/a/b",
])("%s is nothing that plays", (path) => {
  expect(parsePlaybackUrl(`http://localhost/${path}`)).toBeNull();
});
