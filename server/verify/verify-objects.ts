// The object store checked: every recording and picture in it is referred to and, of recordings, as it was written.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

/** Ids whose recordings the store has; with what is found of them, and of objects that nothing refers to. */
export async function* verifyObjects(
  { store, urlOf }: StoredObjects,
  options: VerifyOptions,
): AsyncGenerator<Verified> {
  const { references } = options;
  const complete = new Map<string, number>();
  for await (const { key, byteLength } of store.list("")) {
    const path = key.startsWith(PICTURES) ? key.slice(PICTURES.length) : key;
    const id = path.slice(0, path.indexOf("/"));
    if (id !== "" && (await isReferredTo(references, id))) {
      if (key === `${id}/media.mp4`) complete.set(id, byteLength);
    } else {
      const finding = { finding: "unreferenced", path: urlOf(key), what: "nothing refers to it" } as const;
      yield unmended(finding, options);
    }
  }
  for (const [id, byteLength] of complete) {
    for await (const finding of verifyOne(store, id, byteLength)) {
      yield unmended({ ...finding, path: urlOf(`${id}/${finding.path}`) }, options);
    }
  }
}

/** Whether the store has the recording, whatever it is worth. */
export async function isStored({ store }: StoredObjects, id: string): Promise<boolean> {
  return (await store.byteLengthOf(`${id}/media.mp4`)) !== null;
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
