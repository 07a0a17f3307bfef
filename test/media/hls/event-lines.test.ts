import { describe, expect, test } from "bun:test";
import { Parser } from "m3u8-parser";
import { renderMediaPlaylist } from "#media/hls/media-playlist.ts";
import { PlaylistWindow, type SegmentPlace } from "#media/hls/playlist-window.ts";
import type { Segment } from "#media/hls/segment.ts";
import { pushSegment, segment } from "#test/support/listed-segments.ts";

const HEAD = `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:EVENT
`;

function eventOf(count: number, facts: Readonly<Record<number, Partial<Segment>>> = {}): PlaylistWindow {
  const window = new PlaylistWindow({ isEvent: true });
  for (let msn = 0; msn < count; msn += 1) pushSegment(window, segment(msn, facts[msn]));
  return window;
}

const recorded = (): SegmentPlace => "recorded";

test("an event, whole: a date where there is something new to say, and nothing of what is to come", () => {
  const facts = {
    1: { discontinuity: true, initializationId: 1 },
    2: { independent: false, initializationId: 1 },
    3: { initializationId: 1 },
  };
  const window = eventOf(4, facts);
  window.end();
  expect(renderMediaPlaylist(window)).toBe(`${HEAD}#EXT-X-MAP:URI="init-0.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-24T12:00:00.000Z
#EXTINF:2.000000,
segment-0.m4s
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="init-1.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-24T12:00:02.000Z
#EXTINF:2.000000,
segment-1.m4s
#EXTINF:2.000000,
segment-2.m4s
#EXTINF:2.000000,
segment-3.m4s
#EXT-X-ENDLIST
`);
});

describe("dates", () => {
  const datedMsns = (window: PlaylistWindow): number[] =>
    [...(window.eventText ?? "").matchAll(/DATE-TIME:.*\n#EXTINF:.*\nsegment-(\d+)/g)].map(([, msn]) =>
      Number(msn),
    );

  test("stand at least once a minute", () => {
    expect(datedMsns(eventOf(70))).toEqual([0, 30, 60]);
  });

  test("stand where they are more than a frame from what durations say, and are counted from there", () => {
    const late = (msn: number, ms: number) => ({ programDateTimeMs: segment(msn).programDateTimeMs + ms });
    expect(datedMsns(eventOf(9, { 3: late(3, 20), 5: late(5, -20) }))).toEqual([0]);
    expect(datedMsns(eventOf(9, { 3: late(3, 21) }))).toEqual([0, 3, 4]);
    expect(datedMsns(eventOf(9, { 3: late(3, -21) }))).toEqual([0, 3, 4]);
  });

  test("of a playlist that segments leave stand at each", () => {
    const window = new PlaylistWindow({ isEvent: false });
    for (let msn = 0; msn < 9; msn += 1) pushSegment(window, segment(msn));
    expect(renderMediaPlaylist(window)?.match(/PROGRAM-DATE-TIME/g)).toHaveLength(6);
  });

  test("are those of every segment to whoever reads them, within a frame", () => {
    const slow = (msn: number) => Math.round(segment(msn).programDateTimeMs + msn * 1.9);
    const facts = Array.from({ length: 500 }, (_, msn) => ({ programDateTimeMs: slow(msn) }));
    const parser = new Parser();
    parser.push(eventOf(500, facts).eventText ?? "");
    parser.end();
    let dateMs = 0;
    for (const [msn, { duration, programDateTime }] of (parser.manifest.segments ?? []).entries()) {
      dateMs = programDateTime ?? dateMs;
      expect(Math.abs(dateMs - slow(msn))).toBeLessThanOrEqual(20);
      dateMs += (duration ?? 0) * 1000;
    }
  });
});

describe("while it grows for a day", () => {
  test("what was taken and what is left are the whole, to which lines are only ever appended", () => {
    const window = new PlaylistWindow({ isEvent: true });
    let [taken, before] = ["", ""];
    for (let msn = 0; msn < 3000; msn += 1) {
      const changes = { discontinuity: msn % 500 === 499, initializationId: Math.floor(msn / 700) };
      pushSegment(window, segment(msn, changes));
      window.settle(recorded);
      if (msn % 3 === 0) taken += window.takeSettled();
      const text = taken + window.eventText;
      expect(text.startsWith(before)).toBe(true);
      expect(text.endsWith(`segment-${msn}.m4s\n`)).toBe(true);
      before = text;
    }
    expect(before).toBe(eventOfSame(3000));
    expect(before.startsWith(HEAD)).toBe(true);
  });

  function eventOfSame(count: number): string {
    const window = new PlaylistWindow({ isEvent: true });
    for (let msn = 0; msn < count; msn += 1) {
      const changes = { discontinuity: msn % 500 === 499, initializationId: Math.floor(msn / 700) };
      pushSegment(window, segment(msn, changes));
    }
    return renderMediaPlaylist(window) ?? "";
  }

  test("it holds what a live window would, and says of it what a live window says", () => {
    const window = eventOf(20, { 3: { discontinuity: true }, 15: { discontinuity: true } });
    window.settle(recorded);
    expect(window.segments.map(({ msn }) => msn)).toEqual([14, 15, 16, 17, 18, 19]);
    expect(window).toMatchObject({ mediaSequence: 14, discontinuitySequence: 1 });
  });

  test("one that goes on after a restart says the same", () => {
    const segments = Array.from({ length: 100 }, (_, msn) => segment(msn));
    const facts = { codecs: [], resolution: null };
    const history = { segments, targetDurationSeconds: 2, facts };
    const window = new PlaylistWindow({ isEvent: true, history });
    window.settle(recorded);
    pushSegment(window, segment(100, { discontinuity: true }));
    expect(renderMediaPlaylist(window)).toBe(
      eventOf(101, { 100: { discontinuity: true } }).eventText ?? "there is none",
    );
  });
});

describe("of a recording that does not go on", () => {
  const version = (window: PlaylistWindow, placeOf: (msn: number) => SegmentPlace): number => {
    const before = window.version;
    window.settle(({ msn }) => placeOf(msn));
    return window.version - before;
  };

  test("what is lost stays listed as a gap, and what is recorded as it was", () => {
    const window = eventOf(9);
    const whole = window.eventText ?? "";
    expect(version(window, (msn) => (msn === 0 ? "recorded" : "lost"))).toBe(2);
    const gaps = whole.replace(/(segment-[12]\.m4s)/g, "#EXT-X-GAP\n$1");
    expect(window.eventText).toBe(gaps);
    expect(gaps.match(/#EXT-X-GAP/g)).toHaveLength(2);
  });

  test("what is in memory is waited for, and what comes behind it, too", () => {
    const window = eventOf(9);
    const whole = window.eventText ?? "";
    expect(version(window, (msn) => (msn === 1 ? "in-memory" : "recorded"))).toBe(0);
    expect(window.eventText).toBe(whole);
    expect(window.segments[0]?.msn).toBe(1);
    expect(version(window, (msn) => (msn === 1 ? "lost" : "recorded"))).toBe(1);
    expect(window.segments[0]?.msn).toBe(3);
  });

  test("none of what a live window needs is settled, lost or not", () => {
    const window = eventOf(6);
    expect(version(window, () => "lost")).toBe(0);
    expect(window.segments).toHaveLength(6);
  });
});
