import { expect, test } from "bun:test";
import { renderMediaPlaylist } from "#media/hls/media-playlist.ts";
import { PlaylistWindow } from "#media/hls/playlist-window.ts";
import { pushSegment, segment } from "#test/support/listed-segments.ts";

test("there is no playlist before the first segment", () => {
  expect(renderMediaPlaylist(new PlaylistWindow({ isEvent: false }))).toBeNull();
});

test("a live playlist, whole", () => {
  const window = new PlaylistWindow({ isEvent: false });
  for (let msn = 0; msn < 3; msn += 1) pushSegment(window, segment(msn));
  expect(renderMediaPlaylist(window)).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="init-0.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-24T12:00:00.000Z
#EXTINF:2.000000,
segment-0.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-24T12:00:02.000Z
#EXTINF:2.000000,
segment-1.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-24T12:00:04.000Z
#EXTINF:2.000000,
segment-2.m4s
`);
});

test("after a window has moved over a change of the tracks, and the end (P4)", () => {
  const window = new PlaylistWindow({ isEvent: false });
  for (let msn = 0; msn < 9; msn += 1) {
    pushSegment(
      window,
      segment(msn, {
        discontinuity: msn === 1 || msn === 7,
        initializationId: msn < 7 ? 0 : 1,
        independent: msn !== 4,
      }),
    );
  }
  window.end();
  expect(renderMediaPlaylist(window)).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:3
#EXT-X-DISCONTINUITY-SEQUENCE:1
#EXT-X-MAP:URI="init-0.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-24T12:00:06.000Z
#EXTINF:2.000000,
segment-3.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-24T12:00:08.000Z
#EXTINF:2.000000,
segment-4.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-24T12:00:10.000Z
#EXTINF:2.000000,
segment-5.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-24T12:00:12.000Z
#EXTINF:2.000000,
segment-6.m4s
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="init-1.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-24T12:00:14.000Z
#EXTINF:2.000000,
segment-7.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-24T12:00:16.000Z
#EXTINF:2.000000,
segment-8.m4s
#EXT-X-ENDLIST
`);
});

test("an event says so", () => {
  const window = new PlaylistWindow({ isEvent: true });
  pushSegment(window, segment(0));
  expect(renderMediaPlaylist(window)).toContain("\n#EXT-X-PLAYLIST-TYPE:EVENT\n");
});
