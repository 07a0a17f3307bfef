// The thread that tries the disk: however long that takes, it is this thread that waits.

import { DatabaseProbe } from "#server/store/sqlite/database-probe.ts";
import { type DiskPlaces, tryDisk } from "./disk-parts.ts";

declare const self: Worker;

let database: DatabaseProbe | null = null;

/** Each question is answered with a `DiskReport`. */
self.onmessage = ({ data: places }: MessageEvent<DiskPlaces>): void => {
  if (places.databaseFile !== null) database ??= new DatabaseProbe(places.databaseFile);
  self.postMessage(tryDisk(database, places));
};
