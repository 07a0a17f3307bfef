import { describe, expect, test } from "bun:test";
import { renderMediaPlaylist, renderWithLeadIn } from "#media/hls/media-playlist.ts";
import { PlaylistWindow } from "#media/hls/playlist-window.ts";
import type { Segment } from "#media/hls/segment.ts";
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

describe("with a lead-in", () => {
  /** Ten segments less those that a live window does not need: 4 to 9. */
  function windowOf(facts: Readonly<Record<number, Partial<Segment>>> = {}, count = 10): PlaylistWindow {
    const window = new PlaylistWindow({ isEvent: false });
    for (let msn = 0; msn < count; msn += 1)
      pushSegment(window, segment(msn, { independent: msn === 0, ...facts[msn] }));
    return window;
  }

  test("it begins with that segment, and nothing was before it", () => {
    expect(renderWithLeadIn(windowOf(), 7)).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:6
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-START:TIME-OFFSET=0,PRECISE=YES
#EXT-X-MAP:URI="init-0.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-24T12:00:13.960Z
#EXTINF:0.040000,
lead-in-7.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-24T12:00:14.000Z
#EXTINF:2.000000,
segment-7.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-24T12:00:16.000Z
#EXTINF:2.000000,
segment-8.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-24T12:00:18.000Z
#EXTINF:2.000000,
segment-9.m4s
`);
  });

  test("it is the same at the next reload, and longer; in the end it ends", () => {
    const window = windowOf({}, 12);
    window.end();
    expect(renderWithLeadIn(window, 9)).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:8
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-START:TIME-OFFSET=0,PRECISE=YES
#EXT-X-MAP:URI="init-0.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-24T12:00:17.960Z
#EXTINF:0.040000,
lead-in-9.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-24T12:00:18.000Z
#EXTINF:2.000000,
segment-9.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-24T12:00:20.000Z
#EXTINF:2.000000,
segment-10.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-24T12:00:22.000Z
#EXTINF:2.000000,
segment-11.m4s
#EXT-X-ENDLIST
`);
  });

  test("it is everybody's from when its segment has left on", () => {
    for (const msn of [1, 2, 3])
      expect(renderWithLeadIn(windowOf(), msn)).toBe(renderMediaPlaylist(windowOf()) ?? "");
    expect(renderWithLeadIn(windowOf(), 4)).toContain("\nlead-in-4.m4s\n");
  });

  test("there is none while its segment is to come, nor before the first segment", () => {
    expect(renderWithLeadIn(windowOf(), 10)).toBeNull();
    expect(renderWithLeadIn(new PlaylistWindow({ isEvent: false }), 1)).toBeNull();
  });

  test("a discontinuity at its segment is at the lead-in, one after it stays, those before it are counted", () => {
    const facts = {
      2: { discontinuity: true },
      4: { discontinuity: true },
      5: { discontinuity: true, initializationId: 1 },
      6: { discontinuity: true, initializationId: 2 },
      7: { discontinuity: true, initializationId: 2 },
      8: { initializationId: 2 },
      9: { discontinuity: true, initializationId: 3 },
    };
    expect(renderWithLeadIn(windowOf(facts), 7)).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:6
#EXT-X-DISCONTINUITY-SEQUENCE:4
#EXT-X-START:TIME-OFFSET=0,PRECISE=YES
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="init-2.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-24T12:00:13.960Z
#EXTINF:0.040000,
lead-in-7.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-24T12:00:14.000Z
#EXTINF:2.000000,
segment-7.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-24T12:00:16.000Z
#EXTINF:2.000000,
segment-8.m4s
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="init-3.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-24T12:00:18.000Z
#EXTINF:2.000000,
segment-9.m4s
`);
  });

  test("of an event it is a live window's, too, from when its segment is settled on", () => {
    const [event, sliding] = [true, false].map((isEvent) => {
      const window = new PlaylistWindow({ isEvent });
      for (let msn = 0; msn < 10; msn += 1) pushSegment(window, segment(msn));
      return window;
    });
    event?.settle(() => "recorded");
    expect(event && renderWithLeadIn(event, 3)).toBe((sliding && renderMediaPlaylist(sliding)) ?? "");
    expect(event && renderWithLeadIn(event, 4)).toContain("\nlead-in-4.m4s\n");
  });

  test("it is no event, which a playlist is that has all there was, and says nothing of all segments", () => {
    const window = new PlaylistWindow({ isEvent: true });
    for (let msn = 0; msn < 3; msn += 1) pushSegment(window, segment(msn));
    const lines = renderWithLeadIn(window, 2)?.split("\n") ?? [];
    expect(lines.slice(0, 7)).toEqual([
      "#EXTM3U",
      "#EXT-X-VERSION:7",
      "#EXT-X-TARGETDURATION:2",
      "#EXT-X-MEDIA-SEQUENCE:1",
      "#EXT-X-DISCONTINUITY-SEQUENCE:0",
      "#EXT-X-START:TIME-OFFSET=0,PRECISE=YES",
      '#EXT-X-MAP:URI="init-0.mp4"',
    ]);
  });
});
