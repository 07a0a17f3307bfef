import { expect, test } from "bun:test";
import { renderMultivariantPlaylist } from "#media/hls/multivariant-playlist.ts";
import { PlaylistWindow } from "#media/hls/playlist-window.ts";
import type { Track } from "#media/track/track.ts";
import { pushSegment, RENDITION, segment } from "#test/support/listed-segments.ts";
import { audioTrack, videoTrack } from "#test/support/tracks.ts";

function windowOf(tracks: readonly Track[], frameRate: number | null): PlaylistWindow {
  const window = new PlaylistWindow({ isEvent: false });
  const initialization = { id: 0, bytes: new Uint8Array(1), tracks };
  window.push({ type: "initialization", rendition: RENDITION, initialization });
  pushSegment(window, segment(0, { byteLength: 250_000, frameRate }));
  pushSegment(window, segment(1, { byteLength: 125_000, frameRate }));
  return window;
}

test("says what it takes to play the rendition", () => {
  const window = windowOf([audioTrack, videoTrack], 30_000 / 1001);
  expect(renderMultivariantPlaylist([{ window, uri: "v0-360/media.m3u8" }])).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-STREAM-INF:BANDWIDTH=1000000,AVERAGE-BANDWIDTH=750000,CODECS="avc1.42c01e,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=29.970
v0-360/media.m3u8
`);
});

test("sound alone has neither resolution nor frame rate", () => {
  const playlist = renderMultivariantPlaylist([
    { window: windowOf([audioTrack], null), uri: "a0/media.m3u8" },
  ]);
  expect(playlist).toContain('CODECS="mp4a.40.2"\n');
});

test("there is none before the first segment of each rendition", () => {
  const listed = { window: windowOf([videoTrack], 30), uri: "v0-360/media.m3u8" };
  const begun = { window: new PlaylistWindow({ isEvent: false }), uri: "v1-180/media.m3u8" };
  expect(renderMultivariantPlaylist([])).toBeNull();
  expect(renderMultivariantPlaylist([begun])).toBeNull();
  expect(renderMultivariantPlaylist([listed, begun])).toBeNull();
  expect(renderMultivariantPlaylist([listed])).not.toBeNull();
});

test("each rendition has its own lines, and one that is not independent takes the promise from all", () => {
  const whole = { window: windowOf([videoTrack], 30), uri: "v0-360/media.m3u8" };
  const torn = { window: windowOf([videoTrack], 30), uri: "v1-180/media.m3u8" };
  pushSegment(torn.window, segment(2, { independent: false }));
  const playlist = renderMultivariantPlaylist([whole, torn]) ?? "";
  expect(playlist.match(/^v.*$/gm)).toEqual(["v0-360/media.m3u8", "v1-180/media.m3u8"]);
  expect(playlist.match(/#EXT-X-STREAM-INF/g)).toHaveLength(2);
  expect(playlist).not.toContain("INDEPENDENT");
});
