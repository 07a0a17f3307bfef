import { expect, test } from "bun:test";
import { Parser } from "m3u8-parser";
import { renderVodPlaylist } from "#media/hls/vod-playlist.ts";
import { segment } from "#test/support/listed-segments.ts";

test("a recording is an on-demand playlist from its first segment to its end", () => {
  const segments = [
    segment(0, { durationSeconds: 2.002 }),
    segment(1, { durationSeconds: 1.4567891 }),
    segment(2, { initializationId: 1, discontinuity: true }),
    segment(3, { initializationId: 1 }),
    segment(4, { initializationId: 1, discontinuity: true }),
  ];
  expect(renderVodPlaylist(segments, 2, "v0-360/")).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:2
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="v0-360/init-0.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-24T12:00:00.000Z
#EXTINF:2.002000,
v0-360/segment-0.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-24T12:00:02.000Z
#EXTINF:1.456789,
v0-360/segment-1.m4s
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="v0-360/init-1.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-24T12:00:04.000Z
#EXTINF:2.000000,
v0-360/segment-2.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-24T12:00:06.000Z
#EXTINF:2.000000,
v0-360/segment-3.m4s
#EXT-X-DISCONTINUITY
#EXT-X-PROGRAM-DATE-TIME:2026-11-24T12:00:08.000Z
#EXTINF:2.000000,
v0-360/segment-4.m4s
#EXT-X-ENDLIST
`);
});

test("one segment without a key frame at its beginning takes the promise of independence away", () => {
  const text = renderVodPlaylist([segment(0), segment(1, { independent: false }), segment(2)], 2, "");
  expect(text).not.toContain("EXT-X-INDEPENDENT-SEGMENTS");
});

test("a foreign parser reads the playlist as it is meant", () => {
  const parser = new Parser();
  parser.push(
    renderVodPlaylist([segment(0), segment(1, { initializationId: 1, discontinuity: true })], 3, ""),
  );
  parser.end();
  const { manifest } = parser;
  expect(manifest).toMatchObject({ endList: true, playlistType: "VOD", targetDuration: 3, mediaSequence: 0 });
  expect(manifest.segments?.map(({ uri, duration, map }) => [uri, duration, map?.uri])).toEqual([
    ["segment-0.m4s", 2, "init-0.mp4"],
    ["segment-1.m4s", 2, "init-1.mp4"],
  ]);
});
