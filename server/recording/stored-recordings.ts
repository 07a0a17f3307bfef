// Recordings in the object store: the same files as on the disk, under the livestream's id.

import { open, stat } from "node:fs/promises";
import type { Delay } from "#server/common/delay.ts";
import { messageOf, unlessMissing } from "#server/common/failure.ts";
import type { Log } from "#server/common/log.ts";
import { ObjectMissingError, type ObjectStore } from "#server/store/object-store.ts";
import { CheckedObject, Checksums, readSound } from "./checked-object.ts";
import { type JournalEntry, parseJournal } from "./journal.ts";
import { ListedEntries } from "./listed-entries.ts";
import { type PieceFile, readPiece, streamPieces } from "./piece.ts";
import { type RebuildOptions, rebuildRecording } from "./rebuild.ts";
import { describeRecording, type Recording, type RecordingPaths } from "./recording.ts";
import { encodeFacts, OBJECT_NAMES, objectNameOf, parseFacts } from "./segment-facts.ts";
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
  readonly delay: Delay;
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
      byteLengths: () => this.#segmentLengths(id),
      put: (upload) => this.#writeSegment(id, upload),
      delay: this.#options.delay,
      log: this.#options.log,
    });
    if (recording !== null) uploads.catchUp(recording);
    return new UploadingRecorder(recorder, uploads);
  }

  /** Where its media file is. */
  media(id: string): PieceFile {
    return this.#checked(id, async () => new Checksums((await this.#journal(id)) ?? []));
  }

  /** Null where it is not there, or not complete yet. Throws where it is not as it was written. */
  async read(id: string): Promise<Recording | null> {
    const file = keyOf(id, "media.mp4");
    const [mediaLength, entries] = await Promise.all([this.#store.byteLengthOf(file), this.#journal(id)]);
    if (mediaLength === null || entries === null) return null;
    const listed = new ListedEntries(entries, mediaLength);
    if (listed.entries.length < entries.length || listed.endOffset !== mediaLength)
      throw new ObjectMissingError(file, "is not as long as its journal says");
    const checksums = new Checksums(entries);
    return describeRecording(
      this.#checked(id, async () => checksums),
      listed,
    );
  }

  #checked(id: string, load: () => Promise<Checksums>): PieceFile {
    return { file: keyOf(id, "media.mp4"), store: new CheckedObject(this.#store, load) };
  }

  /** Null where there is none. A line that is not whole is one that came damaged, or it is not as it was written. */
  async #journal(id: string): Promise<readonly JournalEntry[] | null> {
    const key = keyOf(id, "journal.ndjson");
    const journalLength = await this.#store.byteLengthOf(key);
    if (journalLength === null) return null;
    const { entries } = await readSound(
      async () => parseJournal(new TextDecoder().decode(await this.#store.read(key, 0, journalLength))),
      (found) =>
        found.byteLength === journalLength && found.entries.length > 0
          ? null
          : `${key} is damaged at byte ${found.byteLength}`,
    );
    return entries;
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
    await this.removeSegments(id);
  }

  /**
   * A segment, or an initialization, of a broadcast that goes on. Where there are other bytes under its name already, what is on the
   * disk is right: after a power cut, that goes on before where the store does.
   */
  async #writeSegment(id: string, { facts, bytes }: Upload): Promise<void> {
    const key = `${id}/${objectNameOf(facts)}`;
    const said = encodeFacts(facts, bytes);
    if (await this.#store.putNew(key, bytes, "video/mp4", said)) return;
    const there = await this.#store.readWhole(key);
    if (parseFacts(there.facts, there.bytes) !== null && Buffer.compare(there.bytes, bytes) === 0) return;
    await this.#store.put(key, bytes, "video/mp4", said);
  }

  /** The store has every byte of both. */
  async isSame(id: string, { media, journal }: RecordingPaths, signal: AbortSignal): Promise<boolean> {
    return (
      (await this.#isSameFile(keyOf(id, "journal.ndjson"), journal, signal)) &&
      (await this.#isSameFile(keyOf(id, "media.mp4"), media, signal))
    );
  }

  /** All of it is there in one. */
  async isComplete(id: string): Promise<boolean> {
    return (await this.#store.byteLengthOf(keyOf(id, "journal.ndjson"))) !== null;
  }

  /** What there is of both is the same as on the disk. */
  async hasNoOther(id: string, { media, journal }: RecordingPaths, signal: AbortSignal): Promise<boolean> {
    const files = [
      [keyOf(id, "journal.ndjson"), journal],
      [keyOf(id, "media.mp4"), media],
    ] as const;
    for (const [key, path] of files) {
      const isThere = (await this.#store.byteLengthOf(key)) !== null;
      if (isThere && !(await this.#isSameFile(key, path, signal))) return false;
    }
    return true;
  }

  /** To the disk. False where there is none. */
  fetchHeader(id: string, path: string): Promise<boolean> {
    return this.#fetchFile({ file: keyOf(id, "download.head"), store: this.#store }, path);
  }

  /** All of it to the disk; its folder is there. False where it is not there. Throws where it is not as it was written. */
  async fetch(
    id: string,
    { media, journal, header }: RecordingPaths & { readonly header: string },
  ): Promise<boolean> {
    if ((await this.read(id)) === null) return false;
    await this.#fetchFile({ file: keyOf(id, "journal.ndjson"), store: this.#store }, journal);
    await this.#fetchFile(this.media(id), media);
    await this.fetchHeader(id, header);
    return true;
  }

  /**
   * What the disk has lost of it, and the store has segments of, is on the disk again; null where that is nothing. Resolves to what a
   * person should know of it.
   */
  async rebuild(
    id: string,
    folder: string,
    { signal, onMove }: Pick<RebuildOptions, "signal" | "onMove">,
  ): Promise<string | null> {
    const { log } = this.#options;
    try {
      const message = await rebuildRecording({
        store: this.#store,
        livestreamId: id,
        folder,
        signal,
        onMove,
      });
      if (message !== null) log.warn("recording_rebuilt", { livestreamId: id, message });
      return message;
    } catch (error) {
      log.warn("recording_not_rebuilt", { livestreamId: id, message: messageOf(error) });
      throw error;
    }
  }

  /** Ids of those of which it has segments, and whether it has all of the recording, too. */
  async segmented(): Promise<ReadonlyMap<string, { readonly isComplete: boolean }>> {
    const segmented = new Set<string>();
    const complete = new Set<string>();
    for await (const { key } of this.#store.list("")) {
      const [id = "", name = ""] = key.split("/");
      if (name.startsWith(OBJECT_NAMES)) segmented.add(id);
      if (key === keyOf(id, "journal.ndjson")) complete.add(id);
    }
    return new Map([...segmented].map((id) => [id, { isComplete: complete.has(id) }]));
  }

  /** Whatever is there of it, also of the time that it was live. */
  async remove(id: string): Promise<void> {
    for await (const { key } of this.#store.list(`${id}/`)) await this.#store.remove(key);
  }

  async #segmentLengths(id: string): Promise<ReadonlyMap<string, number>> {
    const objects = await Array.fromAsync(this.#store.list(`${id}/${OBJECT_NAMES}`));
    return new Map(objects.map(({ key, byteLength }) => [key.slice(id.length + 1), byteLength]));
  }

  /** All of it is in the store, in one: its segments are of no use. */
  async removeSegments(id: string): Promise<void> {
    for await (const { key } of this.#store.list(`${id}/${OBJECT_NAMES}`)) await this.#store.remove(key);
  }

  async #writeFile(id: string, name: StoredFile, path: string, signal: AbortSignal): Promise<void> {
    const byteLength = await lengthOf(path);
    if (byteLength === null) return;
    await this.#store.putFile(keyOf(id, name), { path, byteLength }, CONTENT_TYPES[name], signal);
  }

  async #fetchFile(from: PieceFile, path: string): Promise<boolean> {
    const byteLength = await this.#store.byteLengthOf(from.file);
    if (byteLength === null) return false;
    const file = await open(path, "w");
    try {
      for await (const bytes of streamPieces([{ ...from, offset: 0, byteLength }])) await file.write(bytes);
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
