// The recordings on disk: a folder for each livestream, with one file of fragments and one journal.

import { mkdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { SpareDescriptors } from "#server/common/spare-descriptors.ts";
import { openAppendFiles } from "./append-files.ts";
import { DiskReserve } from "./disk-reserve.ts";
import type { FreeSpace } from "./free-space.ts";
import { HeldBytes } from "./held-bytes.ts";
import { type Recording, type RecordingPaths, readRecording, recordedBytes } from "./recording.ts";
import { RESERVE_FILE, recordingPaths } from "./recording-files.ts";
import { repairRecording } from "./repair.ts";
import { type RecordingReports, ResumableRecorder } from "./resumable-recorder.ts";

/** Recordings whose tables are kept in memory: those that are watched now, and then some. */
const MAX_KEPT = 16;

/** Whoever does not look at the disk records until it is full, and not again. */
const UNWATCHED: Pick<FreeSpace, "shortage" | "watch" | "wrote" | "ranOut"> = {
  shortage: null,
  watch: () => () => undefined,
  wrote: () => undefined,
  ranOut: () => undefined,
};

export class Recordings {
  readonly #folder: string;
  readonly #reserve: DiskReserve;
  readonly #freeSpace: Pick<FreeSpace, "shortage" | "watch" | "wrote" | "ranOut">;
  readonly #spares: Pick<SpareDescriptors, "lend">;
  /** The last used ones, oldest first. */
  readonly #kept = new Map<string, Promise<Recording | null>>();

  /** `folder` holds a folder for each livestream, and is made with the first of them. */
  constructor(
    folder: string,
    spares: Pick<SpareDescriptors, "lend"> = { lend: (open) => open() },
    freeSpace: Pick<FreeSpace, "shortage" | "watch" | "wrote" | "ranOut"> = UNWATCHED,
  ) {
    this.#folder = folder;
    this.#freeSpace = freeSpace;
    this.#spares = spares;
    this.#reserve = new DiskReserve(join(folder, RESERVE_FILE));
  }

  /**
   * What is on the disk, repaired; null when there is nothing. `leastTargetDurationSeconds`: of a playlist that had
   * promised none yet. Not while it is being recorded.
   */
  repair(livestreamId: string, leastTargetDurationSeconds?: number): Promise<Recording | null> {
    this.#kept.delete(livestreamId);
    return repairRecording(this.#paths(livestreamId), leastTargetDurationSeconds);
  }

  /** What is on the disk, as it is, of one that does not change any more: asked for again and again. */
  finished(livestreamId: string): Promise<Recording | null> {
    const recording = this.#kept.get(livestreamId) ?? this.#openToKeep(livestreamId);
    this.#kept.delete(livestreamId);
    this.#kept.set(livestreamId, recording);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return recording;
  }

  /** Goes on where `recording` ended, or begins a new one. */
  record(livestreamId: string, recording: Recording | null, reports: RecordingReports): ResumableRecorder {
    const paths = this.#paths(livestreamId);
    const openFiles = () => {
      mkdirSync(join(this.#folder, livestreamId), { recursive: true });
      this.#reserve.take();
      return this.#reserve.leftBy(openAppendFiles(paths));
    };
    const held = recording === null ? new HeldBytes(paths.media) : recordedBytes(recording);
    return new ResumableRecorder({
      openFiles: () => this.#spares.lend(openFiles),
      repair: () => this.repair(livestreamId),
      held,
      freeSpace: this.#freeSpace,
      reports,
    });
  }

  /** Whatever is there of it; nothing is no error. */
  async remove(livestreamId: string): Promise<void> {
    this.#kept.delete(livestreamId);
    await rm(join(this.#folder, livestreamId), { recursive: true, force: true });
  }

  /** What could not be read is tried anew by the next who asks. */
  #openToKeep(livestreamId: string): Promise<Recording | null> {
    const recording = readRecording(this.#paths(livestreamId));
    const forget = (): void => {
      if (this.#kept.get(livestreamId) === recording) this.#kept.delete(livestreamId);
    };
    // Whoever asked gets the failure.
    void recording.catch(forget);
    return recording;
  }

  #paths(livestreamId: string): RecordingPaths {
    const folder = join(this.#folder, livestreamId);
    return recordingPaths(folder);
  }
}
