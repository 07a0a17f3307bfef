// `tandem verify`: what is wrong with a data directory, a line of JSON each, and what can be done about it.

import { existsSync } from "node:fs";
import { relative } from "node:path";
import { StartError } from "#server/common/start-error.ts";
import { openDataDirectory } from "#server/store/data-directory.ts";
import { lockDataDirectory } from "#server/store/sqlite/data-directory-lock.ts";
import { openSqliteReferences } from "#server/store/sqlite/stores.ts";
import { LostAndFound } from "./lost-and-found.ts";
import { verifyDirectory } from "./verify-directory.ts";

export interface VerifyCommandOptions {
  readonly dataDir: string;
  /** Mends what can be; not beside a server. */
  readonly isRepair: boolean;
  readonly print: (text: string) => void;
}

/**
 * Exit code 1 when anything was found, and, with a repair, is not mended; 0 otherwise. Throws a {@link StartError} when the
 * directory cannot be read, or is to be repaired and a server runs on it.
 */
export async function runVerify({ dataDir, isRepair, print }: VerifyCommandOptions): Promise<0 | 1> {
  const directory = openDataDirectory(dataDir);
  if (!existsSync(directory.databaseFile)) {
    throw new StartError(
      `there is no ${directory.databaseFile}; TANDEM_DATA_DIR names a server's data directory`,
    );
  }
  const lock = isRepair ? lockDataDirectory(directory) : null;
  const { references, close } = openSqliteReferences(directory, { isReadOnly: !isRepair });
  const mendInto = isRepair ? new LostAndFound(directory.path) : null;
  let isWell = true;
  try {
    for await (const { path, ...verified } of verifyDirectory({ directory, references, mendInto })) {
      const { finding, what, ...mending } = verified;
      print(`${JSON.stringify({ finding, path: relative(directory.path, path), what, ...mending })}\n`);
      isWell &&= typeof verified.mended === "string";
    }
  } finally {
    close();
    lock?.release();
  }
  return isWell ? 0 : 1;
}
