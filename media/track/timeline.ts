// Puts the units of one publish on one timeline that only goes forward, whatever the encoder's clock does.

import { EncoderClock } from "./encoder-clock.ts";
import { JumpStreak } from "./jump-streak.ts";
import type { SourceClock } from "./source-clock.ts";
import { type AccessUnit, type EncodedUnit, type Track, unitAt } from "./track.ts";
import { TrackTiming } from "./track-timing.ts";
import { usualDurationSeconds } from "./usual-duration.ts";

/** Further ahead of everything so far is a jump; less is a frame rate of its own, or sound and picture that were silent. */
const MAX_FORWARD_MS = 10_000;

/** Further back on the same track is a jump; less is jitter of the encoder. */
const MAX_BACKWARD_MS = 1000;

/**
 * Tracks this far apart can be of one clock: encoders with deep lookahead start their picture late, and FFmpeg holds sound back
 * for a picture that is to come for no more than 10 s of it, its encoder's delay beside that.
 */
const MAX_SKEW_MS = 15_000;

/** A jitter of `MAX_BACKWARD_MS` is made up within a second, 120 frames at most: a clock that takes longer stands still. */
const UNITS_OF_A_STOPPED_CLOCK = 120;

/** No frame is reordered this far; a greater composition time is a mistake. */
const MAX_COMPOSITION_MS = 10_000;

/** Some encoders show pictures before they decode them, by as many frames as they reorder; further is a mistake. */
const MIN_COMPOSITION_MS = -1000;

/** A longer step is a gap and no guess of how far the next frame is. */
const MAX_TYPICAL_STEP_MS = 1000;

export interface PlacedUnit {
  readonly unit: AccessUnit;
  /** 0 at first; one more each time that the encoder's clock jumped and stayed there. */
  readonly epoch: number;
  /** The unit's time is not what the encoder sent. */
  readonly repaired: boolean;
}

interface TrackClock {
  readonly timing: TrackTiming;
  /** Latest time of the epoch, null before its first unit. */
  latestMs: number | null;
  /** Distance of the last two units. */
  stepMs: number;
  /** Added to what the encoder sends for this track alone, whose clock is not the other track's. */
  correctionMs: number;
  /** Units in a row that did not get past `latestMs`. */
  stalledUnits: number;
  readonly jumps: JumpStreak;
  /** Ordinal of its last unit that did not jump. */
  trustedAt: number;
}

/**
 * `dts / timescale` of all tracks are seconds of one clock, the encoder's own, unwrapped. A unit out of order is moved by one
 * tick. One that jumped is put where its track was going. Three of a track that go on from one another are the encoder's
 * new clock: a new epoch for all tracks, or where another track kept a clock far from it, a correction of this one.
 */
export class Timeline {
  /** Null before the first unit, which says what clock it is. */
  #encoderClock: EncoderClock | null = null;
  readonly #tracks = new Map<number, TrackClock>();
  /** Latest time of any track in the epoch, null before the first unit. */
  #latestMs: number | null = null;
  #epoch = 0;
  #repairs = 0;
  #units = 0;

  /** Units whose time had to be changed. */
  get repairs(): number {
    return this.#repairs;
  }

  /** A new track, or one whose configuration changed: it goes on in time. */
  addTrack(track: Track): void {
    const known = this.#tracks.get(track.id);
    const timing = new TrackTiming(track, known?.timing ?? null);
    this.#tracks.set(track.id, known === undefined ? newTrackClock(track, timing) : { ...known, timing });
  }

  place(encoded: EncodedUnit): PlacedUnit {
    const clock = this.#tracks.get(encoded.trackId);
    if (clock === undefined) throw new Error(`unit of track ${encoded.trackId}, which was never added`);
    this.#units += 1;
    const { sentDts, clock: sourceClock } = encoded;
    this.#encoderClock ??= new EncoderClock(sourceClock, sentDts);
    const unwrappedDts = this.#encoderClock.unwrap(sentDts);
    const sentMs = milliseconds(unwrappedDts, sourceClock);
    const ms = sentMs + clock.correctionMs;
    if (this.#isJump(clock, ms)) return this.#placeJumped(clock, encoded, sentMs);
    clock.jumps.end();
    clock.trustedAt = this.#units;
    this.#encoderClock.trust(sentDts, unwrappedDts);
    return this.#placeTrusted(clock, encoded, ms);
  }

  #isJump(clock: TrackClock, ms: number): boolean {
    if (this.#latestMs === null) return false;
    if (ms > this.#latestMs + MAX_FORWARD_MS) return true;
    if (clock.latestMs === null) return ms < this.#latestMs - MAX_SKEW_MS;
    return ms < clock.latestMs - MAX_BACKWARD_MS;
  }

  #placeTrusted(clock: TrackClock, encoded: EncodedUnit, ms: number): PlacedUnit {
    const { latestMs } = clock;
    if (latestMs !== null && ms <= latestMs) {
      clock.stalledUnits += 1;
      if (clock.stalledUnits > UNITS_OF_A_STOPPED_CLOCK) return this.#placeGuessed(clock, encoded);
      return this.#emit(clock, encoded, ms, true);
    }
    clock.stalledUnits = 0;
    if (latestMs !== null && ms - latestMs <= MAX_TYPICAL_STEP_MS) clock.stepMs = ms - latestMs;
    this.#reach(clock, ms);
    return this.#emit(clock, encoded, ms, false);
  }

  #placeJumped(clock: TrackClock, encoded: EncodedUnit, sentMs: number): PlacedUnit {
    const isClock = clock.jumps.add(sentMs, this.#units);
    if (isClock && !this.#isAlone(clock, sentMs)) return this.#beginEpoch(clock, encoded);
    if (isClock) clock.correctionMs = this.#expectedMs(clock) - sentMs;
    return this.#placeGuessed(clock, encoded);
  }

  /** While this track jumped another one did not, and is nowhere near. */
  #isAlone(clock: TrackClock, sentMs: number): boolean {
    for (const { trustedAt, latestMs } of this.#tracks.values()) {
      const hasKeptOn = trustedAt > clock.jumps.since && latestMs !== null;
      if (hasKeptOn && Math.abs(sentMs - latestMs) > MAX_SKEW_MS) return true;
    }
    return false;
  }

  #beginEpoch(clock: TrackClock, encoded: EncodedUnit): PlacedUnit {
    this.#epoch += 1;
    this.#encoderClock = new EncoderClock(encoded.clock, encoded.sentDts);
    this.#latestMs = null;
    for (const each of this.#tracks.values()) {
      each.timing.reset();
      each.latestMs = null;
      each.correctionMs = 0;
      each.stalledUnits = 0;
      each.jumps.end();
    }
    return this.#placeTrusted(clock, encoded, milliseconds(encoded.sentDts, encoded.clock));
  }

  /** Where the track was going, for want of a time to believe. */
  #placeGuessed(clock: TrackClock, encoded: EncodedUnit): PlacedUnit {
    const ms = this.#expectedMs(clock);
    this.#reach(clock, ms);
    return this.#emit(clock, encoded, ms, true);
  }

  #expectedMs({ latestMs, stepMs }: TrackClock): number {
    const publishMs = this.#latestMs ?? 0;
    const isLeftBehind = latestMs === null || latestMs < publishMs - MAX_SKEW_MS;
    return isLeftBehind ? publishMs : latestMs + stepMs;
  }

  #reach(clock: TrackClock, ms: number): void {
    clock.latestMs = ms;
    this.#latestMs = Math.max(this.#latestMs ?? ms, ms);
  }

  #emit(clock: TrackClock, encoded: EncodedUnit, ms: number, isMoved: boolean): PlacedUnit {
    const compositionTimeMs = milliseconds(encoded.compositionTime, encoded.clock);
    const { timing } = clock;
    const isComposed = compositionTimeMs <= MAX_COMPOSITION_MS && compositionTimeMs >= MIN_COMPOSITION_MS;
    const composedMs = isComposed ? compositionTimeMs : 0;
    const dts = timing.advance(ms, composedMs);
    const pts = timing.isEven && composedMs === 0 ? dts : Math.round(timing.ticks(ms + composedMs));
    const repaired = isMoved || !isComposed;
    if (repaired) this.#repairs += 1;
    return { unit: unitAt(encoded, dts, Math.max(dts, pts)), epoch: this.#epoch, repaired };
  }
}

/** Not rounded. */
function milliseconds(ticks: number, { timescale }: SourceClock): number {
  return (ticks * 1000) / timescale;
}

function newTrackClock(track: Track, timing: TrackTiming): TrackClock {
  return {
    timing,
    latestMs: null,
    stepMs: usualDurationSeconds(track) * 1000,
    correctionMs: 0,
    stalledUnits: 0,
    jumps: new JumpStreak(),
    trustedAt: 0,
  };
}
