import { expect, test } from "bun:test";
import { renderMultivariantPlaylist } from "#media/hls/multivariant-playlist.ts";
import { PlaylistWindow } from "#media/hls/playlist-window.ts";
import type { Track } from "#media/track/track.ts";
import { pushSegment, segment } from "#test/support/listed-segments.ts";
import { audioTrack, videoTrack } from "#test/support/tracks.ts";

function windowOf(tracks: readonly Track[], frameCount: number): PlaylistWindow {
  const window = new PlaylistWindow({ isEvent: false });
  window.push({ type: "initialization", initialization: { id: 0, bytes: new Uint8Array(1), tracks } });
  pushSegment(window, segment(0, { byteLength: 250_000, frameCount }));
  pushSegment(window, segment(1, { byteLength: 125_000, frameCount }));
  return window;
}

test("says what it takes to play the rendition", () => {
  expect(renderMultivariantPlaylist(windowOf([audioTrack, videoTrack], 60), "media.m3u8")).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-STREAM-INF:BANDWIDTH=1000000,AVERAGE-BANDWIDTH=750000,CODECS="avc1.42c01e,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=30.000
media.m3u8
`);
});

test("sound alone has neither resolution nor frame rate", () => {
  const playlist = renderMultivariantPlaylist(windowOf([audioTrack], 0), "media.m3u8");
  expect(playlist).toContain('CODECS="mp4a.40.2"\n');
});

test("there is none before the first segment", () => {
  expect(renderMultivariantPlaylist(new PlaylistWindow({ isEvent: false }), "media.m3u8")).toBeNull();
});
