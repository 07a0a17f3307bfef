// A recorder that stops while the disk has no room, and goes on when it has: the broadcast never waits for either.
//
// Stopped, it writes what was cut, unless that is much, then the files are closed. Before it goes on the
// recording is repaired, as after a crash, so that whatever a full disk tore is cut off; it begins with the next segment, whose
// line in the journal says how much is missing.

import { setTimeout as after } from "node:timers/promises";
import type { RenditionName } from "#media/hls/rendition.ts";
import type { Cut } from "#media/hls/segment.ts";
import { messageOf } from "#server/common/failure.ts";
import { diskTroubleOf } from "#server/store/disk-trouble.ts";
import type { AppendFiles } from "./append-files.ts";
import type { FreeSpace } from "./free-space.ts";
import type { HeldBytes } from "./held-bytes.ts";
import type { RecordedGap } from "./journal.ts";
import { Recorder } from "./recorder.ts";
import type { Recording } from "./recording.ts";

export interface RecordingReports {
  /** Nothing is recorded from here on, the broadcast goes on. */
  stopped(reason: string): void;
  /** The recording goes on, behind a gap. */
  resumed(gap: RecordedGap): void;
}

export interface ResumableRecorderOptions {
  /** Throws when there can be no recording. */
  readonly openFiles: () => AppendFiles;
  /** What the disk has of it now; nobody writes meanwhile. */
  readonly repair: () => Promise<Recording | null>;
  readonly held: HeldBytes;
  readonly freeSpace: Pick<FreeSpace, "shortage" | "watch" | "wrote" | "ranOut">;
  readonly reports: RecordingReports;
}

/** `off`: for good. `resumable`: its files are open, and it goes on with the next segment. */
type State = "recording" | "stopped" | "resumable" | "off";

type InitializationCut = Cut & { readonly type: "initialization" };
type SegmentStartCut = Cut & { readonly type: "segment-start" };

/** Whoever ends a recording waits no longer for a stretch that is being closed or made ready. */
const TURN_DEADLINE_MS = 5000;

export class ResumableRecorder {
  readonly held: HeldBytes;
  readonly #options: ResumableRecorderOptions;
  readonly #unwatch: () => void;
  #state: State = "recording";
  #stretch: Recorder | null = null;
  #reason = "";
  /** Programme time that was not recorded since it stopped. */
  #missedSeconds = 0;
  #lead: RenditionName | null = null;
  /** The newest of each rendition: what the next segment needs, and the file may not have. */
  readonly #initializations = new Map<RenditionName, InitializationCut>();
  /** Whatever is being closed or made ready, in order. It does not reject. */
  #turning: Promise<void> = Promise.resolve();
  /** Those of the initializations that the file has, as far as the stretch before left them. */
  #recorded: Recording | null = null;
  #resumedMsn: number | null = null;
  #isEnding = false;

  constructor(options: ResumableRecorderOptions) {
    this.#options = options;
    this.held = options.held;
    this.#unwatch = options.freeSpace.watch((shortage) => {
      if (shortage === null) this.#makeReady();
      else this.#stop(shortage);
    });
    const { shortage } = options.freeSpace;
    if (shortage === null) this.#stretch = this.#open();
    else this.#stop(shortage);
  }

  /** Never waits and never throws: what cannot be written stops the recording, not the broadcast. */
  write(cut: Cut): void {
    this.#lead ??= cut.rendition;
    if (cut.type === "initialization") this.#initializations.set(cut.rendition, cut);
    if (cut.type === "segment-start") this.#begin(cut);
    else this.#pass(cut);
  }

  /** Resolves once everything that was recorded is on the disk, or the disk takes too long. */
  async end(): Promise<void> {
    this.#isEnding = true;
    this.#unwatch();
    await Promise.race([this.#turning, after(TURN_DEADLINE_MS, undefined, { ref: false })]);
    await this.#stretch?.end();
  }

  #begin(cut: SegmentStartCut): void {
    const isFirst = this.#state === "resumable" && cut.rendition === this.#lead;
    if (isFirst) this.#resume(cut);
    else if (cut.start.msn === this.#resumedMsn) this.#pass(behindGap(cut));
    else this.#pass(cut);
  }

  #pass(cut: Cut): void {
    if (this.#state === "recording" && this.#stretch !== null) {
      this.#stretch.write(cut);
      return;
    }
    this.held.push(cut, null);
    if (cut.rendition !== this.#lead) return;
    if (cut.type === "part") this.#missedSeconds += cut.part.durationSeconds;
    if (cut.type === "gap") this.#missedSeconds += cut.gap.durationSeconds;
  }

  #resume(cut: SegmentStartCut): void {
    const gap: RecordedGap = { reason: this.#reason, seconds: this.#missedSeconds };
    this.#state = "recording";
    this.#resumedMsn = cut.start.msn;
    for (const each of this.#initializations.values()) if (!this.#has(each)) this.#stretch?.write(each);
    this.#stretch?.write(behindGap(cut), gap);
    this.#options.reports.resumed(gap);
  }

  #has({ rendition, initialization: { id } }: InitializationCut): boolean {
    const recorded = this.#recorded?.renditions.find(({ name }) => name === rendition);
    return recorded?.initializations.some((each) => each.id === id) ?? false;
  }

  #open(): Recorder {
    const { openFiles, held, freeSpace } = this.#options;
    return new Recorder({
      openFiles,
      held,
      onWritten: (byteLength) => freeSpace.wrote(byteLength),
      onFailure: (message, isDiskFull) => this.#fail(message, isDiskFull),
    });
  }

  #fail(message: string, isDiskFull: boolean): void {
    this.#stop(message);
    if (isDiskFull) this.#options.freeSpace.ranOut(message);
    else this.#state = "off";
  }

  #stop(reason: string): void {
    const isNew = this.#state === "recording";
    if (!isNew && this.#state !== "resumable") return;
    this.#state = "stopped";
    const stretch = this.#stretch;
    this.#stretch = null;
    this.#turning = this.#turning.then(() => stretch?.stop());
    if (!isNew) return;
    this.#reason = reason;
    this.#missedSeconds = 0;
    this.#options.reports.stopped(reason);
  }

  #makeReady(): void {
    this.#turning = this.#turning.then(() => this.#reopen());
  }

  async #reopen(): Promise<void> {
    if (!this.#mayReopen()) return;
    try {
      const recording = await this.#options.repair();
      if (!this.#mayReopen()) return;
      this.#recorded = recording;
      const stretch = this.#open();
      if (stretch.hasFailed) return;
      this.#stretch = stretch;
      this.#state = "resumable";
    } catch (error) {
      const message = `the recording cannot go on: ${messageOf(error)}`;
      this.#options.reports.stopped(message);
      this.#fail(message, diskTroubleOf(error) === "disk_full");
    }
  }

  #mayReopen(): boolean {
    return this.#state === "stopped" && !this.#isEnding && this.#options.freeSpace.shortage === null;
  }
}

/** The first segment that is recorded again: what is before it in the file does not lead up to it. */
function behindGap(cut: SegmentStartCut): SegmentStartCut {
  return { ...cut, start: { ...cut.start, discontinuity: true } };
}
