// Lays one source's units end to end with what the programme already holds, on the programme's own time.

import { type AccessUnit, type Track, unitAt } from "#media/track/track.ts";
import { usualDurationSeconds } from "#media/track/usual-duration.ts";
import type { TimedUnit } from "#server/instances/publish.ts";
import {
  isSuperfluous,
  type JoinPoint,
  joinSeconds,
  reaches,
  secondsOf,
  soundSeconds,
} from "./join-point.ts";
import type { ProgrammeInput } from "./programme-input.ts";
import { sameTracks } from "./same-tracks.ts";
import type { Source } from "./source.ts";
import { TimeMap } from "./time-map.ts";

/** The source that is spliced in, and how its clock maps to the programme's. */
interface Joint {
  readonly source: Source;
  readonly epoch: number;
  readonly tracksVersion: number;
  readonly map: TimeMap;
  /** How long a picture waits for those that are decoded after it and shown before: pts minus dts of a key frame. */
  readonly reorderSeconds: number;
}

/** Encoders send sound up to this far ahead of the picture it goes with; beyond it the picture is gone, or both sources send theirs so late. */
const MAX_SOUND_AHEAD_SECONDS = 0.5;

interface TrackEnd {
  /** Decoding time of the last unit, ticks of the programme. */
  readonly dts: number;
  /**
   * Distance of the last two units, the best guess of the last one's length; nothing before the second. Sound whose frames
   * are further apart than they last has a hole there, and is no longer for it.
   */
  readonly durationTicks: number;
  readonly timescale: number;
  /** Presentation time of the unit that is shown last, ticks of the programme. */
  readonly lastPts: number;
}

export class Splicer {
  readonly #output: ProgrammeInput;
  /** When the programme begins, or goes on after a restart. */
  readonly #startSeconds: number;
  readonly #ends = new Map<number, TrackEnd>();
  #joint: Joint | null = null;
  #tracks: readonly Track[] | null = null;
  #isBroken: boolean;
  #lastArrivalMs: number | null = null;
  #sourceEndSeconds: number | null = null;

  /** A programme that goes on after a restart starts at the time its recording ended, and with a discontinuity. */
  constructor(output: ProgrammeInput, resumeAtSeconds: number | null) {
    this.#output = output;
    this.#startSeconds = resumeAtSeconds ?? 0;
    this.#isBroken = resumeAtSeconds !== null;
  }

  /** When the last unit of the programme arrived at the server, null before the first. */
  get lastArrivalMs(): number | null {
    return this.#lastArrivalMs;
  }

  /** Encoder time at which the last video unit of the source on air ends, null before its first. */
  get sourceEndSeconds(): number | null {
    return this.#sourceEndSeconds;
  }

  /** Programme time of the first picture that is seen of the source on air; null before there is one. */
  get joinedSeconds(): number | null {
    return this.#joint?.map.joinedSeconds ?? null;
  }

  /** From now on this source, from its last key frame; where none was kept its next one will do. */
  join(source: Source, point: JoinPoint): void {
    const before = this.#joint;
    this.#joint = null;
    this.#sourceEndSeconds = null;
    const tracks = new Map(source.tracks.map((track) => [track.id, track]));
    const cached = source.unitsFrom((keyFrame) => reaches(keyFrame, tracks, point));
    const first = cached[0];
    if (first === undefined) return;
    const joinAtSeconds = joinSeconds(cached, tracks, point);
    const reorderSeconds = reorderOf(first.unit, tracks.get(first.unit.trackId));
    const sameSeconds =
      "fromSeconds" in point && point.isSameClock ? this.#sameInstantSeconds(before, joinAtSeconds) : null;
    const aheadSeconds = soundSeconds(cached, tracks) - joinAtSeconds;
    const programmeSeconds = sameSeconds ?? this.#endSeconds(source, reorderSeconds, aheadSeconds);
    this.#begin(source, reorderSeconds, {
      prerollFromSeconds: secondsOf(first.unit, tracks),
      joinAtSeconds,
      programmeSeconds,
    });
    for (const { unit, arrivalMs } of cached) {
      const track = tracks.get(unit.trackId);
      if (track !== undefined && !isSuperfluous(unit, track, joinAtSeconds))
        this.#emit(unit, track, arrivalMs);
    }
  }

  /** The next unit of the source on air; what cannot be decoded or placed in time is left out. */
  forward(source: Source, timed: TimedUnit, arrivalMs: number): void {
    if (!this.#continuesJoint(source, timed) && !this.#rejoin(source, timed)) return;
    this.#emit(timed.unit, timed.track, arrivalMs);
  }

  /** Nobody is on air: finishes what is open; whatever comes next is not its continuation. */
  breakOff(): void {
    this.#joint = null;
    if (this.#tracks === null) return;
    this.#isBroken = true;
    this.#output.flush();
  }

  /** True while this unit belongs to the tracks and the clock that were spliced in. */
  #continuesJoint(source: Source, timed: TimedUnit): boolean {
    const joint = this.#joint;
    if (joint === null || joint.source !== source || joint.epoch !== timed.epoch) return false;
    return joint.tracksVersion === source.tracksVersion || this.#isUnchanged(source, timed);
  }

  /** A track came or changed: until the next key frame brings it in, the others go on as they were. */
  #isUnchanged(source: Source, { unit, track }: TimedUnit): boolean {
    const startsAnew = !source.hasVideo || (track.kind === "video" && source.mayBeginWith(unit));
    return !startsAnew && this.#tracks !== null && this.#tracks.includes(track);
  }

  /** Splices the source in at this unit, if decoding can start with it. */
  #rejoin(source: Source, { unit, track, epoch }: TimedUnit): boolean {
    const isBeginning = source.hasVideo ? track.kind === "video" && source.mayBeginWith(unit) : unit.isSync;
    if (!isBeginning) return false;
    if (this.#joint !== null && this.#joint.epoch !== epoch) this.#isBroken = true;
    const seconds = unit.dts / track.timescale;
    const reorderSeconds = reorderOf(unit, track);
    const programmeSeconds = this.#endSeconds(source, reorderSeconds, 0);
    this.#begin(source, reorderSeconds, {
      prerollFromSeconds: seconds,
      joinAtSeconds: seconds,
      programmeSeconds,
    });
    return true;
  }

  #begin(source: Source, reorderSeconds: number, joint: ConstructorParameters<typeof TimeMap>[0]): void {
    const tracks = source.tracks;
    const before = this.#tracks;
    const isSame = before !== null && sameTracks(before, tracks);
    if (!isSame) this.#output.setTracks(tracks, before !== null || this.#isBroken);
    else if (this.#isBroken) this.#output.discontinuity();
    this.#output.follow(source);
    if (!isSame) this.#ends.clear();
    this.#tracks = tracks;
    this.#isBroken = false;
    this.#joint = {
      source,
      epoch: source.epoch,
      tracksVersion: source.tracksVersion,
      map: new TimeMap(joint),
      reorderSeconds,
    };
  }

  #emit(unit: AccessUnit, track: Track, arrivalMs: number): void {
    const joint = this.#joint;
    if (joint === null) return;
    const { map } = joint;
    const end = this.#ends.get(track.id);
    const isSound = track.kind === "audio";
    const dts = isSound ? map.atFullLength(unit.dts, track) : map.toProgramme(unit.dts, track);
    if (isSound && !isHeard(dts, end, map.isPreroll(unit.pts, track))) return;
    const placedDts = end === undefined ? Math.max(0, dts) : Math.max(dts, end.dts + 1);
    const pts = isSound ? placedDts : Math.max(placedDts, programmePts(unit, track, joint));
    const { durationTicks } = this.#setEnd(track, placedDts, pts);
    if (track.kind === "video") this.#sourceEndSeconds = (unit.dts + durationTicks) / track.timescale;
    this.#lastArrivalMs = arrivalMs;
    this.#output.push(unitAt(unit, placedDts, pts));
  }

  #setEnd(track: Track, dts: number, pts: number): TrackEnd {
    const { id, timescale } = track;
    const { dts: lastDts, lastPts } = this.#ends.get(id) ?? { dts, lastPts: pts };
    const mostTicks =
      track.kind === "audio" ? usualDurationSeconds(track) * timescale : Number.POSITIVE_INFINITY;
    const durationTicks = Math.min(dts - lastDts, mostTicks);
    const end = { dts, durationTicks, timescale, lastPts: Math.max(lastPts, pts) };
    this.#ends.set(id, end);
    return end;
  }

  /**
   * Encoders on one clock: the instant keeps its place on the programme's time. Null where the source before had no pictures
   * to keep the place of.
   */
  #sameInstantSeconds(before: Joint | null, sourceSeconds: number): number | null {
    const video = before?.source.tracks.find(({ kind }) => kind === "video");
    if (before === null || video === undefined) return null;
    return before.map.toProgramme(Math.round(sourceSeconds * video.timescale), video) / video.timescale;
  }

  /**
   * Where decoding can go on such that the next picture, shown `reorderSeconds` later, comes after all that were shown. Where
   * the tracks stay, sound that is ahead of the last picture is not waited for: it goes on until the incoming source's is due,
   * which is as far ahead of the picture to come as `aheadSeconds` says.
   */
  #endSeconds(source: Source, reorderSeconds: number, aheadSeconds: number): number {
    const isSame = this.#tracks !== null && sameTracks(this.#tracks, source.tracks);
    const mayOverlap = isSame && !this.#isBroken && source.hasVideo;
    const mostSeconds = mayOverlap ? Math.max(MAX_SOUND_AHEAD_SECONDS, aheadSeconds) : 0;
    let seconds = this.#startSeconds;
    for (const [trackId, { dts, durationTicks, timescale, lastPts }] of this.#ends) {
      const isSound = this.#tracks?.find(({ id }) => id === trackId)?.kind === "audio";
      const decodedUntil = (dts + durationTicks) / timescale;
      const shownUntil = (lastPts + durationTicks) / timescale;
      const overlapSeconds = isSound ? mostSeconds : 0;
      seconds = Math.max(seconds, Math.max(decodedUntil, shownUntil - reorderSeconds) - overlapSeconds);
    }
    return seconds;
  }
}

/**
 * At a joint the outgoing source's sound may end before the incoming source's pictures begin, or reach past them: each moment is
 * heard once, to within half a frame.
 */
function isHeard(dts: number, end: TrackEnd | undefined, isPreroll: boolean): boolean {
  return end === undefined ? !isPreroll : dts >= end.dts + Math.max(1, end.durationTicks / 2);
}

/** How much later than decoded the key frame is shown; the pictures decoded next and shown before it take that time. */
function reorderOf(keyFrame: AccessUnit, track: Track | undefined): number {
  return track === undefined ? 0 : (keyFrame.pts - keyFrame.dts) / track.timescale;
}

/** Showing lags decoding by the joint's reordering: what is only decoded keeps its order among the pictures that are seen. */
function programmePts(unit: AccessUnit, track: Track, { map, reorderSeconds }: Joint): number {
  const reorderTicks = Math.round(reorderSeconds * track.timescale);
  return map.toProgramme(unit.pts - reorderTicks, track) + reorderTicks;
}
