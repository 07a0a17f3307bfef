// What is in a folder, in the order of its names: what is found is told in the same order on every file system.

import { readdir } from "node:fs/promises";
import { unlessMissing } from "#server/common/failure.ts";

/** Nothing where the folder is not there. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  return ((await unlessMissing(readdir(folder))) ?? []).sort();
}
