// The object store checked: every recording and picture in it is referred to and, of recordings, as it was written.

import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rebuildRecording } from "#server/recording/rebuild.ts";
import { recordingPaths } from "#server/recording/recording-files.ts";
import { OBJECT_NAMES } from "#server/recording/segment-facts.ts";
import { type CheckedMedia, verifyMedia } from "#server/recording/verify-recording.ts";
import { ObjectMissingError, type ObjectStore } from "#server/store/object-store.ts";
import type { References } from "#server/store/references.ts";
import { unmended, type Verified, type VerifyOptions } from "./verified.ts";

export interface StoredObjects {
  readonly store: ObjectStore;
  /** As findings name an object: `s3://bucket/prefix/key`. */
  readonly urlOf: (key: string) => string;
}

/** What else an id has in the store besides its recording. */
const PICTURES = "thumbnails/";

/** Where objects go that nothing refers to: out of the way, and not away. */
const LOST_AND_FOUND = "lost-and-found/";

/** What it has of one that is referred to. */
interface StoredOne {
  mediaLength: number | null;
  /** Its journal is there, which is written last. */
  isComplete: boolean;
  readonly segments: string[];
}

/** What is found of the recordings that the store has, and of objects that nothing refers to. */
export async function* verifyObjects(
  objects: StoredObjects,
  options: VerifyOptions,
): AsyncGenerator<Verified> {
  const { store, urlOf } = objects;
  const all = new Map<string, StoredOne>();
  for await (const { key, byteLength } of store.list("")) {
    if (key.startsWith(LOST_AND_FOUND)) continue;
    const path = key.startsWith(PICTURES) ? key.slice(PICTURES.length) : key;
    const id = path.slice(0, path.indexOf("/"));
    if (id === "" || !(await isReferredTo(options.references, id))) {
      yield* unreferencedObject(key, objects, options);
      continue;
    }
    const one = all.get(id) ?? { mediaLength: null, isComplete: false, segments: [] };
    all.set(id, one);
    if (key === `${id}/media.mp4`) one.mediaLength = byteLength;
    if (key === `${id}/journal.ndjson`) one.isComplete = true;
    if (key.startsWith(`${id}/${OBJECT_NAMES}`)) one.segments.push(key);
  }
  for (const [id, one] of all) {
    const { mediaLength } = one;
    if (one.segments.length > 0) yield* verifySegments(id, one, objects, options);
    if (mediaLength === null) continue;
    for await (const finding of verifyOne(store, id, mediaLength)) {
      yield unmended({ ...finding, path: urlOf(`${id}/${finding.path}`) }, options);
    }
  }
}

async function* unreferencedObject(
  key: string,
  { store, urlOf }: StoredObjects,
  { mendInto }: VerifyOptions,
): AsyncGenerator<Verified> {
  const finding = { finding: "unreferenced", path: urlOf(key), what: "nothing refers to it" } as const;
  if (mendInto === null) {
    yield finding;
    return;
  }
  await store.rename(key, `${LOST_AND_FOUND}${key}`);
  yield { ...finding, mended: `moved to ${urlOf(`${LOST_AND_FOUND}${key}`)}` };
}

/** Of a broadcast: they are of use until the recording is there in one, and where its disk is lost before. */
async function* verifySegments(
  id: string,
  { segments, isComplete }: StoredOne,
  { store, urlOf }: StoredObjects,
  { directory, references, mendInto }: VerifyOptions,
): AsyncGenerator<Verified> {
  const folder = join(directory.recordingsFolder, id);
  const need = await references.recording(id);
  const path = urlOf(`${id}/`);
  if (need === "whole" && isComplete) {
    const what = `${segments.length} segments are left of a broadcast whose recording is there in one`;
    const finding = { finding: "unreferenced", path, what } as const;
    if (mendInto === null) {
      // A server removes them just now.
      if ((await store.byteLengthOf(segments.at(-1) ?? "")) !== null) yield finding;
      return;
    }
    for (const key of segments) await store.remove(key);
    yield { ...finding, mended: "removed" };
    return;
  }
  if (need === "removing" || need === null || existsSync(recordingPaths(folder).media)) return;
  const what = `the disk has nothing of a recording of which ${segments.length} segments are here`;
  const finding = { finding: "missing", path, what } as const;
  if (mendInto === null) {
    yield finding;
    return;
  }
  const signal = new AbortController().signal;
  const onMove = async () => {};
  yield {
    ...finding,
    mended: await rebuildRecording({ store, livestreamId: id, folder, signal, onMove }),
  };
}

/** Whether the store has anything of the recording, whatever it is worth: more is said of that here. */
export async function isStored({ store }: StoredObjects, id: string): Promise<boolean> {
  for await (const { key } of store.list(`${id}/`))
    if (key === `${id}/media.mp4` || key.startsWith(`${id}/${OBJECT_NAMES}`)) return true;
  return false;
}

/** What is on its way out, or was made by who ran just now, is nobody's fault. */
async function isReferredTo(references: References, id: string): Promise<boolean> {
  return (await references.recording(id)) !== null;
}

async function* verifyOne(
  store: ObjectStore,
  id: string,
  byteLength: number,
): ReturnType<typeof verifyMedia> {
  const folder = await mkdtemp(join(tmpdir(), "tandem-verify-"));
  const journal = join(folder, "journal.ndjson");
  try {
    const length = await store.byteLengthOf(`${id}/journal.ndjson`);
    if (length === null) {
      const what = "there is no journal: nothing says what the media file holds";
      yield { finding: "missing", path: "journal.ndjson", what };
      return;
    }
    await Bun.write(journal, await store.read(`${id}/journal.ndjson`, 0, length));
    const paths = { media: "media.mp4", journal };
    for await (const { path, ...finding } of verifyMedia(paths, mediaOf(store, id, byteLength)))
      yield { ...finding, path: path === journal ? "journal.ndjson" : path };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function mediaOf(store: ObjectStore, id: string, size: number): CheckedMedia {
  const key = `${id}/media.mp4`;
  return {
    file: { file: key, store },
    read: async (bytes, byteLength, offset) => {
      try {
        bytes.set(await store.read(key, offset, byteLength));
        return byteLength;
      } catch (error) {
        if (error instanceof ObjectMissingError) return 0;
        throw error;
      }
    },
    size: async () => size,
  };
}
