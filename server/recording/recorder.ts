// Cuts to disk, as they are made: the viewers' very bytes into one file, and into the journal what they are.

import { setTimeout as after } from "node:timers/promises";
import type { Cut, Initialization } from "#media/hls/segment.ts";
import type { AppendFiles, RecordingFile } from "./append-files.ts";
import { encodeJournalLine, type JournalEntry, type RecordedTrack } from "./journal.ts";
import type { Recording } from "./recording.ts";

/** A disk that lets this much pile up, tens of seconds of any stream, does not keep up. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

/** Whoever ends a recording waits no longer for a disk that takes nothing; together with all else it stays below ten seconds. */
const END_DEADLINE_MS = 5000;

/** Where something lies in the file of fragments. */
export interface Location {
  readonly offset: number;
  readonly byteLength: number;
}

interface Waiting {
  readonly file: RecordingFile;
  readonly bytes: Uint8Array;
}

export interface RecorderOptions {
  /** Throws when there can be no recording. */
  readonly openFiles: () => AppendFiles;
  /** What the files hold already, null for new ones. */
  readonly recording: Recording | null;
  /** The recording has stopped for good, the broadcast goes on; called once. */
  readonly onFailure: (message: string) => void;
  readonly endDeadlineMs?: number;
}

export class Recorder {
  readonly #onFailure: (message: string) => void;
  readonly #endDeadlineMs: number;
  readonly #files: AppendFiles | null;
  readonly #initializations = new Map<number, Location>();
  readonly #segments = new Map<number, Location>();
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #mediaLength = 0;
  #writtenLength = 0;
  #segmentOffset = 0;
  #hasFailed = false;
  #writing: Promise<void> | null = null;
  #ending: Promise<void> | null = null;

  constructor({ openFiles, recording, onFailure, endDeadlineMs = END_DEADLINE_MS }: RecorderOptions) {
    this.#endDeadlineMs = endDeadlineMs;
    this.#onFailure = onFailure;
    this.#files = this.#attempt(openFiles);
    this.#mediaLength = this.#files?.mediaLength ?? 0;
    this.#writtenLength = this.#mediaLength;
    for (const { id, offset, byteLength } of recording?.initializations ?? []) {
      this.#initializations.set(id, { offset, byteLength });
    }
    for (const { msn, offset, byteLength } of recording?.segments ?? []) {
      this.#segments.set(msn, { offset, byteLength });
    }
  }

  /** Never waits and never throws: what cannot be written ends the recording, not the broadcast. */
  write(cut: Cut): void {
    if (this.#hasFailed) return;
    switch (cut.type) {
      case "initialization":
        this.#writeInitialization(cut.initialization);
        break;
      case "segment-start":
        this.#segmentOffset = this.#mediaLength;
        this.#journal({ type: "segment-start", ...cut.start, offset: this.#mediaLength });
        break;
      case "part":
        this.#media(cut.part.bytes);
        break;
      case "segment": {
        const { msn, durationSeconds, byteLength, partCount, frameCount } = cut.segment;
        const { targetDurationSeconds } = cut;
        const facts = { msn, durationSeconds, byteLength, partCount, frameCount, targetDurationSeconds };
        this.#journal({ type: "segment-end", ...facts });
        this.#segments.set(msn, { offset: this.#segmentOffset, byteLength });
      }
    }
    if (this.#waitingBytes > MAX_WAITING_BYTES) this.#fail(`the disk is ${this.#waitingBytes} bytes behind`);
    else this.#writing ??= this.#writeAll();
  }

  /** Where an initialization can be read, null while it cannot. */
  initialization(id: number): Location | null {
    return this.#written(this.#initializations.get(id));
  }

  /** Where a complete segment can be read, null while it cannot. */
  segment(msn: number): Location | null {
    return this.#written(this.#segments.get(msn));
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
    try {
      await this.#files?.close();
    } catch (error) {
      this.#fail(messageOf(error));
    }
  }

  #written(location: Location | undefined): Location | null {
    if (location === undefined || location.offset + location.byteLength > this.#writtenLength) return null;
    return location;
  }

  #writeInitialization({ id, bytes, tracks }: Initialization): void {
    const location = { offset: this.#mediaLength, byteLength: bytes.byteLength };
    this.#initializations.set(id, location);
    this.#media(bytes);
    this.#journal({ type: "initialization", id, ...location, tracks: tracks.map(recordedTrack) });
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
        this.#waitingBytes -= byteLength;
        if (file === "media") this.#writtenLength += byteLength;
      }
    } catch (error) {
      this.#fail(messageOf(error));
    } finally {
      this.#writing = null;
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
      this.#fail(messageOf(error));
      return null;
    }
  }

  #fail(message: string): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#onFailure(message);
  }
}

function recordedTrack(
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

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
