// What viewers get: units on the programme's time, cut into segments, and each rendition of them listed, kept and recorded.

import type { PlaylistWindow } from "#media/hls/playlist-window.ts";
import { type RenditionName, renditionsOf } from "#media/hls/rendition.ts";
import type { Cut } from "#media/hls/segment.ts";
import type { Segmenter } from "#media/hls/segmenter.ts";
import type { EncoderPace } from "#media/track/encoder-pace.ts";
import type { AccessUnit, Track } from "#media/track/track.ts";
import type { Clock } from "#server/common/clock.ts";
import { ClockJumps } from "#server/common/clock-jumps.ts";
import type { HeldBytes } from "#server/recording/held-bytes.ts";
import type { ProgrammeInput } from "#server/switching/programme-input.ts";
import { EventText } from "./event-text.ts";
import type { RecordingProgress } from "./recording-progress.ts";
import { ReloadWaiters } from "./reload-waiters.ts";
import type { RtmpFanOut } from "./rtmp-fan-out.ts";

/** Takes every cut, in order, and never makes anybody wait. */
export interface ProgrammeRecorder {
  /** Where the bytes of every cut are. */
  readonly held: HeldBytes;
  write(cut: Cut): void;
  /** Resolves once everything written is where it stays. */
  end(): Promise<void>;
}

type ProgrammeClock = Pick<Clock, "monotonicMs" | "dateOf">;

export class Programme implements ProgrammeInput {
  /** To RTMP players. */
  readonly fanOut: RtmpFanOut;
  /** For what is about to be listed. */
  readonly waiters: ReloadWaiters;
  readonly #segmenter: Segmenter;
  readonly #windows: Map<RenditionName, PlaylistWindow>;
  readonly #openWindow: () => PlaylistWindow;
  /** Of windows that are events. */
  readonly #eventTexts = new Map<PlaylistWindow, EventText>();
  readonly #recorder: ProgrammeRecorder;
  readonly #clock: ProgrammeClock;
  readonly #clockJumps = new ClockJumps();
  readonly #progress: RecordingProgress | null;
  #listedAtMs: number | null = null;
  #hasEnded = false;

  /** `windows`: of renditions there were before; `openWindow`: for one that begins; `progress`: where it is recorded. */
  constructor(options: {
    segmenter: Segmenter;
    windows?: ReadonlyMap<RenditionName, PlaylistWindow>;
    openWindow: () => PlaylistWindow;
    recorder: ProgrammeRecorder;
    fanOut: RtmpFanOut;
    clock: ProgrammeClock;
    progress?: RecordingProgress;
  }) {
    this.#segmenter = options.segmenter;
    this.#windows = new Map(options.windows);
    this.#openWindow = options.openWindow;
    this.#recorder = options.recorder;
    this.fanOut = options.fanOut;
    this.#clock = options.clock;
    this.waiters = new ReloadWaiters(options.clock);
    this.#progress = options.progress ?? null;
    for (const [name, window] of this.#windows) this.#settle(name, window);
  }

  /** How long the recording is by now, its newest frame left out; null where nothing is recorded. */
  get recordedSeconds(): number | null {
    const reachedSeconds = this.#segmenter.openPart?.reachedSeconds;
    if (reachedSeconds !== undefined) return this.recordedSecondsAt(reachedSeconds);
    return this.#progress?.recordedSeconds ?? null;
  }

  /** Where in the recording a time of the programme is that is near to what came last; null where nothing is recorded. */
  recordedSecondsAt(programmeSeconds: number): number | null {
    const startSeconds = this.#segmenter.openPart?.startSeconds ?? programmeSeconds;
    return this.#progress?.secondsAt(programmeSeconds - startSeconds) ?? null;
  }

  /** Whether what comes is recorded. */
  get isRecorded(): boolean {
    return this.#progress?.isRecording ?? false;
  }

  /** By name, what is listed of each rendition; the first one is the lead. */
  get windows(): ReadonlyMap<RenditionName, PlaylistWindow> {
    return this.#windows;
  }

  /** The first rendition's; null before the first unit. */
  get leadWindow(): PlaylistWindow | null {
    const [lead] = this.#windows.values();
    return lead ?? null;
  }

  /** The whole playlist of one of {@link windows} that is an event; null for another. */
  eventText(window: PlaylistWindow): EventText | null {
    return this.#eventTexts.get(window) ?? null;
  }

  /** Where the bytes of what is listed are. */
  get held(): HeldBytes {
    return this.#recorder.held;
  }

  /** When a segment was listed last, by the monotonic clock; null before the first. */
  get listedAtMs(): number | null {
    return this.#listedAtMs;
  }

  /** There is a playlist: a segment is complete. */
  get isListed(): boolean {
    return this.leadWindow !== null && this.leadWindow.targetDurationSeconds !== null;
  }

  /** These tracks would go on with a playlist that there is, or begin the first one. */
  lists(tracks: readonly Track[]): boolean {
    return this.#windows.size === 0 || renditionsOf(tracks, []).every(({ name }) => this.#windows.has(name));
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  setTracks(tracks: readonly Track[], discontinuity: boolean): void {
    this.fanOut.setTracks(tracks);
    this.#deliver(this.#segmenter.setTracks(tracks, discontinuity));
  }

  discontinuity(): void {
    this.#deliver(this.#segmenter.discontinuity());
  }

  push(unit: AccessUnit): void {
    this.fanOut.push(unit);
    const monotonicMs = this.#clock.monotonicMs();
    const dateMs = this.#clock.dateOf(monotonicMs);
    if (this.#clockJumps.hasJumped(monotonicMs, dateMs)) this.#segmenter.dateJumped();
    this.#deliver(this.#segmenter.push(unit, dateMs));
  }

  follow(encoder: EncoderPace): void {
    this.#segmenter.follow(encoder);
  }

  flush(): void {
    this.fanOut.flush();
    this.#deliver(this.#segmenter.end());
  }

  /** The programme is over: its playlists get their ENDLIST. Resolves once the recording is on disk. */
  async end(): Promise<void> {
    this.flush();
    this.#hasEnded = true;
    for (const window of this.#windows.values()) window.end();
    this.waiters.close();
    await this.#recorder.end();
  }

  /** The process ends, not the programme: what is open is closed and recorded, the playlists stay open. */
  async suspend(): Promise<void> {
    this.flush();
    this.waiters.close();
    await this.#recorder.end();
  }

  #deliver(cuts: readonly Cut[]): void {
    for (const cut of cuts) {
      const window = this.#windowOf(cut.rendition);
      window.push(cut);
      this.#recorder.write(cut);
      this.#progress?.follow(cut);
      const { oldestNeeded } = window;
      if (cut.type !== "segment") continue;
      this.#listedAtMs = this.#clock.monotonicMs();
      if (oldestNeeded !== null) this.held.releaseBefore(cut.rendition, oldestNeeded);
      this.#settle(cut.rendition, window);
    }
    if (cuts.length > 0) this.waiters.wake();
  }

  /** An event goes on for as long as the broadcast: what it lists from the recording is no more in memory than need be. */
  #settle(rendition: RenditionName, window: PlaylistWindow): void {
    if (!window.isEvent) return;
    window.settle(({ msn }) => this.held.placeOf(rendition, msn));
    const text = this.#eventTexts.get(window) ?? new EventText(window);
    this.#eventTexts.set(window, text);
    text.takeSettled();
  }

  #windowOf(rendition: RenditionName): PlaylistWindow {
    const known = this.#windows.get(rendition);
    if (known !== undefined) return known;
    const window = this.#openWindow();
    this.#windows.set(rendition, window);
    return window;
  }
}
