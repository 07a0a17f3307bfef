// Recordings in the object store: the same files as on the disk, under the livestream's id.

import { open, stat } from "node:fs/promises";
import { unlessMissing } from "#server/common/failure.ts";
import type { Log } from "#server/common/log.ts";
import type { ObjectStore } from "#server/store/object-store.ts";
import { parseJournal } from "./journal.ts";
import { ListedEntries } from "./listed-entries.ts";
import { type PieceFile, readPiece, streamPieces } from "./piece.ts";
import { describeRecording, type Recording, type RecordingPaths } from "./recording.ts";
import { SegmentUploads, type Upload } from "./segment-uploads.ts";
import { type CutRecorder, UploadingRecorder } from "./uploading-recorder.ts";

/** What is compared at once. */
const COMPARED_BYTES = 8 * 1024 * 1024;

const CONTENT_TYPES = {
  "media.mp4": "video/mp4",
  "journal.ndjson": "application/x-ndjson",
  "download.head": "application/octet-stream",
} as const;

type StoredFile = keyof typeof CONTENT_TYPES;

export interface StoredRecordingsOptions {
  readonly store: ObjectStore;
  /** Resolves after this long, or as soon as the signal is aborted. */
  readonly delay: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly log: Log;
}

export class StoredRecordings {
  readonly #store: ObjectStore;
  readonly #options: StoredRecordingsOptions;

  constructor(options: StoredRecordingsOptions) {
    this.#store = options.store;
    this.#options = options;
  }

  /** The recorder's segments are uploaded as they close, and those of `recording` that the store has not yet. */
  uploading(id: string, recorder: CutRecorder, recording: Recording | null): CutRecorder {
    const uploads = new SegmentUploads({
      livestreamId: id,
      held: recorder.held,
      names: () => this.#segmentNames(id),
      put: (upload, bytes) => this.#writeSegment(id, upload, bytes),
      delay: this.#options.delay,
      log: this.#options.log,
    });
    if (recording !== null) uploads.catchUp(recording);
    return new UploadingRecorder(recorder, uploads);
  }

  /** Where its media file is. */
  media(id: string): PieceFile {
    return { file: keyOf(id, "media.mp4"), store: this.#store };
  }

  /** Null where it is not there, or not all of it. */
  async read(id: string): Promise<Recording | null> {
    const media = this.media(id);
    const journalFile = keyOf(id, "journal.ndjson");
    const [mediaLength, journalLength] = await Promise.all([
      this.#store.byteLengthOf(media.file),
      this.#store.byteLengthOf(journalFile),
    ]);
    if (mediaLength === null || journalLength === null) return null;
    const journal = await this.#store.read(journalFile, 0, journalLength);
    const { entries } = await parseJournal(new TextDecoder().decode(journal));
    return describeRecording(media, new ListedEntries(entries, mediaLength));
  }

  /** The files as they are now, which do not change any more; the journal last: where that is, all is. */
  async write(
    id: string,
    files: RecordingPaths & { readonly header: string },
    signal: AbortSignal,
  ): Promise<void> {
    await this.#writeFile(id, "media.mp4", files.media, signal);
    await this.#writeFile(id, "download.head", files.header, signal);
    await this.#writeFile(id, "journal.ndjson", files.journal, signal);
    await this.#removeSegments(id);
  }

  /** A segment, or an initialization, of a broadcast that goes on. */
  async #writeSegment(id: string, { name, facts }: Upload, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const key = `${id}/${name}`;
    const isNew = await this.#store.putNew(key, bytes, "video/mp4", JSON.stringify(facts));
    if (isNew || (await this.#store.byteLengthOf(key)) === bytes.byteLength) return;
    throw new Error(`${key} is there with other bytes`);
  }

  /** The store has every byte of both. */
  async isSame(id: string, { media, journal }: RecordingPaths, signal: AbortSignal): Promise<boolean> {
    return (
      (await this.#isSameFile(keyOf(id, "journal.ndjson"), journal, signal)) &&
      (await this.#isSameFile(keyOf(id, "media.mp4"), media, signal))
    );
  }

  /** To the disk. False where there is none. */
  fetchHeader(id: string, path: string): Promise<boolean> {
    return this.#fetchFile(keyOf(id, "download.head"), path);
  }

  /** All of it to the disk; its folder is there. False where it is not there, or not all of it. */
  async fetch(
    id: string,
    { media, journal, header }: RecordingPaths & { readonly header: string },
  ): Promise<boolean> {
    if (!(await this.#fetchFile(keyOf(id, "journal.ndjson"), journal))) return false;
    if (!(await this.#fetchFile(keyOf(id, "media.mp4"), media))) return false;
    await this.#fetchFile(keyOf(id, "download.head"), header);
    return true;
  }

  /** Whatever is there of it, also of the time that it was live. */
  async remove(id: string): Promise<void> {
    for await (const { key } of this.#store.list(`${id}/`)) await this.#store.remove(key);
  }

  async #segmentNames(id: string): Promise<ReadonlySet<string>> {
    const objects = await Array.fromAsync(this.#store.list(`${id}/0-`));
    return new Set(objects.map(({ key }) => key.slice(id.length + 1)));
  }

  async #removeSegments(id: string): Promise<void> {
    for await (const { key } of this.#store.list(`${id}/0-`)) await this.#store.remove(key);
  }

  async #writeFile(id: string, name: StoredFile, path: string, signal: AbortSignal): Promise<void> {
    const byteLength = await lengthOf(path);
    if (byteLength === null) return;
    await this.#store.putFile(keyOf(id, name), { path, byteLength }, CONTENT_TYPES[name], signal);
  }

  async #fetchFile(key: string, path: string): Promise<boolean> {
    const byteLength = await this.#store.byteLengthOf(key);
    if (byteLength === null) return false;
    const file = await open(path, "w");
    try {
      for await (const bytes of streamPieces([{ file: key, store: this.#store, offset: 0, byteLength }]))
        await file.write(bytes);
      await file.datasync();
    } finally {
      await file.close();
    }
    return true;
  }

  async #isSameFile(key: string, path: string, signal: AbortSignal): Promise<boolean> {
    const byteLength = await lengthOf(path);
    if (byteLength === null || (await this.#store.byteLengthOf(key)) !== byteLength) return false;
    for (let offset = 0; offset < byteLength; offset += COMPARED_BYTES) {
      signal.throwIfAborted();
      const stretch = { offset, byteLength: Math.min(COMPARED_BYTES, byteLength - offset) };
      const [here, there] = await Promise.all([
        readPiece({ file: path, ...stretch }),
        readPiece({ file: key, store: this.#store, ...stretch }),
      ]);
      if (Buffer.compare(here, there) !== 0) return false;
    }
    return true;
  }
}

function keyOf(id: string, file: StoredFile): string {
  return `${id}/${file}`;
}

async function lengthOf(path: string): Promise<number | null> {
  return (await unlessMissing(stat(path)))?.size ?? null;
}
