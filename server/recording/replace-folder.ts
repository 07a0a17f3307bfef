// A folder in the place of another, whatever ends the process in the middle of it.

import { rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { unlessMissing } from "#server/common/failure.ts";
import { syncFolder } from "#server/common/sync-folder.ts";

/** Behind the name of a folder: what was there before. */
const BEFORE_SUFFIX = ".before";

/** In two steps: what ended between them is set right by {@link settleFolder}. */
export async function replaceFolder(unfinished: string, folder: string): Promise<void> {
  const before = `${folder}${BEFORE_SUFFIX}`;
  await unlessMissing(rename(folder, before));
  await rename(unfinished, folder);
  await syncFolder(dirname(folder));
  await rm(before, { recursive: true, force: true });
}

/** It is there as it was before, or as it was to be. */
export async function settleFolder(folder: string): Promise<void> {
  const before = `${folder}${BEFORE_SUFFIX}`;
  if ((await unlessMissing(stat(folder))) === null) await unlessMissing(rename(before, folder));
  await rm(before, { recursive: true, force: true });
}
