// The folder that outlives the process: where things are in it.

import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { messageOf } from "#server/common/failure.ts";
import { StartError } from "#server/common/start-error.ts";

export interface DataDirectory {
  /** Absolute. */
  readonly path: string;
  readonly databaseFile: string;
  readonly statisticsFile: string;
  readonly adminTokenFile: string;
  readonly lockFile: string;
  /** A folder for each livestream. */
  readonly recordingsFolder: string;
  /** A folder for each livestream. */
  readonly thumbnailsFolder: string;
}

const MAY_HOLD = "TANDEM_DATA_DIR may hold the path of a folder that this process may write to";

/** Creates the folder when there is none. Throws a {@link StartError} when it cannot. */
export function openDataDirectory(dataDir: string): DataDirectory {
  const path = resolve(dataDir);
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw dataDirectoryError(`the data directory ${path} cannot be created`, error);
  }
  return {
    path,
    databaseFile: join(path, "tandem.sqlite"),
    statisticsFile: join(path, "statistics.sqlite"),
    adminTokenFile: join(path, "admin-token"),
    lockFile: join(path, "server.lock"),
    recordingsFolder: join(path, "recordings"),
    thumbnailsFolder: join(path, "thumbnails"),
  };
}

/** Why the server cannot start on this folder. */
export function dataDirectoryError(problem: string, error: unknown): StartError {
  return new StartError(`${problem}: ${messageOf(error)}; ${MAY_HOLD}`);
}
