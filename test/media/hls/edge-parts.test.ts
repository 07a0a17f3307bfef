import { expect, test } from "bun:test";
import { EdgeParts } from "#media/hls/edge-parts.ts";
import { RENDITION, segment } from "#test/support/listed-segments.ts";

const rendition = RENDITION;

class Edge extends EdgeParts {
  begin(msn: number, parts: number): this {
    this.push({ type: "segment-start", rendition, start: segment(msn) });
    for (let index = 0; index < parts; index += 1) {
      const part = { msn, index, durationSeconds: 0.2, independent: index === 0, bytes: new Uint8Array(8) };
      this.push({ type: "part", rendition, part });
    }
    return this;
  }

  complete(msn: number, parts: number): this {
    this.begin(msn, parts);
    this.push({ type: "segment", rendition, segment: segment(msn), targetDurationSeconds: 2 });
    return this;
  }
}

test("the next part is one more of the open segment, or the first of the next", () => {
  const edge = new Edge();
  expect(edge.next).toBeNull();
  expect(edge.begin(7, 2).next).toEqual({ msn: 7, index: 2 });
  expect(edge.complete(7, 3).next).toEqual({ msn: 8, index: 0 });
});

test("a gap is a part without bytes", () => {
  const edge = new Edge().begin(7, 1);
  edge.push({ type: "gap", rendition, gap: { msn: 7, index: 1, durationSeconds: 0.2 } });
  expect(edge.open?.parts[1]).toEqual({ durationSeconds: 0.2, independent: false, isGap: true });
  expect(edge.openSeconds).toBeCloseTo(0.4, 9);
  expect(edge.openRates.averageBitsPerSecond).toBeCloseTo(160, 9);
});

test("what a playlist has of what is asked for (P2)", () => {
  const edge = new Edge().complete(7, 3).begin(8, 2);
  const has = (msn: number, part: number | null) => edge.has({ msn, part });
  expect([has(6, null), has(7, null), has(8, null)]).toEqual([true, true, false]);
  expect([has(6, 99), has(7, 2), has(8, 1), has(8, 2), has(9, 0)]).toEqual([true, true, true, false, false]);
  // Past the end of a segment is the first part of the next.
  expect(has(7, 3)).toBe(true);
  expect(new Edge().complete(7, 3).has({ msn: 7, part: 3 })).toBe(false);
});

test("nothing is had before the first part, and of what was read back all of it", () => {
  const edge = new Edge();
  expect(edge.has({ msn: 0, part: null })).toBe(false);
  edge.restore(7);
  expect([edge.has({ msn: 7, part: 5 }), edge.has({ msn: 8, part: 0 })]).toEqual([true, false]);
});

test("the parts of sixteen segments are known", () => {
  const edge = new Edge();
  for (let msn = 0; msn < 20; msn += 1) edge.complete(msn, 1);
  expect([edge.of(3).length, edge.of(4).length, edge.of(19).length]).toEqual([0, 1, 1]);
});
