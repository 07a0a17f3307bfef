// Access units to cuts: decides where each part and each segment ends, for all renditions of a programme alike.

import type { EncoderPace } from "#media/track/encoder-pace.ts";
import type { AccessUnit, Track } from "#media/track/track.ts";
import { CutRule, type Progress } from "./cut-rule.ts";
import type { OpenSegment } from "./open-segment.ts";
import { PartCutter } from "./part-cutter.ts";
import { ProgramClock } from "./program-clock.ts";
import { type RenditionName, renditionsOf } from "./rendition.ts";
import { RenditionWriter } from "./rendition-writer.ts";
import type { SampleQueue } from "./sample-queue.ts";
import type { Cut, PlaylistTargets, SegmentStart } from "./segment.ts";

/** This much sound without a picture goes on without it: the camera is gone, not late. */
const VIDEO_STALLED_SECONDS = 3;

/** No encoder interleaves its tracks this badly: where a segment would become too long, the sound waits no longer. */
const VIDEO_LATE_SECONDS = 1;

/** No frame of sound is longer: a longer step is sound that is missing, not sound that came without a picture. */
const MAX_SOUND_FRAME_SECONDS = 0.25;

export interface SegmenterOptions {
  /** Segments end at the first key frame from here on. */
  readonly segmentTargetSeconds: number;
  /** What parts last, about: whole frames fill them; 0: a part is a whole segment. */
  readonly partTargetSeconds: number;
  /** What went before, when the segmenter goes on where another one ended. */
  readonly resume?: SegmenterResume;
}

export interface SegmenterResume {
  readonly nextMsn: number;
  readonly nextInitializationId: number;
  /** Null when no segment was complete. */
  readonly targetDurationSeconds: number | null;
  /** Null or left out where no parts were listed. */
  readonly partTargetSeconds?: number | null;
  /** By position; empty when there was no initialization. */
  readonly renditionNames: readonly RenditionName[];
}

const NO_CUTS: readonly Cut[] = [];

export class Segmenter {
  readonly #rule: CutRule;
  readonly #parts: PartCutter;
  #clock = new ProgramClock();
  #renditionNames: readonly RenditionName[];
  #writers: readonly RenditionWriter[] = [];
  #queues: readonly SampleQueue[] = [];
  /** The video track's, or the only track's: whose frames decide where to cut. */
  #lead: SampleQueue | null = null;
  #nextMsn: number;
  #nextInitializationId: number;
  #nextIsDiscontinuous = false;
  #encoder: EncoderPace | null = null;
  /** Sound that came since the last picture: not what its times are ahead, by which encoders may shift it for good. */
  #soundAloneSeconds = 0;
  #cuts: Cut[] = [];

  constructor({ segmentTargetSeconds, partTargetSeconds, resume }: SegmenterOptions) {
    this.#rule = new CutRule(segmentTargetSeconds, resume?.targetDurationSeconds ?? null);
    this.#parts = new PartCutter({
      wantedSeconds: partTargetSeconds,
      maxTargetSeconds: Math.ceil(segmentTargetSeconds),
      targetSeconds: resume?.partTargetSeconds ?? null,
    });
    this.#nextMsn = resume?.nextMsn ?? 0;
    this.#nextInitializationId = resume?.nextInitializationId ?? 0;
    this.#renditionNames = resume?.renditionNames ?? [];
  }

  /** Of the open part, decoding times in seconds: where it begins, and the newest lead frame in it; null where nothing is open. */
  get openPart(): { readonly startSeconds: number; readonly reachedSeconds: number } | null {
    const segment = this.#segment;
    const lead = this.#lead;
    if (segment === null || lead === null) return null;
    const startSeconds = segment.partStartSeconds;
    return { startSeconds, reachedSeconds: Math.max(startSeconds, lead.heldSeconds ?? lead.endSeconds) };
  }

  /** Finishes what is open; what follows needs a new initialization. At least one track, at most one of a kind. */
  setTracks(tracks: readonly Track[], discontinuity: boolean): readonly Cut[] {
    this.#finishSegment();
    const renditions = renditionsOf(tracks, this.#renditionNames);
    this.#renditionNames = renditions.map(({ name }) => name);
    this.#writers = renditions.map((rendition) => new RenditionWriter(rendition.name, rendition.tracks));
    this.#queues = this.#writers.flatMap(({ queues }) => queues);
    this.#lead = this.#queues.find(({ track }) => track.kind === "video") ?? this.#queues[0] ?? null;
    this.#parts.setWriters(this.#writers, this.#lead);
    this.#encoder = null;
    if (discontinuity) this.#breakTime();
    for (const writer of this.#writers) this.#cuts.push(writer.initialize(this.#nextInitializationId));
    this.#nextInitializationId += 1;
    return this.#takeCuts();
  }

  /** Finishes what is open; what follows has the same tracks and another time or content. */
  discontinuity(): readonly Cut[] {
    this.#finishSegment();
    this.#breakTime();
    return this.#takeCuts();
  }

  /**
   * The next unit in decoding order, on the programme's time; it arrived when the server's clock said `wallClockMs`.
   * Until a segment can begin, with a video key frame where there is video, units are dropped.
   */
  push(unit: AccessUnit, wallClockMs: number): readonly Cut[] {
    const queue = this.#queues.find(({ track }) => track.id === unit.trackId);
    if (queue === undefined) return NO_CUTS;
    if (queue === this.#lead) this.#pushLead(queue, unit, wallClockMs);
    else this.#pushFollower(queue, unit, wallClockMs);
    return this.#cuts.length === 0 ? NO_CUTS : this.#takeCuts();
  }

  /**
   * What is pushed from now on, up to the next tracks or the next end, is this encoder's: by its key frames the first segment
   * may be cut early, and its frame rate is that of the segments.
   */
  follow(encoder: EncoderPace): void {
    this.#encoder = encoder;
  }

  /** The server's clock was set: from the next segment on dates are what it says now, be that before the last one's. */
  dateJumped(): void {
    this.#nextIsDiscontinuous = true;
    this.#clock = new ProgramClock();
  }

  /** Nothing follows for now: the open segment is finished, its last samples as long as the ones before. */
  end(): readonly Cut[] {
    this.#finishSegment();
    this.#encoder = null;
    return this.#takeCuts();
  }

  /** The first rendition's, which is the lead track's: the others begin and end with it. */
  get #segment(): OpenSegment | null {
    return this.#writers[0]?.segment ?? null;
  }

  #pushLead(lead: SampleQueue, unit: AccessUnit, wallClockMs: number): void {
    const seconds = unit.dts / lead.track.timescale;
    this.#soundAloneSeconds = 0;
    this.#breakWhereLeadComesBackElsewhere(lead, seconds);
    if (this.#segment !== null) {
      this.#cutBeforeHeld(lead, unit, seconds, wallClockMs);
      lead.push(unit);
      this.#cutBefore(lead, unit, seconds, wallClockMs);
    } else if (
      unit.isSync ||
      (unit.hints?.isRecoveryPoint === true && this.#encoder?.areJoinPointsMissing === true)
    ) {
      lead.push(unit);
      this.#startSegment(seconds, unit.isSync, wallClockMs);
    }
  }

  #pushFollower(queue: SampleQueue, unit: AccessUnit, wallClockMs: number): void {
    if (this.#segment === null) return;
    const stepSeconds = queue.held === null ? 0 : (unit.dts - queue.held.dts) / queue.track.timescale;
    this.#soundAloneSeconds += Math.min(stepSeconds, MAX_SOUND_FRAME_SECONDS);
    queue.push(unit);
    this.#goOnWithoutLead(queue, unit.dts / queue.track.timescale, wallClockMs);
  }

  /** The held frame lasts until `seconds`: where that is more than was expected, the cut comes before it after all. */
  #cutBeforeHeld(lead: SampleQueue, unit: AccessUnit, seconds: number, wallClockMs: number): void {
    const { held, heldSeconds } = lead;
    const segment = this.#segment;
    if (held === null || heldSeconds === null || segment === null) return;
    if (seconds - heldSeconds > this.#rule.maxFrameSeconds) {
      this.#finishSegment();
      this.#breakTime();
      this.#startSegment(seconds, unit.isSync, wallClockMs);
    } else if (
      (lead.length > 0 || segment.partCount > 0) &&
      this.#rule.exceeds(seconds - segment.startSeconds)
    ) {
      this.#closeSegment(heldSeconds);
      this.#startSegment(heldSeconds, held.isSync, wallClockMs);
    } else if (lead.length > 0) {
      this.#cuts.push(...this.#parts.cutBeforeHeld(heldSeconds, seconds));
    }
  }

  /** The frame just pushed begins a segment or a part, or neither. */
  #cutBefore(lead: SampleQueue, unit: AccessUnit, seconds: number, wallClockMs: number): void {
    const progress = this.#progress(lead, unit, seconds);
    if (lead.length === 0 && !this.#hasSoundAlone()) return;
    if ((this.#isCutPoint(unit) && this.#rule.cutsAtKeyFrame(progress)) || this.#rule.mustCut(progress)) {
      this.#closeSegment(seconds);
      this.#startSegment(seconds, unit.isSync, wallClockMs);
    } else {
      this.#cuts.push(...this.#parts.cutBefore(seconds, this.#frameSeconds(lead)));
    }
  }

  /** Segments begin where decoding can; where nothing is known to be of that kind, anywhere. */
  #isCutPoint({ isSync, hints }: AccessUnit): boolean {
    if (isSync || hints?.isRecoveryPoint === true || hints?.isOpenGop === true) return true;
    return this.#encoder?.areJoinPointsMissing === true;
  }

  /** The picture stands still while the sound goes on: from here on the sound's times count. */
  #goOnWithoutLead(queue: SampleQueue, seconds: number, wallClockMs: number): void {
    const lead = this.#lead;
    const segment = this.#segment;
    if (lead === null || segment === null) return;
    const { startSeconds } = segment;
    if (lead.heldSeconds !== null) {
      const aloneSeconds = Math.min(this.#soundAloneSeconds, seconds - lead.heldSeconds);
      const reachedSeconds = lead.heldSeconds + aloneSeconds;
      const isFull = this.#rule.exceeds(reachedSeconds + queue.usualSeconds - startSeconds);
      if (aloneSeconds < (isFull ? VIDEO_LATE_SECONDS : VIDEO_STALLED_SECONDS)) return;
      lead.release();
      const isTooLong = this.#rule.exceeds(reachedSeconds - startSeconds);
      const pictureEnds = Math.min(lead.endSeconds, startSeconds + this.#rule.maxFrameSeconds);
      this.#closeSegment(isTooLong ? pictureEnds : reachedSeconds);
      this.#startWithSound(segment.partStartSeconds, seconds, wallClockMs);
    } else if (this.#rule.exceeds(seconds + queue.usualSeconds - startSeconds)) {
      this.#closeSegment(seconds);
      this.#startSegment(seconds, false, wallClockMs);
    } else {
      this.#cuts.push(...this.#parts.cutBefore(seconds, this.#frameSeconds(queue)));
    }
  }

  /** The next segment goes on where the last one ended, or, where it could not reach from there to the sound, breaks the time. */
  #startWithSound(endedSeconds: number, seconds: number, wallClockMs: number): void {
    const isOutOfReach = this.#rule.exceeds(seconds - endedSeconds);
    if (isOutOfReach) this.#breakTime();
    this.#startSegment(isOutOfReach ? seconds : endedSeconds, false, wallClockMs);
  }

  /** The sound went on alone, and the picture is back where no segment can reach from: a new one begins with its next key frame. */
  #breakWhereLeadComesBackElsewhere(lead: SampleQueue, seconds: number): void {
    if (this.#segment === null || lead.held !== null || lead.length > 0) return;
    const elapsedSeconds = seconds - this.#segment.startSeconds;
    if (elapsedSeconds > -VIDEO_LATE_SECONDS && !this.#rule.exceeds(elapsedSeconds)) return;
    this.#finishSegment();
    this.#breakTime();
  }

  /** Pictures stood still: the open segment is of sound so far. */
  #hasSoundAlone(): boolean {
    return (this.#segment?.partCount ?? 0) > 0 && this.#queues.some((queue) => queue.length > 0);
  }

  /** Before a picture that is only shown on, or where any may be cut at, nothing is cut early: the next one comes soon enough. */
  #progress(lead: SampleQueue, { hints }: AccessUnit, seconds: number): Progress {
    const segment = this.#segment;
    const encoder = this.#encoder;
    const comesAnother = hints?.isFiller === true || encoder?.areJoinPointsMissing === true;
    return {
      elapsedSeconds: segment === null ? 0 : seconds - segment.startSeconds,
      frameSeconds: lead.usualSeconds,
      byteLength: this.#openByteLength(),
      keyFrameIntervalSeconds: comesAnother ? null : (encoder?.keyFrameIntervalSeconds ?? null),
    };
  }

  /** Of all renditions. */
  #openByteLength(): number {
    let byteLength = 0;
    for (const { segment } of this.#writers) byteLength += segment?.byteLength ?? 0;
    return byteLength;
  }

  #startSegment(startSeconds: number, independent: boolean, wallClockMs: number): void {
    const promised = this.#rule.hasPromised ? null : this.#promise();
    const start: SegmentStart = {
      msn: this.#nextMsn,
      initializationId: this.#nextInitializationId - 1,
      discontinuity: this.#nextIsDiscontinuous,
      independent,
      programDateTimeMs: this.#clock.read(startSeconds, wallClockMs),
      ...(promised === null ? {} : { promised }),
    };
    this.#nextMsn += 1;
    this.#nextIsDiscontinuous = false;
    const frameRate = promised === null ? undefined : (this.#encoder?.frameRate ?? null);
    for (const writer of this.#writers) this.#cuts.push(writer.begin(start, startSeconds, frameRate));
  }

  /** What the next frame of this track is expected to last. */
  #frameSeconds({ track, usualSeconds }: SampleQueue): number {
    const frameRate = this.#parts.targetSeconds === null ? (this.#encoder?.frameRate ?? null) : null;
    return track.kind === "audio" || frameRate === null ? usualSeconds : 1 / frameRate;
  }

  #closeSegment(endSeconds: number): void {
    this.#clock.ended(endSeconds);
    this.#cuts.push(...this.#parts.finish(endSeconds));
    if (this.#lead !== null) this.#parts.chooseTarget(this.#frameSeconds(this.#lead));
    for (const writer of this.#writers) {
      const segment = writer.complete(this.#encoder?.frameRate ?? null, (durationSeconds) =>
        this.#targetsAfter(durationSeconds),
      );
      if (segment !== null) this.#cuts.push(segment);
    }
  }

  /**
   * What the playlist that begins here promises, before its first segment tells: where there are parts, and it is known how far
   * the encoder's key frames and frames are apart. Null otherwise.
   */
  #promise(): PlaylistTargets | null {
    const lead = this.#lead;
    const encoder = this.#encoder;
    const intervalSeconds = encoder?.keyFrameIntervalSeconds ?? null;
    const needsNone = lead?.track.kind === "audio" || encoder?.areJoinPointsMissing === true;
    if (lead === null || (intervalSeconds === null && !needsNone)) return null;
    if (lead.track.kind === "video" && (encoder?.frameRate ?? null) === null) return null;
    this.#parts.chooseTarget(this.#frameSeconds(lead));
    if (this.#parts.targetSeconds === null) return null;
    this.#rule.promise(needsNone ? null : intervalSeconds);
    return this.#targetsAfter(0);
  }

  #targetsAfter(durationSeconds: number): PlaylistTargets {
    const keyFrameIntervalSeconds = this.#encoder?.keyFrameIntervalSeconds ?? null;
    const targetDurationSeconds = this.#rule.targetDurationAfter(durationSeconds, keyFrameIntervalSeconds);
    const { targetSeconds } = this.#parts;
    return { targetDurationSeconds, ...(targetSeconds === null ? {} : { partTargetSeconds: targetSeconds }) };
  }

  /** Nothing that was pushed stays behind. */
  #finishSegment(): void {
    if (this.#segment === null) return;
    const isLeading = this.#lead?.held !== null;
    let endSeconds = this.#segment.partStartSeconds;
    for (const writer of this.#writers) writer.release();
    for (const queue of this.#queues) {
      if (queue === this.#lead || !isLeading) endSeconds = Math.max(endSeconds, queue.endSeconds);
    }
    this.#closeSegment(endSeconds);
  }

  #breakTime(): void {
    this.#nextIsDiscontinuous = true;
    this.#clock.restart();
  }

  #takeCuts(): readonly Cut[] {
    const cuts = this.#cuts;
    this.#cuts = [];
    return cuts;
  }
}
