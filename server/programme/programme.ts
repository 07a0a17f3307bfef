// What viewers get: units on the programme's time, cut into segments, listed, kept and recorded.

import type { PlaylistWindow } from "#media/hls/playlist-window.ts";
import type { Cut } from "#media/hls/segment.ts";
import type { Segmenter } from "#media/hls/segmenter.ts";
import type { AccessUnit, Track } from "#media/track/track.ts";
import type { Location } from "#server/recording/recorder.ts";
import type { ProgrammeInput } from "#server/switching/programme-input.ts";
import type { RtmpFanOut } from "./rtmp-fan-out.ts";

/** Takes every cut, in order, and never makes anybody wait. */
export interface ProgrammeRecorder {
  write(cut: Cut): void;
  /** Where an initialization lies in the recording, null while it is not on the disk. */
  initialization(id: number): Location | null;
  /** Where a complete segment lies in the recording, null while it is not on the disk. */
  segment(msn: number): Location | null;
  /** Resolves once everything written is where it stays. */
  end(): Promise<void>;
}

export class Programme implements ProgrammeInput {
  readonly window: PlaylistWindow;
  readonly recorder: ProgrammeRecorder;
  /** To RTMP players. */
  readonly fanOut: RtmpFanOut;
  readonly #segmenter: Segmenter;
  readonly #nowMs: () => number;

  constructor(options: {
    segmenter: Segmenter;
    window: PlaylistWindow;
    recorder: ProgrammeRecorder;
    fanOut: RtmpFanOut;
    nowMs: () => number;
  }) {
    this.window = options.window;
    this.#segmenter = options.segmenter;
    this.recorder = options.recorder;
    this.fanOut = options.fanOut;
    this.#nowMs = options.nowMs;
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
    this.#deliver(this.#segmenter.push(unit, this.#nowMs()));
  }

  expectKeyFrames(intervalSeconds: number | null): void {
    this.#segmenter.expectKeyFrames(intervalSeconds);
  }

  flush(): void {
    this.fanOut.flush();
    this.#deliver(this.#segmenter.end());
  }

  /** The programme is over: the playlist gets its ENDLIST. Resolves once the recording is on disk. */
  async end(): Promise<void> {
    this.flush();
    this.window.end();
    await this.recorder.end();
  }

  /** The process ends, not the programme: what is open is closed and recorded, the playlist stays open. */
  async suspend(): Promise<void> {
    this.flush();
    await this.recorder.end();
  }

  #deliver(cuts: Iterable<Cut>): void {
    for (const cut of cuts) {
      this.window.push(cut);
      this.recorder.write(cut);
      if (cut.type === "part") this.window.release((msn) => this.recorder.segment(msn) !== null);
    }
  }
}
