// Cuts to disk, as they are made: the viewers' very bytes into one file, and into the journal what they are.

import { setTimeout as after } from "node:timers/promises";
import { crc32 } from "node:zlib";
import type { RenditionName } from "#media/hls/rendition.ts";
import type { Cut, Initialization } from "#media/hls/segment.ts";
import { messageOf } from "#server/common/failure.ts";
import { diskTroubleOf } from "#server/store/disk-trouble.ts";
import type { AppendFiles, RecordingFile } from "./append-files.ts";
import type { HeldBytes } from "./held-bytes.ts";
import {
  encodeJournalLine,
  encodeJournalVersion,
  type JournalEntry,
  type RecordedGap,
  type RecordedPart,
  type RecordedTrack,
} from "./journal.ts";

/** A disk that lets this much pile up, tens of seconds of any stream, does not keep up. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

/** Whoever ends a recording waits no longer for a disk that takes nothing; together with all else it stays below ten seconds. */
const END_DEADLINE_MS = 5000;

/** Segments that end this long after the disk was last told to keep everything have it told again: a power cut takes no more. */
const SYNC_SECONDS = 5;

/** A second of any stream or two; a disk that runs short is not given tens of megabytes more. */
const MAX_DRAINED_BYTES = 4 * 1024 * 1024;

interface Waiting {
  readonly file: RecordingFile;
  readonly bytes: Uint8Array;
}

export interface RecorderOptions {
  /** Throws when there can be no recording. */
  readonly openFiles: () => AppendFiles;
  /** Told of every cut, and of how far the file is written. */
  readonly held: HeldBytes;
  /** The file has this many bytes more. */
  readonly onWritten: (byteLength: number) => void;
  /** Nothing more is written, the broadcast goes on; called once. */
  readonly onFailure: (message: string, isDiskFull: boolean) => void;
  readonly endDeadlineMs?: number;
}

export class Recorder {
  readonly #onWritten: RecorderOptions["onWritten"];
  readonly #onFailure: RecorderOptions["onFailure"];
  readonly #endDeadlineMs: number;
  readonly #files: AppendFiles | null;
  readonly held: HeldBytes;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #mediaLength = 0;
  #writtenLength = 0;
  /** Programme time since the disk was last told to keep what it has. */
  #unsyncedSeconds = 0;
  #syncing: Promise<void> | null = null;
  /** By rendition, the parts of the segment that is not complete. */
  readonly #openParts = new Map<RenditionName, RecordedPart[]>();
  #hasFailed = false;
  #writing: Promise<void> | null = null;
  #closing: Promise<void> | null = null;
  #ending: Promise<void> | null = null;

  constructor({ openFiles, held, endDeadlineMs = END_DEADLINE_MS, ...told }: RecorderOptions) {
    this.held = held;
    this.#endDeadlineMs = endDeadlineMs;
    this.#onWritten = told.onWritten;
    this.#onFailure = told.onFailure;
    this.#files = this.#attempt(openFiles);
    this.#mediaLength = this.#files?.mediaLength ?? 0;
    this.#writtenLength = this.#mediaLength;
    if (this.#files !== null) held.recordedFrom(this.#mediaLength);
    if (this.#files?.journalLength === 0) this.#enqueue({ file: "journal", bytes: encodeJournalVersion() });
  }

  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /**
   * Never waits and never throws: what cannot be written ends the recording, not the broadcast. `gap`: what is missing
   * before the segment that begins.
   */
  write(cut: Cut, gap: RecordedGap | null = null): void {
    this.held.push(cut, this.#hasFailed ? null : this.#record(cut, gap));
    if (this.#hasFailed) return;
    if (this.#waitingBytes > MAX_WAITING_BYTES) this.#fail(`the disk is ${this.#waitingBytes} bytes behind`);
    else this.#writing ??= this.#writeAll();
  }

  /** The disk runs short: as {@link end}, but a disk that is far behind gets no more than what it is being given. */
  stop(): Promise<void> {
    if (this.#waitingBytes > MAX_DRAINED_BYTES) {
      this.#waiting = [];
      this.#waitingBytes = 0;
      this.held.recordingEnded();
    }
    return this.end();
  }

  /** Resolves once everything is on the disk. */
  end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    await Promise.race([this.#writing, after(this.#endDeadlineMs, undefined, { ref: false })]);
    if (this.#writing !== null) {
      this.#fail(`the disk took no more at the end, with ${this.#waitingBytes} bytes to go`);
      return;
    }
    await this.#close();
  }

  /** The descriptors are given back on every path, once the write that is on its way has come back. */
  #close(): Promise<void> {
    this.#closing ??= this.#closeFiles();
    return this.#closing;
  }

  async #closeFiles(): Promise<void> {
    await this.#writing;
    await this.#syncing;
    try {
      await this.#files?.close();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Where the file will have the bytes of the cut, or, where there are none, what comes next. */
  #record(cut: Cut, gap: RecordedGap | null): number {
    const offset = this.#mediaLength;
    const { rendition } = cut;
    switch (cut.type) {
      case "initialization": {
        const { id, bytes, tracks } = cut.initialization;
        const { byteLength } = bytes;
        this.#media(bytes);
        const recordedTracks = tracks.map(recordedTrack);
        const place = { id, offset, byteLength, crc32: crc32(bytes) };
        this.#journal({ type: "initialization", rendition, ...place, tracks: recordedTracks });
        break;
      }
      case "segment-start":
        this.#openParts.set(rendition, []);
        this.#journal({
          ...{ type: "segment-start", rendition, ...cut.start, offset },
          ...(gap === null ? {} : { gap }),
        });
        break;
      case "part": {
        const { bytes } = cut.part;
        this.#openParts.get(rendition)?.push([offset, bytes.byteLength, crc32(bytes)]);
        this.#media(bytes);
        break;
      }
      case "segment": {
        const { msn, durationSeconds, byteLength, partCount, frameRate } = cut.segment;
        const { targetDurationSeconds, partTargetSeconds } = cut;
        const parts = this.#openParts.get(rendition) ?? [];
        const facts = {
          msn,
          durationSeconds,
          byteLength,
          partCount,
          frameRate,
          targetDurationSeconds,
          ...(partTargetSeconds === undefined ? {} : { partTargetSeconds }),
          parts,
        };
        this.#journal({ type: "segment-end", rendition, ...facts });
        this.#unsyncedSeconds += durationSeconds;
      }
    }
    return offset;
  }

  #media(bytes: Uint8Array): void {
    this.#mediaLength += bytes.byteLength;
    this.#enqueue({ file: "media", bytes });
  }

  #journal(entry: JournalEntry): void {
    this.#enqueue({ file: "journal", bytes: encodeJournalLine(entry) });
  }

  #enqueue(waiting: Waiting): void {
    this.#waiting.push(waiting);
    this.#waitingBytes += waiting.bytes.byteLength;
  }

  /** In the order of their making: a line of the journal never comes before the bytes it speaks of. */
  async #writeAll(): Promise<void> {
    try {
      while (this.#waiting.length > 0 && !this.#hasFailed) {
        const { file, chunks, byteLength } = this.#takeRun();
        await this.#files?.append(file, chunks);
        this.#waitingBytes = Math.max(0, this.#waitingBytes - byteLength);
        if (file !== "media") continue;
        this.#writtenLength += byteLength;
        this.held.written(this.#writtenLength);
        this.#onWritten(byteLength);
      }
      if (this.#unsyncedSeconds >= SYNC_SECONDS) this.#syncing ??= this.#sync();
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#writing = null;
    }
  }

  /** Behind the segment that was written last. Writes go on meanwhile: they do not wait for a slow disk. */
  async #sync(): Promise<void> {
    this.#unsyncedSeconds = 0;
    try {
      await this.#files?.sync();
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#syncing = null;
    }
  }

  /** Everything at the front that goes into one file. */
  #takeRun(): { file: RecordingFile; chunks: Uint8Array[]; byteLength: number } {
    const file = this.#waiting[0]?.file ?? "media";
    const end = this.#waiting.findIndex((waiting) => waiting.file !== file);
    const run = this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
    const chunks = run.map(({ bytes }) => bytes);
    return { file, chunks, byteLength: chunks.reduce((sum, { byteLength }) => sum + byteLength, 0) };
  }

  #attempt(openFiles: () => AppendFiles): AppendFiles | null {
    try {
      return openFiles();
    } catch (error) {
      this.#fail(error);
      return null;
    }
  }

  /** With an error, or why in words. */
  #fail(cause: unknown): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.held.recordingEnded();
    this.#onFailure(messageOf(cause), diskTroubleOf(cause) === "disk_full");
    void this.#close(); // It does not reject, and nobody waits for a disk that failed.
  }
}

/** What a journal says of a track of an initialization. */
export function recordedTrack(
  { kind, timescale, configuration }: Initialization["tracks"][number],
  index: number,
): RecordedTrack {
  const size = kind === "video" ? configuration : null;
  return {
    trackId: index + 1,
    kind,
    timescale,
    codec: configuration.codecString,
    width: size?.width ?? null,
    height: size?.height ?? null,
  };
}
