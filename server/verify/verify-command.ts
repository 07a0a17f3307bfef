// `tandem verify`: what is wrong with a data directory, a line of JSON each, and what can be done about it.

import { existsSync } from "node:fs";
import { relative } from "node:path";
import { StartError } from "#server/common/start-error.ts";
import { openDataDirectory } from "#server/store/data-directory.ts";
import { openReferences } from "#server/store/open-stores.ts";
import { S3ObjectStore } from "#server/store/s3/s3-object-store.ts";
import type { S3Place } from "#server/store/s3/s3-requests.ts";
import { lockDataDirectory } from "#server/store/sqlite/data-directory-lock.ts";
import { LostAndFound } from "./lost-and-found.ts";
import { verifyDirectory } from "./verify-directory.ts";
import type { StoredObjects } from "./verify-objects.ts";

export interface VerifyCommandOptions {
  readonly dataDir: string;
  /** Null = SQLite in the data directory. */
  readonly databaseUrl: string | null;
  /** Null = the data directory alone. */
  readonly objectStore: S3Place | null;
  /** Mends what can be; not beside a server. */
  readonly isRepair: boolean;
  readonly print: (text: string) => void;
}

/**
 * Exit code 1 when anything was found, and, with a repair, is not mended; 0 otherwise. Throws a {@link StartError} when the
 * directory cannot be read, or is to be repaired and a server runs on it.
 */
export async function runVerify({
  dataDir,
  databaseUrl,
  objectStore,
  isRepair,
  print,
}: VerifyCommandOptions): Promise<0 | 1> {
  const directory = openDataDirectory(dataDir);
  if (databaseUrl === null && !existsSync(directory.databaseFile)) {
    throw new StartError(
      `there is no ${directory.databaseFile}; TANDEM_DATA_DIR names a server's data directory`,
    );
  }
  const lock = isRepair ? lockDataDirectory(directory) : null;
  const { references, close } = await openReferences({ directory, databaseUrl }, { isReadOnly: !isRepair });
  const objects = objectStore === null ? null : storedObjects(objectStore);
  const mendInto = isRepair ? new LostAndFound(directory.path) : null;
  let isWell = true;
  try {
    for await (const { path, ...verified } of verifyDirectory({ directory, references, objects, mendInto })) {
      const { finding, what, ...mending } = verified;
      const shown = path.startsWith("s3://") ? path : relative(directory.path, path);
      print(`${JSON.stringify({ finding, path: shown, what, ...mending })}\n`);
      isWell &&= typeof verified.mended === "string";
    }
  } finally {
    await close();
    lock?.release();
  }
  return isWell ? 0 : 1;
}

function storedObjects(place: S3Place): StoredObjects {
  const { bucket, prefix } = place;
  return { store: new S3ObjectStore(place), urlOf: (key) => `s3://${bucket}/${prefix}${key}` };
}
