import { expect, test } from "bun:test";
import { HeldBytes } from "#server/recording/held-bytes.ts";
import { RENDITION, segment } from "#test/support/listed-segments.ts";

const FILE = "media.mp4";

/** Pushes a segment of two parts of two bytes each, the first of which is its number; `offset`: of its first part. */
function pushSegment(held: HeldBytes, msn: number, offset: number | null): void {
  const { durationSeconds, byteLength, partCount, frameRate, ...start } = segment(msn);
  held.push({ type: "segment-start", rendition: RENDITION, start }, offset);
  for (const index of [0, 1]) {
    const part = { msn, index, durationSeconds: 1, independent: true, bytes: Uint8Array.of(msn, index) };
    held.push({ type: "part", rendition: RENDITION, part }, offset === null ? null : offset + 2 * index);
  }
  held.push(
    { type: "segment", rendition: RENDITION, segment: segment(msn), targetDurationSeconds: 2 },
    offset === null ? null : offset + 4,
  );
}

function pushInitialization(held: HeldBytes, id: number, offset: number | null): void {
  const initialization = { id, bytes: Uint8Array.of(id), tracks: [] };
  held.push({ type: "initialization", rendition: RENDITION, initialization }, offset);
}

test("a complete segment is in memory until all of it is written, and in the file from then on", () => {
  const held = new HeldBytes(FILE);
  pushSegment(held, 0, 10);
  const inMemory = [Uint8Array.of(0, 0), Uint8Array.of(0, 1)];
  expect(held.segment(RENDITION, 0)).toEqual(inMemory);
  held.written(13);
  expect(held.segment(RENDITION, 0)).toEqual(inMemory);
  held.written(14);
  expect(held.segment(RENDITION, 0)).toEqual([{ file: FILE, offset: 10, byteLength: 4 }]);
});

test("what was written before the segment was complete leaves memory with its last part", () => {
  const held = new HeldBytes(FILE);
  held.written(14);
  pushSegment(held, 0, 10);
  expect(held.segment(RENDITION, 0)).toEqual([{ file: FILE, offset: 10, byteLength: 4 }]);
});

test("pieces are the same ones for as long as they stay where they are", () => {
  const held = new HeldBytes(FILE);
  pushInitialization(held, 0, 0);
  pushSegment(held, 0, 10);
  expect(held.segment(RENDITION, 0)).toBe(held.segment(RENDITION, 0));
  expect(held.initialization(RENDITION, 0)).toBe(held.initialization(RENDITION, 0));
});

test("a segment is not there before it is complete, nor one of another rendition or number", () => {
  const held = new HeldBytes(FILE);
  held.push({ type: "segment-start", rendition: RENDITION, start: segment(0) }, 0);
  const part = { msn: 0, index: 0, durationSeconds: 1, independent: true, bytes: Uint8Array.of(1) };
  held.push({ type: "part", rendition: RENDITION, part }, 0);
  expect(held.segment(RENDITION, 0)).toBeNull();
  pushSegment(held, 1, 10);
  expect(held.segment("v1-180", 1)).toBeNull();
  expect(held.segment(RENDITION, 2)).toBeNull();
  expect(held.initialization(RENDITION, 0)).toBeNull();
});

test("what is not recorded is let go of when nothing needs it any more", () => {
  const held = new HeldBytes(null);
  pushInitialization(held, 0, null);
  pushSegment(held, 0, null);
  pushInitialization(held, 1, null);
  pushSegment(held, 1, null);
  pushSegment(held, 2, null);
  held.releaseBefore(RENDITION, segment(1, { initializationId: 1 }));
  expect([0, 1, 2].map((msn) => held.segment(RENDITION, msn) !== null)).toEqual([false, true, true]);
  expect([0, 1].map((id) => held.initialization(RENDITION, id) !== null)).toEqual([false, true]);
});

test("what waits to be written is not let go of before, unless the recording has ended", () => {
  const held = new HeldBytes(FILE);
  pushInitialization(held, 0, 0);
  pushSegment(held, 0, 10);
  held.releaseBefore(RENDITION, segment(1, { initializationId: 1 }));
  expect(held.segment(RENDITION, 0)).not.toBeNull();
  expect(held.initialization(RENDITION, 0)).not.toBeNull();
  held.recordingEnded();
  held.releaseBefore(RENDITION, segment(1, { initializationId: 1 }));
  expect(held.segment(RENDITION, 0)).toBeNull();
  expect(held.initialization(RENDITION, 0)).toBeNull();
});

test("an initialization that is written leaves memory once nothing listed needs it, and is read from the file", () => {
  const held = new HeldBytes(FILE);
  pushInitialization(held, 0, 0);
  held.written(1);
  expect(held.initialization(RENDITION, 0)).toEqual([Uint8Array.of(0)]);
  held.releaseBefore(RENDITION, segment(1, { initializationId: 1 }));
  expect(held.initialization(RENDITION, 0)).toEqual([{ file: FILE, offset: 0, byteLength: 1 }]);
});

test("what the file had before is found where it is", () => {
  const held = new HeldBytes(FILE);
  held.addRecorded(RENDITION, "initialization", { number: 3, offset: 0, byteLength: 7 });
  held.addRecorded(RENDITION, "segment", { number: 9, offset: 7, byteLength: 20 });
  expect(held.initialization(RENDITION, 3)).toEqual([{ file: FILE, offset: 0, byteLength: 7 }]);
  expect(held.segment(RENDITION, 9)).toEqual([{ file: FILE, offset: 7, byteLength: 20 }]);
});

test("parts that do not follow each other in the file are pieces of their own", () => {
  const held = new HeldBytes(FILE);
  held.push({ type: "segment-start", rendition: RENDITION, start: segment(0) }, 0);
  for (const [index, offset] of [0, 100].entries()) {
    const part = { msn: 0, index, durationSeconds: 1, independent: true, bytes: Uint8Array.of(1, 2) };
    held.push({ type: "part", rendition: RENDITION, part }, offset);
  }
  held.push({ type: "segment", rendition: RENDITION, segment: segment(0), targetDurationSeconds: 2 }, 102);
  held.written(102);
  expect(held.segment(RENDITION, 0)).toEqual([
    { file: FILE, offset: 0, byteLength: 2 },
    { file: FILE, offset: 100, byteLength: 2 },
  ]);
});

test("a long recording stays found to its first segment", () => {
  const held = new HeldBytes(FILE);
  for (let msn = 0; msn < 100; msn += 1) {
    pushSegment(held, msn, msn * 4);
    held.written(msn * 4 + 4);
    held.releaseBefore(RENDITION, segment(Math.max(0, msn - 5)));
  }
  for (const msn of [0, 50, 99]) {
    expect(held.segment(RENDITION, msn)).toEqual([{ file: FILE, offset: msn * 4, byteLength: 4 }]);
  }
});

test("a segment is in memory, in the recording or lost, and one that never was is lost", () => {
  const held = new HeldBytes(FILE);
  held.addRecorded(RENDITION, "segment", { number: 9, offset: 0, byteLength: 10 });
  for (const [index, msn] of [10, 11, 12].entries()) pushSegment(held, msn, 10 + index * 4);
  held.written(14);
  const places = () => [9, 10, 11, 12, 13].map((msn) => held.placeOf(RENDITION, msn));
  expect(places()).toEqual(["recorded", "recorded", "in-memory", "in-memory", "lost"]);
  held.recordingEnded();
  expect(places()).toEqual(["recorded", "recorded", "in-memory", "in-memory", "lost"]);
  held.releaseBefore(RENDITION, segment(12));
  expect(places()).toEqual(["recorded", "recorded", "lost", "in-memory", "lost"]);
  expect(held.placeOf("v1-180", 9)).toBe("lost");
});

test("a part is one of its own, in memory and in the file, while its segment is open and when it is complete", () => {
  const held = new HeldBytes(FILE);
  held.push({ type: "segment-start", rendition: RENDITION, start: segment(1) }, 20);
  held.push({ type: "gap", rendition: RENDITION, gap: { msn: 1, index: 0, durationSeconds: 1 } }, 20);
  const part = { msn: 1, index: 1, durationSeconds: 1, independent: true, bytes: Uint8Array.of(7, 8) };
  held.push({ type: "part", rendition: RENDITION, part }, 20);
  expect(held.part(RENDITION, 1, 0)).toBeNull();
  expect(held.part(RENDITION, 1, 1)).toEqual([Uint8Array.of(7, 8)]);
  expect(held.part(RENDITION, 1, 1)).toBe(held.part(RENDITION, 1, 1));
  held.push({ type: "segment", rendition: RENDITION, segment: segment(1), targetDurationSeconds: 2 }, 22);
  held.written(22);
  expect(held.part(RENDITION, 1, 1)).toEqual([{ file: FILE, offset: 20, byteLength: 2 }]);
});

test("the parts of the newest sixteen segments can be told apart, whether they are recorded or not", () => {
  for (const offsetOf of [(msn: number) => 4 * msn, () => null]) {
    const held = new HeldBytes(FILE);
    for (let msn = 0; msn < 20; msn += 1) pushSegment(held, msn, offsetOf(msn));
    held.written(80);
    expect(held.part(RENDITION, 19, 1)).not.toBeNull();
    expect(held.part(RENDITION, 4, 1)).not.toBeNull();
    expect(held.part(RENDITION, 19, 2)).toBeNull();
    expect(held.part(RENDITION, 20, 0)).toBeNull();
  }
});
