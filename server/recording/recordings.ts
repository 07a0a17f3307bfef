// The recordings on disk: a folder for each livestream, with one file of fragments and one journal.

import { mkdirSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { SpareDescriptors } from "#server/common/spare-descriptors.ts";
import { openAppendFiles } from "./append-files.ts";
import { DiskReserve } from "./disk-reserve.ts";
import type { Footage } from "./footage.ts";
import type { FreeSpace } from "./free-space.ts";
import { HeldBytes } from "./held-bytes.ts";
import type { MovieSource } from "./movie-header.ts";
import { MovieHeaders } from "./movie-headers.ts";
import type { PieceFile } from "./piece.ts";
import { clipMovieSource, movieSource, type RecordedMovie, recordedMovie } from "./recorded-movie.ts";
import { type Recording, type RecordingPaths, readRecording, recordedBytes } from "./recording.ts";
import { MOVIE_HEADER_FILE, RESERVE_FILE, recordingPaths } from "./recording-files.ts";
import { readSoFar, repairRecording } from "./repair.ts";
import { type RecordingReports, ResumableRecorder } from "./resumable-recorder.ts";
import { headerOfStored } from "./stored-movie-header.ts";
import type { StoredRecordings } from "./stored-recordings.ts";
import type { CutRecorder } from "./uploading-recorder.ts";

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
  readonly #movies = new WeakMap<Recording | Footage, Promise<RecordedMovie | null>>();
  readonly #movieHeaders = new MovieHeaders();
  readonly #stored: StoredRecordings | null;
  /** Those that were asked for since this was taken last. */
  #used = new Set<string>();

  /** `folder` holds a folder for each livestream, and is made with the first of them. `stored`: where they go from there. */
  constructor(
    folder: string,
    spares: Pick<SpareDescriptors, "lend"> = { lend: (open) => open() },
    freeSpace: Pick<FreeSpace, "shortage" | "watch" | "wrote" | "ranOut"> = UNWATCHED,
    stored: StoredRecordings | null = null,
  ) {
    this.#folder = folder;
    this.#stored = stored;
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
    return repairRecording(this.paths(livestreamId), leastTargetDurationSeconds);
  }

  /**
   * From the segments in the store, where the disk has lost all of it, or what it began with: resolves to what a person should know,
   * null where nothing is to be done. Not while it is being recorded. `onMove`: before what is on the disk is moved within its file.
   */
  async rebuild(
    livestreamId: string,
    signal: AbortSignal,
    onMove: () => Promise<void> = async () => {},
  ): Promise<string | null> {
    if (this.#stored === null) return null;
    const message = await this.#stored.rebuild(livestreamId, join(this.#folder, livestreamId), {
      signal,
      onMove,
    });
    this.#kept.delete(livestreamId);
    return message;
  }

  /** What is on the disk by now, also of one that is being recorded: the segment that is open is as long as its parts. */
  async soFar(livestreamId: string): Promise<Recording | null> {
    const paths = this.paths(livestreamId);
    if (this.#stored === null || (await Bun.file(paths.media).exists())) return readSoFar(paths);
    return this.finished(livestreamId);
  }

  /** What is on the disk or in the store, as it is, of one that does not change any more: asked for again and again. */
  finished(livestreamId: string): Promise<Recording | null> {
    this.used(livestreamId);
    const recording = this.#kept.get(livestreamId) ?? this.#openToKeep(livestreamId);
    this.#kept.delete(livestreamId);
    this.#kept.set(livestreamId, recording);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return recording;
  }

  /**
   * As one MP4, of one that does not change any more; null without a segment. What it takes is made for the first who asks, and
   * kept beside it.
   */
  movie(recording: Recording): Promise<RecordedMovie | null> {
    const id = basename(dirname(recording.media.file));
    return this.#keptMovie(recording, id, (headerFile) => movieSource(recording, headerFile));
  }

  /** The same of a clip by reference, whose folder is there for as long as it is. */
  clipMovie(clipId: string, footage: Footage): Promise<RecordedMovie | null> {
    return this.#keptMovie(footage, clipId, (headerFile) => clipMovieSource(footage, headerFile));
  }

  /** Goes on where `recording` ended, or begins a new one. */
  record(livestreamId: string, recording: Recording | null, reports: RecordingReports): CutRecorder {
    const paths = this.paths(livestreamId);
    const openFiles = () => {
      mkdirSync(join(this.#folder, livestreamId), { recursive: true });
      this.#reserve.take();
      return this.#reserve.leftBy(openAppendFiles(paths));
    };
    const held = recording === null ? new HeldBytes(paths.media) : recordedBytes(recording);
    const recorder = new ResumableRecorder({
      openFiles: () => this.#spares.lend(openFiles),
      repair: () => this.repair(livestreamId),
      held,
      freeSpace: this.#freeSpace,
      reports,
    });
    return this.#stored === null ? recorder : this.#stored.uploading(livestreamId, recorder, recording);
  }

  /** Whatever is there of it; nothing is no error. */
  async remove(livestreamId: string): Promise<void> {
    this.#kept.delete(livestreamId);
    await this.#movieHeaders.abandon(join(this.#folder, livestreamId, MOVIE_HEADER_FILE));
    await rm(join(this.#folder, livestreamId), { recursive: true, force: true });
    await this.#stored?.remove(livestreamId);
  }

  /** Somebody plays it, or a clip of it. */
  used(livestreamId: string): void {
    if (this.#stored !== null) this.#used.add(livestreamId);
  }

  /** Those that were {@link used} since the last call. */
  takeUsed(): ReadonlySet<string> {
    const used = this.#used;
    this.#used = new Set();
    return used;
  }

  /** What goes to the store of one. */
  archivePaths(livestreamId: string): RecordingPaths & { readonly header: string } {
    return { ...this.paths(livestreamId), header: this.#headerFile(livestreamId) };
  }

  /** The store has it: whoever asks from now on is answered from there, also where the process ends in the middle of this. */
  async leaveDisk(livestreamId: string): Promise<void> {
    this.#kept.delete(livestreamId);
    await rm(this.paths(livestreamId).media, { force: true });
    await rm(join(this.#folder, livestreamId), { recursive: true, force: true });
  }

  /** Where its media file is now. */
  async media(livestreamId: string): Promise<PieceFile> {
    const { media: file } = this.paths(livestreamId);
    if (this.#stored === null || (await Bun.file(file).exists())) return { file };
    return this.#stored.media(livestreamId);
  }

  #headerFile(livestreamId: string): string {
    return join(this.#folder, livestreamId, MOVIE_HEADER_FILE);
  }

  async #keptMovie(
    of: Recording | Footage,
    id: string,
    sourceWith: (headerFile: string) => MovieSource | null,
  ): Promise<RecordedMovie | null> {
    const known = await this.#movies.get(of);
    if (known !== undefined && (known === null || (await isThere(known)))) return known;
    const movie = this.#findMovie(id, sourceWith(this.#headerFile(id)));
    this.#movies.set(of, movie);
    movie.catch(() => this.#movies.delete(of)); // Whoever asked gets the failure; the next tries anew.
    return movie;
  }

  async #findMovie(id: string, source: MovieSource | null): Promise<RecordedMovie | null> {
    if (source === null) return null;
    const { headerFile, pieces } = source;
    const isStored = pieces.some(({ store }) => store !== undefined);
    if (!isStored || this.#stored === null)
      return recordedMovie(source, await this.#movieHeaders.find(source));
    await mkdir(dirname(headerFile), { recursive: true });
    if (!(await Bun.file(headerFile).exists())) await this.#stored.fetchHeader(id, headerFile);
    return recordedMovie(source, await headerOfStored(this.#movieHeaders, source));
  }

  /** What could not be read is tried anew by the next who asks. */
  #openToKeep(livestreamId: string): Promise<Recording | null> {
    const recording = this.#readFinished(livestreamId);
    const forget = (): void => {
      if (this.#kept.get(livestreamId) === recording) this.#kept.delete(livestreamId);
    };
    // Whoever asked gets the failure.
    void recording.catch(forget);
    return recording;
  }

  async #readFinished(livestreamId: string): Promise<Recording | null> {
    const paths = this.paths(livestreamId);
    if (this.#stored === null || (await Bun.file(paths.media).exists())) return readRecording(paths);
    return (await this.#stored.read(livestreamId)) ?? (await readRecording(paths));
  }

  /** Where its files are, whether it has any or not. */
  paths(livestreamId: string): RecordingPaths {
    const folder = join(this.#folder, livestreamId);
    return recordingPaths(folder);
  }
}

/** Somebody may have tidied up in the folder. */
async function isThere({ pieces }: RecordedMovie): Promise<boolean> {
  const files = pieces.map(async ({ file, store }) => store !== undefined || (await Bun.file(file).exists()));
  return (await Promise.all(files)).every((exists) => exists);
}
