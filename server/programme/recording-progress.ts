// Follows the cuts of a programme that is recorded: how long the recording is by now, and where time breaks.

import type { RenditionName } from "#media/hls/rendition.ts";
import type { Cut } from "#media/hls/segment.ts";

/** What a cut adds to a programme's time. */
export function partSeconds(cut: Cut): number {
  if (cut.type === "part") return cut.part.durationSeconds;
  return cut.type === "gap" ? cut.gap.durationSeconds : 0;
}

export interface RecordingProgressOptions {
  /** What the recording holds already. */
  readonly recordedSeconds: number;
  /** The segment with this media sequence number, so far into the recording, begins with a discontinuity. */
  readonly onDiscontinuity: (msn: number, recordedSeconds: number) => void;
}

export class RecordingProgress {
  readonly #onDiscontinuity: RecordingProgressOptions["onDiscontinuity"];
  #lead: RenditionName | null = null;
  #recordedSeconds: number;
  #isRecording = true;

  constructor({ recordedSeconds, onDiscontinuity }: RecordingProgressOptions) {
    this.#recordedSeconds = recordedSeconds;
    this.#onDiscontinuity = onDiscontinuity;
  }

  /** To the end of the last part. */
  get recordedSeconds(): number {
    return this.#recordedSeconds;
  }

  /** Where in the recording is what comes so long after the end of the last part, or before it. */
  secondsAt(sinceLastPart: number): number {
    return this.#isRecording ? Math.max(0, this.#recordedSeconds + sinceLastPart) : this.#recordedSeconds;
  }

  get isRecording(): boolean {
    return this.#isRecording;
  }

  /** Every cut, in order; all renditions are as long as the first one. */
  follow(cut: Cut): void {
    this.#lead ??= cut.rendition;
    if (cut.rendition !== this.#lead) return;
    if (this.#isRecording) this.#recordedSeconds += partSeconds(cut);
    if (cut.type === "segment-start" && cut.start.discontinuity) {
      this.#onDiscontinuity(cut.start.msn, this.#recordedSeconds);
    }
  }

  /** Nothing is recorded: what happens from now on happens at the end of the recording. */
  stop(): void {
    this.#isRecording = false;
  }

  /** What follows is recorded again. */
  resume(): void {
    this.#isRecording = true;
  }
}
