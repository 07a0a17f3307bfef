// The thread that tries the disk: however long that takes, it is this thread that waits.

import { DatabaseProbe } from "#server/store/database-probe.ts";
import { tryDisk } from "./disk-parts.ts";

/** Where to write; the answer to each is a `DiskReport`. */
export interface ProbeQuestion {
  readonly databaseFile: string;
  readonly recordingsFolder: string;
}

declare const self: Worker;

let database: DatabaseProbe | null = null;

self.onmessage = ({ data: question }: MessageEvent<ProbeQuestion>): void => {
  database ??= new DatabaseProbe(question.databaseFile);
  self.postMessage(tryDisk(database, question.recordingsFolder));
};
