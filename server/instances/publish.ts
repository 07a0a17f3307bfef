// One stay of one encoder: its tracks, and its units put on one timeline and kept back to the last key frame.

import { JoinPoints } from "#media/track/join-points.ts";
import { Timeline } from "#media/track/timeline.ts";
import type { AccessUnit, EncodedUnit, Track, TrackKind } from "#media/track/track.ts";
import type { InstanceName } from "#openapi/names.ts";
import { Advice, type AnnouncedBitrates, type CutTargets } from "./advice.ts";
import { type CachedUnit, GopCache } from "./gop-cache.ts";
import { Health, type Judgement } from "./health.ts";
import { IngestFigures } from "./ingest-figures.ts";

/**
 * How long a publish with only one kind of track is waited for to show the other. Encoders send both sequence headers
 * within the first frames; one that comes later than this starts a new initialization instead of holding up the rest.
 */
const TRACK_SETTLING_SECONDS = 1;

/** Share of each new offset in the average: about thirty units, half a second, decide it. */
const CLOCK_SMOOTHING = 0.03;

/**
 * Sound from this long before a key frame is kept with it: the outgoing source's may have ended that much earlier than its last
 * picture does, which lasts a second where pictures are slides.
 */
const SOUND_BEFORE_PICTURE_SECONDS = 1.2;

/** Where there are recovery points only, those who join decode no more than this before they see something. */
const RECOVERY_GOP_SECONDS = 10;

/** It is seen at the second recovery point without anything better, and gone with the first picture that is. */
const NO_JOIN_POINT =
  "There is no picture that decoding can begin with, so that who comes late, and a switch to this input, see damage at first: " +
  "set closed GOPs and a key frame interval of 2 s, without intra refresh.";

/** In the order that problems are told in. */
const KINDS: readonly TrackKind[] = ["video", "audio"];

export interface TimedUnit {
  readonly unit: AccessUnit;
  readonly track: Track;
  /** Rises when the encoder's clock jumped: time before and after cannot be compared. */
  readonly epoch: number;
}

export class Publish {
  readonly instance: InstanceName;
  readonly figures: IngestFigures;
  readonly #health: Health;
  readonly #advice: Advice;
  readonly #gop: GopCache;
  readonly #tracks = new Map<number, Track>();
  readonly #timeline = new Timeline();
  readonly #joinPoints = new JoinPoints();
  #gopSinceSeconds = Number.NEGATIVE_INFINITY;
  #joinIntervalSeconds: number | null = null;
  #tracksVersion = 0;
  #epoch = 0;
  #firstUnitSeconds: number | null = null;
  #latestUnitSeconds = 0;
  #clockOffsetMs: number | null = null;
  /** What of each kind cannot be used, and what to change. */
  readonly #problems = new Map<TrackKind, string>();

  /** `hasOther`: its livestream has another instance, and who goes over to this one may need what came before its last key frame. */
  constructor(instance: InstanceName, nowMs: number, targets: CutTargets, hasOther: boolean) {
    this.instance = instance;
    this.#gop = new GopCache({ keepsPrevious: hasOther });
    this.figures = new IngestFigures(nowMs);
    this.#health = new Health(nowMs);
    this.#advice = new Advice(targets, this.figures);
  }

  get tracks(): readonly Track[] {
    return [...this.#tracks.values()].sort((a, b) => a.id - b.id);
  }

  /** Rises with every track that came or changed. */
  get tracksVersion(): number {
    return this.#tracksVersion;
  }

  get hasVideo(): boolean {
    return this.#hasKind("video");
  }

  get timestampRepairs(): number {
    return this.#timeline.repairs;
  }

  /** Server's clock minus the encoder's, smoothed: equal for two encoders that run on one clock and the same way here. */
  get clockOffsetMs(): number | null {
    return this.#clockOffsetMs;
  }

  get epoch(): number {
    return this.#epoch;
  }

  get keyFrameIntervalSeconds(): number | null {
    return this.figures.keyFrameIntervalSeconds;
  }

  /** The newest video key frame that decoding can begin with, null while there is none. */
  get keyFrame(): AccessUnit | null {
    const first = this.#gop.units[0]?.unit;
    return first?.isSync === true ? first : null;
  }

  /** Between the last two pictures that began what is kept; null before the second. */
  get joinIntervalSeconds(): number | null {
    return this.#joinIntervalSeconds;
  }

  get areJoinPointsMissing(): boolean {
    return this.#joinPoints.areMissing;
  }

  mayBeginWith({ isSync, hints }: AccessUnit): boolean {
    return isSync || (hints?.isRecoveryPoint === true && this.areJoinPointsMissing);
  }

  get frameRate(): number | null {
    return this.figures.frameRate;
  }

  /** As {@link GopCache.unitsFrom}. */
  unitsFrom(reaches: (keyFrame: CachedUnit) => boolean): readonly CachedUnit[] {
    return this.#gop.unitsFrom(reaches);
  }

  judge(nowMs: number): Judgement {
    return this.#health.judge(nowMs);
  }

  /** What would make it better, a sentence each. */
  get advice(): readonly string[] {
    return this.areJoinPointsMissing ? [NO_JOIN_POINT, ...this.#advice.sentences] : this.#advice.sentences;
  }

  /** By kind, without what is a fault, too. */
  get adviceByKind(): ReadonlyMap<string, string> {
    return this.#advice.sentencesByKind;
  }

  /** As {@link Advice.announced}. */
  announced(bitrates: AnnouncedBitrates): void {
    this.#advice.announced(bitrates);
  }

  /** Why what arrives cannot be used, or not wholly; null where there is nothing wrong. */
  get problem(): string | null {
    const sentences = KINDS.flatMap((kind) => this.#problems.get(kind) ?? []);
    return sentences.length === 0 ? null : sentences.join(" ");
  }

  /** Of this kind nothing that comes can be used, and `problem` says what to change; null: it can be used again. */
  unusable(kind: TrackKind, problem: string | null): void {
    if (problem === null) this.#problems.delete(kind);
    else this.#problems.set(kind, problem);
  }

  /** Milliseconds since the last unit of any kind. */
  mediaAgeMs(nowMs: number): number {
    return this.#health.mediaAgeMs(nowMs);
  }

  /** Somebody could start watching here: the tracks are known and there is a unit to decode from. */
  get isReady(): boolean {
    if (this.hasVideo) return this.#gop.units.length > 0 && (this.#hasKind("audio") || this.#isSettled());
    return this.#isSettled();
  }

  /** A track that is new, or whose configuration changed. */
  setTrack(track: Track): void {
    if (this.#tracks.has(track.id)) this.#gop.clear();
    if (track.kind === "video") this.figures.pictureChanged(track.configuration.frameRate);
    this.#health.trackChanged(track.kind);
    this.#tracks.set(track.id, track);
    this.#timeline.addTrack(track);
    this.#tracksVersion += 1;
  }

  /** The unit of a track that was set, where it belongs in time. */
  push(encoded: EncodedUnit, nowMs: number): TimedUnit {
    const track = this.#tracks.get(encoded.trackId);
    if (track === undefined) throw new Error(`unit of track ${encoded.trackId}, which was never set`);
    const { unit, epoch, repaired } = this.#timeline.place(encoded);
    if (repaired) this.#health.repaired(nowMs);
    if (epoch !== this.#epoch) this.#beginEpoch(epoch);
    const seconds = unit.dts / track.timescale;
    this.#firstUnitSeconds ??= seconds;
    this.#latestUnitSeconds = seconds;
    this.#measure(unit, track, nowMs, seconds);
    if (track.kind === "video" && this.#beginsGop(unit, seconds)) {
      const sinceSeconds = seconds - this.#gopSinceSeconds;
      this.#joinIntervalSeconds = Number.isFinite(sinceSeconds) ? sinceSeconds : null;
      this.#gopSinceSeconds = seconds;
      this.#gop.begin(unit, nowMs, (earlier) => this.#isSoundFrom(seconds, earlier));
    } else {
      this.#gop.push(unit, nowMs);
    }
    return { unit, track, epoch };
  }

  /** A picture that is right from the start is worth a while of decoding; a recovery point is not right at first. */
  #beginsGop(unit: AccessUnit, seconds: number): boolean {
    if (!this.#joinPoints.push(unit)) return false;
    const isKept = this.#gop.units.length > 0 && seconds - this.#gopSinceSeconds < RECOVERY_GOP_SECONDS;
    return unit.isSync || !isKept;
  }

  #isSoundFrom(seconds: number, { trackId, pts }: AccessUnit): boolean {
    const track = this.#tracks.get(trackId);
    return track?.kind === "audio" && pts >= (seconds - SOUND_BEFORE_PICTURE_SECONDS) * track.timescale;
  }

  #measure(unit: AccessUnit, track: Track, nowMs: number, seconds: number): void {
    const offsetMs = nowMs - seconds * 1000;
    this.#clockOffsetMs =
      this.#clockOffsetMs === null
        ? offsetMs
        : this.#clockOffsetMs + (offsetMs - this.#clockOffsetMs) * CLOCK_SMOOTHING;
    if (unit.hints?.isFiller === true) return;
    const { byteLength } = unit.data;
    if (track.kind === "video") {
      const ptsSeconds = unit.pts / track.timescale;
      const isOpenGop = unit.hints?.isOpenGop === true;
      this.#advice.video({ isSync: unit.isSync, isOpenGop, dtsSeconds: seconds, ptsSeconds }, nowMs);
      this.figures.video(byteLength, unit.isSync || isOpenGop, seconds, nowMs);
      this.#health.video(byteLength, unit, nowMs);
    } else {
      this.#advice.audio(seconds, nowMs);
      this.figures.audio(byteLength, nowMs);
      this.#health.audio(byteLength, nowMs);
    }
  }

  #beginEpoch(epoch: number): void {
    this.#epoch = epoch;
    this.#gop.clear();
    this.#gopSinceSeconds = Number.NEGATIVE_INFINITY;
    this.#joinPoints.reset();
    this.#health.clockJumped();
    this.figures.clockJumped();
    this.#advice.clockJumped();
    this.#firstUnitSeconds = null;
    this.#clockOffsetMs = null;
  }

  #isSettled(): boolean {
    return (
      this.#firstUnitSeconds !== null &&
      this.#latestUnitSeconds - this.#firstUnitSeconds >= TRACK_SETTLING_SECONDS
    );
  }

  #hasKind(kind: TrackKind): boolean {
    for (const track of this.#tracks.values()) if (track.kind === kind) return true;
    return false;
  }
}
