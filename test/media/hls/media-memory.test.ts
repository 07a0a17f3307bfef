import { expect, test } from "bun:test";
import { MediaMemory } from "#media/hls/media-memory.ts";
import { pushSegment, segment } from "#test/support/listed-segments.ts";
import { videoTrack } from "#test/support/tracks.ts";

function part(msn: number, index: number, ...bytes: readonly number[]) {
  const facts = { msn, index, durationSeconds: 1, independent: true };
  return { type: "part", part: { ...facts, bytes: Uint8Array.from(bytes) } } as const;
}

function initialization(id: number) {
  const bytes = Uint8Array.of(id);
  return { type: "initialization", initialization: { id, bytes, tracks: [videoTrack] } } as const;
}

/** A segment of 1000 bytes for each number, each with an initialization of its own. */
function filled(...numbers: readonly number[]): MediaMemory {
  const memory = new MediaMemory();
  for (const msn of numbers) {
    memory.push(initialization(msn));
    pushSegment(memory, segment(msn, { initializationId: msn }));
  }
  return memory;
}

test("a segment is its parts, one after the other, from when it is complete", () => {
  const memory = new MediaMemory();
  memory.push({ type: "segment-start", start: segment(7) });
  memory.push(part(7, 0, 1, 2));
  memory.push(part(7, 1, 3));
  expect(memory.segment(7)).toBeUndefined();
  memory.push({ type: "segment", segment: segment(7), targetDurationSeconds: 2 });
  expect(memory.segment(7)).toEqual(Uint8Array.of(1, 2, 3));
});

test("parts are joined once: whoever asks again gets the same bytes", () => {
  const memory = new MediaMemory();
  memory.push({ type: "segment-start", start: segment(0) });
  memory.push(part(0, 0, 1));
  memory.push(part(0, 1, 2));
  memory.push({ type: "segment", segment: segment(0), targetDurationSeconds: 2 });
  expect(memory.segment(0)).toBe(memory.segment(0) ?? new Uint8Array());
});

test("a part that no segment was announced for belongs to none", () => {
  const memory = new MediaMemory();
  memory.push(part(0, 0, 1));
  pushSegment(memory, segment(1, { byteLength: 3 }));
  expect(memory.segment(0)).toBeUndefined();
  expect(memory.segment(1)).toEqual(Uint8Array.of(1, 1, 1));
});

test("what is recorded leaves, the rest and every initialization stay", () => {
  const memory = filled(4, 5, 6);
  memory.release((msn) => msn < 6);
  expect([4, 5].map((msn) => memory.segment(msn))).toEqual([undefined, undefined]);
  expect(memory.segment(6)).toEqual(new Uint8Array(1000).fill(6));
  expect(memory.initialization(4)).toEqual(Uint8Array.of(4));
});

test("before the oldest segment that is needed neither segments nor initializations stay", () => {
  const memory = filled(4, 5, 6);
  memory.releaseBefore(segment(6, { initializationId: 5 }));
  expect([4, 5].map((msn) => memory.segment(msn))).toEqual([undefined, undefined]);
  expect(memory.initialization(4)).toBeUndefined();
  expect(memory.segment(6)).toEqual(new Uint8Array(1000).fill(6));
  expect([5, 6].map((id) => memory.initialization(id))).toEqual([Uint8Array.of(5), Uint8Array.of(6)]);
});
