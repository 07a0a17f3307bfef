import { expect, test } from "bun:test";
import { PlaylistWindow } from "#media/hls/playlist-window.ts";
import { pushSegment, RENDITION, segment } from "#test/support/listed-segments.ts";
import { audioTrack, videoTrack } from "#test/support/tracks.ts";

const initialization = (id: number) =>
  ({
    type: "initialization",
    rendition: RENDITION,
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
  expect(window.segments.map(({ msn }) => msn)).toEqual(Array.from({ length: 24 }, (_, index) => 16 + index));
});

test("an empty window lists nothing and promises nothing but independence", () => {
  const window = new PlaylistWindow({ isEvent: false });
  expect(window).toMatchObject({
    version: 0,
    segments: [],
    mediaSequence: 0,
    discontinuitySequence: 0,
    targetDurationSeconds: null,
    areAllIndependent: true,
    hasEnded: false,
    facts: null,
    oldestNeeded: null,
  });
});

test("the version rises by one with every segment and with the end, and with nothing else", () => {
  const window = filled(3);
  expect(window.version).toBe(3);
  window.push(initialization(1));
  expect(window.version).toBe(3);
  expect(window.hasEnded).toBe(false);
  window.end();
  expect(window).toMatchObject({ version: 4, hasEnded: true, targetDurationSeconds: 2 });
});

test("an event lists everything and needs at hand what a live window needs", () => {
  const window = filled(20, true);
  expect(window.segments.length).toBe(20);
  expect(window.mediaSequence).toBe(0);
  expect(window.oldestNeeded?.msn).toBe(14);
});

test("what left the window is needed no more where it is recorded", () => {
  expect(new PlaylistWindow({ isEvent: false }).oldestNeeded).toBeNull();
  expect(filled(3).oldestNeeded?.msn).toBe(0);
  expect(filled(20).oldestNeeded?.msn).toBe(14);
});

test("without a recording what left the window is needed for as long as a playlist that listed it may be read", () => {
  const window = new PlaylistWindow({ isEvent: false, keepsRemoved: true });
  for (let msn = 0; msn < 20; msn += 1) pushSegment(window, segment(msn));
  expect(window.segments[0]?.msn).toBe(14);
  expect(window.oldestNeeded?.msn).toBe(6);
});

test("the discontinuity sequence counts the discontinuities that left (P4)", () => {
  const window = new PlaylistWindow({ isEvent: false });
  for (let msn = 0; msn < 20; msn += 1) {
    pushSegment(window, segment(msn, { discontinuity: msn === 3 || msn === 5 || msn === 17 }));
  }
  expect(window.discontinuitySequence).toBe(2);
});

test("a playlist may begin with any number", () => {
  const window = new PlaylistWindow({ isEvent: false });
  window.push(initialization(17_640_000_000));
  pushSegment(window, segment(17_640_000_000, { initializationId: 17_640_000_000 }));
  expect(window.mediaSequence).toBe(17_640_000_000);
});

test("one segment that begins without a key frame takes the promise of independence away for good", () => {
  const window = new PlaylistWindow({ isEvent: false });
  for (let msn = 0; msn < 20; msn += 1) pushSegment(window, segment(msn, { independent: msn !== 2 }));
  expect(window.areAllIndependent).toBe(false);
});

test("goes on from a recording: numbers, discontinuities and what it says of the tracks", () => {
  const segments = Array.from({ length: 10 }, (_, msn) => segment(msn, { discontinuity: msn === 1 }));
  const facts = { codecs: ["avc1.42c01e"], resolution: { width: 640, height: 360 } };
  const window = new PlaylistWindow({
    isEvent: false,
    history: { segments, targetDurationSeconds: 2, facts },
  });
  expect(window.segments.map(({ msn }) => msn)).toEqual([4, 5, 6, 7, 8, 9]);
  expect(window.discontinuitySequence).toBe(1);
  expect(window.facts).toEqual(facts);
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
      facts: { codecs: [], resolution: null },
    },
  });
  expect(restored.rates.peakBitsPerSecond).toBe(8000);
});
