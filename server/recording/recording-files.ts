// The files of a recording, and whose they are within the folder of recordings.

import { join } from "node:path";
import type { RecordingPaths } from "./recording.ts";

const MEDIA_FILE = "media.mp4";
const JOURNAL_FILE = "journal.ndjson";

/** The head of its download. */
export const MOVIE_HEADER_FILE = "download.head";

/** Behind that name, while it is made: the tables that go into it, and itself before it is whole. */
export const MOVIE_TABLES_SUFFIX = ".tables";
export const UNFINISHED_SUFFIX = ".new";

/** In the folder of each recording; whatever else is there is nobody's. */
export const RECORDING_FILES: ReadonlySet<string> = new Set([
  MEDIA_FILE,
  JOURNAL_FILE,
  MOVIE_HEADER_FILE,
  `${MOVIE_HEADER_FILE}${MOVIE_TABLES_SUFFIX}`,
  `${MOVIE_HEADER_FILE}${UNFINISHED_SUFFIX}`,
]);

/** Beside the folders of recordings: room for the database. */
export const RESERVE_FILE = "reserve";

/** In the folder of one. */
export function recordingPaths(folder: string): RecordingPaths {
  return { media: join(folder, MEDIA_FILE), journal: join(folder, JOURNAL_FILE) };
}
