import { expect, test } from "bun:test";
import { PlaylistWindow } from "#media/hls/playlist-window.ts";
import { pushSegment, segment } from "#test/support/listed-segments.ts";
import { audioTrack, videoTrack } from "#test/support/tracks.ts";

const initialization = (id: number) =>
  ({
    type: "initialization",
    initialization: { id, bytes: Uint8Array.of(id), tracks: [audioTrack, videoTrack] },
  }) as const;

function filled(count: number, isEvent = false): PlaylistWindow {
  const window = new PlaylistWindow({ isEvent });
  window.push(initialization(0));
  for (let msn = 0; msn < count; msn += 1) pushSegment(window, segment(msn));
  return window;
}

test("a sliding window lists the last six segments", () => {
  const window = filled(20);
  expect(window.segments.map(({ msn }) => msn)).toEqual([14, 15, 16, 17, 18, 19]);
  expect(window.mediaSequence).toBe(14);
});

test("short segments are listed for three target durations at least", () => {
  const window = new PlaylistWindow({ isEvent: false });
  for (let msn = 0; msn < 40; msn += 1) pushSegment(window, segment(msn, { durationSeconds: 0.5 }), 4);
  const listed = window.segments.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
  expect(listed).toBeGreaterThanOrEqual(12);
});

test("an event lists everything and keeps the bytes of what a live window needs", () => {
  const window = filled(20, true);
  expect(window.segments.length).toBe(20);
  expect(window.mediaSequence).toBe(0);
  expect(window.segment(13)).toBe("recorded");
  expect(window.segment(14)).toEqual(new Uint8Array(1000).fill(14));
});

test("what left the window is in the recording, what never was is nowhere", () => {
  const window = filled(20);
  expect(window.segment(13)).toBe("recorded");
  expect(window.segment(19)).toEqual(new Uint8Array(1000).fill(19));
  expect(window.segment(20)).toBeUndefined();
  expect(window.segment(-1)).toBeUndefined();
  expect(window.initialization(0)).toEqual(Uint8Array.of(0));
  expect(window.initialization(1)).toBeUndefined();
});

test("bytes are let go once they are recorded, listed as before", () => {
  const window = filled(20);
  const version = window.version;
  window.release((msn) => msn < 18);
  expect(window.segments.map(({ msn }) => msn)).toEqual([14, 15, 16, 17, 18, 19]);
  expect([14, 17].map((msn) => window.segment(msn))).toEqual(["recorded", "recorded"]);
  expect([18, 19].map((msn) => window.segment(msn))).toEqual([
    new Uint8Array(1000).fill(18),
    new Uint8Array(1000).fill(19),
  ]);
  expect(window.version).toBe(version);
});

test("without a recording what left the window is kept for as long as a playlist that listed it may be read", () => {
  const window = new PlaylistWindow({ isEvent: false, keepsRemoved: true });
  window.push(initialization(0));
  for (let msn = 0; msn < 10; msn += 1) pushSegment(window, segment(msn));
  window.push(initialization(1));
  for (let msn = 10; msn < 20; msn += 1) pushSegment(window, segment(msn, { initializationId: 1 }));
  expect(window.segments[0]?.msn).toBe(14);
  expect(window.segment(13)).toEqual(new Uint8Array(1000).fill(13));
  expect(window.segment(8)).toEqual(new Uint8Array(1000).fill(8));
  expect(window.segment(4)).toBe("recorded");
  expect(window.initialization(0)).toEqual(Uint8Array.of(0));
  for (let msn = 20; msn < 30; msn += 1) pushSegment(window, segment(msn, { initializationId: 1 }));
  expect(window.initialization(0)).toBe("recorded");
});

test("the discontinuity sequence counts the discontinuities that left (P4)", () => {
  const window = new PlaylistWindow({ isEvent: false });
  for (let msn = 0; msn < 20; msn += 1) {
    pushSegment(window, segment(msn, { discontinuity: msn === 3 || msn === 5 || msn === 17 }));
  }
  expect(window.discontinuitySequence).toBe(2);
});

test("initializations that no listed segment needs are forgotten, and still recorded", () => {
  const window = new PlaylistWindow({ isEvent: false });
  for (let id = 0; id < 3; id += 1) {
    window.push(initialization(id));
    for (let msn = id * 7; msn < id * 7 + 7; msn += 1) {
      pushSegment(window, segment(msn, { initializationId: id, discontinuity: msn === id * 7 && id > 0 }));
    }
  }
  expect(window.initialization(0)).toBe("recorded");
  expect(window.initialization(2)).toEqual(Uint8Array.of(2));
});

test("a playlist may begin with any number: nothing before it is looked for", () => {
  const window = new PlaylistWindow({ isEvent: false });
  window.push(initialization(17_640_000_000));
  pushSegment(window, segment(17_640_000_000, { initializationId: 17_640_000_000 }));
  expect(window.mediaSequence).toBe(17_640_000_000);
  expect(window.initialization(17_640_000_000)).toEqual(Uint8Array.of(17_640_000_000));
});

test("one segment that begins without a key frame takes the promise of independence away for good", () => {
  const window = new PlaylistWindow({ isEvent: false });
  for (let msn = 0; msn < 20; msn += 1) pushSegment(window, segment(msn, { independent: msn !== 2 }));
  expect(window.areAllIndependent).toBe(false);
});

test("goes on from a recording: numbers, discontinuities and what is served from disk", () => {
  const segments = Array.from({ length: 10 }, (_, msn) => segment(msn, { discontinuity: msn === 1 }));
  const rendition = { codecs: ["avc1.42c01e"], resolution: { width: 640, height: 360 } };
  const window = new PlaylistWindow({
    isEvent: false,
    history: { segments, targetDurationSeconds: 2, rendition },
  });
  expect(window.segments.map(({ msn }) => msn)).toEqual([4, 5, 6, 7, 8, 9]);
  expect(window.discontinuitySequence).toBe(1);
  expect(window.segment(9)).toBe("recorded");
  expect(window.initialization(0)).toBe("recorded");
  expect(window.rendition).toEqual(rendition);
});

test("what is listed is measured, as is what a recording lists", () => {
  expect(filled(3).rates).toMatchObject({
    peakBitsPerSecond: 4000,
    averageBitsPerSecond: 4000,
    frameRate: 30,
  });
  const restored = new PlaylistWindow({
    isEvent: false,
    history: {
      segments: [segment(0, { byteLength: 2000 })],
      targetDurationSeconds: 2,
      rendition: { codecs: [], resolution: null },
    },
  });
  expect(restored.rates.peakBitsPerSecond).toBe(8000);
});
