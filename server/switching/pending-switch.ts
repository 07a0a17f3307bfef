// A switch that was asked for and waits for the newcomer's next key frame; frame for frame where both sources run on one clock.

import type { TimedUnit } from "#server/instances/publish.ts";
import type { Source } from "./source.ts";

/** Units of the outgoing source are kept back at most this long for the incoming source's key frame. */
const MAX_HOLD_MS = 1000;

/** Encoders locked to one clock give the same instant the same time: what remains is the way to the server. */
const MAX_LOCKED_DIFFERENCE_MS = 400;

export interface HeldUnit {
  readonly timed: TimedUnit;
  readonly arrivalMs: number;
}

/** Whether two sources give the same instant the same timestamp. */
export function areLocked(a: Source, b: Source): boolean {
  if (a.clockOffsetMs === null || b.clockOffsetMs === null) return false;
  return Math.abs(a.clockOffsetMs - b.clockOffsetMs) <= MAX_LOCKED_DIFFERENCE_MS;
}

export class PendingSwitch {
  readonly to: Source;
  readonly cause: "requested" | "reverted";
  readonly #from: Source;
  /** Encoder time of the newcomer's key frame to come, null where that is not known. */
  #dueSeconds: number | null;
  #held: HeldUnit[] = [];
  #ready: { readonly seconds: number; readonly epoch: number; readonly atMs: number } | null = null;

  constructor(from: Source, to: Source, cause: "requested" | "reverted") {
    this.#from = from;
    this.to = to;
    this.cause = cause;
    this.#dueSeconds = nextKeyFrameSeconds(to);
  }

  /** Both sources give the same moment the same timestamp. */
  get isLocked(): boolean {
    return areLocked(this.#from, this.to);
  }

  /** True when the outgoing unit is kept back: it may be past the joint. */
  holds(timed: TimedUnit, arrivalMs: number): boolean {
    const isDue = this.#dueSeconds !== null && secondsOf(timed) >= this.#dueSeconds - HALF_FRAME_SECONDS;
    if (!isDue || !this.isLocked) return false;
    this.#held.push({ timed, arrivalMs });
    return true;
  }

  /** Units kept back in vain, to be sent after all: the key frame did not come in time. */
  takeOverdue(nowMs: number): readonly HeldUnit[] {
    const first = this.#held[0];
    if (first === undefined || nowMs - first.arrivalMs < MAX_HOLD_MS) return [];
    this.#dueSeconds = null;
    return this.takeHeld();
  }

  takeHeld(): readonly HeldUnit[] {
    const held = this.#held;
    this.#held = [];
    return held;
  }

  /** Encoder time of the newcomer's key frame that the outgoing source has not reached yet, null while there is none. */
  get readySeconds(): number | null {
    return this.#ready?.seconds ?? null;
  }

  /** The outgoing source did not reach the newcomer's key frame in time: the newcomer goes on where that source ended. */
  isReadyTooLong(nowMs: number): boolean {
    return this.#ready !== null && nowMs - this.#ready.atMs >= MAX_HOLD_MS;
  }

  /**
   * The newcomer's key frame is here: true when it may go on air now, not yet where the programme has still to reach this
   * one, or one before it.
   */
  mayJoinAt(keyFrame: TimedUnit, programmeEndSeconds: number | null, nowMs: number): boolean {
    if (this.#ready?.epoch === keyFrame.epoch) return false;
    const seconds = secondsOf(keyFrame);
    const isReached = programmeEndSeconds === null || programmeEndSeconds >= seconds - HALF_FRAME_SECONDS;
    if (isReached || !this.isLocked) return true;
    this.#dueSeconds = seconds;
    this.#ready = { seconds, epoch: keyFrame.epoch, atMs: nowMs };
    return false;
  }

  /** Those of the units kept back that still come before the joint. */
  takeHeldBefore(seconds: number): readonly HeldUnit[] {
    return this.takeHeld().filter(({ timed }) => secondsOf(timed) < seconds - HALF_FRAME_SECONDS);
  }
}

/** Frames of encoders on one clock meet within a fraction of a frame; 5 ms is half of one at 100 frames a second. */
const HALF_FRAME_SECONDS = 0.005;

function nextKeyFrameSeconds(source: Source): number | null {
  const [keyFrame] = source.unitsFrom(() => true);
  const interval = source.joinIntervalSeconds;
  if (keyFrame === undefined || interval === null) return null;
  const track = source.tracks.find(({ id }) => id === keyFrame.unit.trackId);
  return track === undefined ? null : keyFrame.unit.dts / track.timescale + interval;
}

function secondsOf({ unit, track }: TimedUnit): number {
  return unit.dts / track.timescale;
}
