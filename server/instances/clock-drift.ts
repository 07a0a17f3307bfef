// Whether an encoder's clock runs as fast as the server's, told by when what it sends arrives.

import { median } from "#server/common/median.ts";

/** Every constant of it. */
export const DRIFT = {
  /**
   * Of so many seconds the unit that came soonest is the measure: a network only ever delays, so that jitter, bursts and
   * stalls shorter than this leave it where it was.
   */
  pointSeconds: 10,
  /** Less says nothing: a line that begins is still finding its speed. */
  leastSeconds: 60,
  /** More is not needed to tell 0.1 %, and what is older says nothing of now. */
  mostSeconds: 600,
  /** Sound and picture wander by ± 200 ms on an ordinary line: only what is beyond that altogether is drift. */
  leastMs: 500,
} as const;

interface Point {
  readonly atMs: number;
  /** Server's clock minus the encoder's. */
  readonly offsetMs: number;
}

export class ClockDrift {
  /** One for each complete stretch of `pointSeconds`. */
  #points: readonly Point[] = [];
  #open: Point | null = null;
  #share: number | null = null;

  /** A unit of this time on the encoder's clock has come. */
  push(encoderMs: number, nowMs: number): void {
    const offsetMs = nowMs - encoderMs;
    const open = this.#open;
    if (open !== null && stretchOf(open.atMs) !== stretchOf(nowMs)) this.#complete(open);
    else if (open !== null && open.offsetMs <= offsetMs) return;
    this.#open = { atMs: nowMs, offsetMs };
  }

  /** The encoder's clock jumped: times before and after cannot be compared. */
  clockJumped(): void {
    this.#points = [];
    this.#open = null;
    this.#share = null;
  }

  /** By how much of its time the encoder's clock loses, or below zero gains; null where that is not certain. */
  get share(): number | null {
    return this.#share;
  }

  #complete(point: Point): void {
    const sinceMs = point.atMs - DRIFT.mostSeconds * 1000;
    this.#points = [...this.#points, point].filter(({ atMs }) => atMs >= sinceMs);
    this.#share = certainShare(this.#points);
  }
}

function certainShare(points: readonly Point[]): number | null {
  const spanMs = (points.at(-1)?.atMs ?? 0) - (points[0]?.atMs ?? 0);
  if (spanMs < DRIFT.leastSeconds * 1000 || rangeMs(points) < DRIFT.leastMs) return null;
  const share = steadySlope(points);
  return Math.abs(share) * spanMs < DRIFT.leastMs ? null : share;
}

/** Looked at first, because nearly every clock runs well. */
function rangeMs(points: readonly Point[]): number {
  const offsets = points.map(({ offsetMs }) => offsetMs);
  return Math.max(...offsets) - Math.min(...offsets);
}

/** A clock drifts all the time, a delay that becomes another one does it once: the least of the whole and of both halves. */
function steadySlope(points: readonly Point[]): number {
  const middle = points.length >> 1;
  const slopes = [points, points.slice(0, middle + 1), points.slice(middle)].map(slopeOf);
  const [first = 0] = slopes;
  if (slopes.some((slope) => Math.sign(slope) !== Math.sign(first))) return 0;
  return Math.sign(first) * Math.min(...slopes.map(Math.abs));
}

/** The median slope of all pairs (Theil and Sen): more than a quarter of the points must be wrong to spoil it. */
function slopeOf(points: readonly Point[]): number {
  const slopes = points.flatMap((from, index) =>
    points.slice(index + 1).map((to) => (to.offsetMs - from.offsetMs) / (to.atMs - from.atMs)),
  );
  return median(slopes);
}

function stretchOf(atMs: number): number {
  return Math.floor(atMs / (DRIFT.pointSeconds * 1000));
}
