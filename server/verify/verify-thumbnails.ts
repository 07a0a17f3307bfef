// The pictures of a data directory: each is what its name says, none is missing that a row needs, none is there for nobody.

import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { unlessMissing } from "#server/common/failure.ts";
import type { Finding } from "#server/recording/finding.ts";
import type { ThumbnailRow } from "#server/store/thumbnail-store.ts";
import { contentHashOf } from "#server/thumbnails/content-hash.ts";
import { MASTER_FILE } from "#server/thumbnails/thumbnail-files.ts";
import { namesIn } from "./names-in.ts";
import { unreferenced, type Verified, type VerifyOptions } from "./verified.ts";

/** The picture that was replaced last stays for those who have its address. */
const SPARE_PICTURES = 1;

/** A picture that is just being written, or was when its process ended: the next change of the livestream's sweeps it. */
const UNFINISHED = /^unfinished-/;

export async function* verifyThumbnails(options: VerifyOptions): AsyncGenerator<Verified> {
  const { directory, references } = options;
  const folder = directory.thumbnailsFolder;
  for (const id of await namesIn(folder)) {
    const need = await references.recording(id);
    if (need === null) yield* unreferenced(join(folder, id), options);
    else if (need !== "removing") yield* verifySpares(join(folder, id), id, options);
  }
  for (const row of await references.pictures()) yield* verifyPicture(row, options);
}

/** A folder of a livestream holds the pictures of its rows, and one more. */
async function* verifySpares(folder: string, id: string, options: VerifyOptions): AsyncGenerator<Verified> {
  const names = await namesIn(folder);
  const known = new Set((await options.references.pictures(id)).map(({ contentHash }) => contentHash));
  const spares = names.filter((name) => !known.has(name) && !UNFINISHED.test(name));
  const aged = await Promise.all(
    spares.map(async (name) => ({
      name,
      atMs: (await unlessMissing(stat(join(folder, name))))?.mtimeMs ?? 0,
    })),
  );
  const oldest = aged.sort((a, b) => b.atMs - a.atMs).slice(SPARE_PICTURES);
  for (const { name } of oldest) yield* unreferenced(join(folder, name), options);
}

async function* verifyPicture(row: ThumbnailRow, options: VerifyOptions): AsyncGenerator<Verified> {
  const { directory, references, mendInto } = options;
  const path = join(directory.thumbnailsFolder, row.livestreamId, row.contentHash, MASTER_FILE);
  const finding = await findingOf(path, row);
  if (finding === null) return;
  const key = `thumbnails/${row.livestreamId}/${row.contentHash}`;
  const isInStore = options.objects !== null && (await options.objects.store.byteLengthOf(key)) !== null;
  if (finding.finding === "missing" && isInStore) return;
  // What was replaced or deleted meanwhile is not missing.
  const isStill = (await references.pictures(row.livestreamId)).some(
    ({ source, contentHash }) => source === row.source && contentHash === row.contentHash,
  );
  if (!isStill) return;
  if (mendInto === null) {
    yield finding;
    return;
  }
  await references.forgetPicture(row);
  const moved = finding.finding === "missing" ? "" : `; the file was ${await mendInto.take(path)}`;
  yield { ...finding, mended: `the livestream has no such picture any more${moved}` };
}

/** A picture is named by its content (server/thumbnails/thumbnail-service.ts). */
async function findingOf(path: string, { contentHash }: ThumbnailRow): Promise<Finding | null> {
  const bytes = await unlessMissing(readFile(path));
  if (bytes === null) return { finding: "missing", path, what: "the picture of a livestream is not there" };
  if (contentHashOf(bytes) === contentHash) return null;
  return { finding: "damaged", path, what: "the picture is not what was written" };
}
