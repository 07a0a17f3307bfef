// What outlives the process, opened: stores, recordings, pictures.

import { statfs } from "node:fs/promises";
import type { Config } from "#server/command/config.ts";
import { delay } from "#server/common/delay.ts";
import type { Log } from "#server/common/log.ts";
import { RisingTime } from "#server/common/rising-time.ts";
import { StoredRedirects } from "#server/delivery/stored-redirects.ts";
import { DiskProbe, type DiskProblem } from "#server/readiness/disk-probe.ts";
import { Footages } from "#server/recording/footages.ts";
import { FreeSpace, freeBytesOf } from "#server/recording/free-space.ts";
import { Recordings } from "#server/recording/recordings.ts";
import { StoredRecordings } from "#server/recording/stored-recordings.ts";
import { adminTokenIn } from "#server/store/admin-token.ts";
import { type DataDirectory, openDataDirectory } from "#server/store/data-directory.ts";
import type { ObjectStore } from "#server/store/object-store.ts";
import { openStores } from "#server/store/open-stores.ts";
import { OwedWrites } from "#server/store/owed-writes.ts";
import type { S3Place } from "#server/store/s3/s3-requests.ts";
import { type DataDirectoryLock, lockDataDirectory } from "#server/store/sqlite/data-directory-lock.ts";
import type { Stores } from "#server/store/stores.ts";
import { StoredPictures } from "#server/thumbnails/stored-pictures.ts";
import { ThumbnailService } from "#server/thumbnails/thumbnail-service.ts";
import { openWebhooks, type Webhooks } from "#server/webhooks/webhooks.ts";
import type { Surroundings } from "./surroundings.ts";

/** What outlives the process, opened. */
export interface Storage {
  readonly directory: DataDirectory;
  readonly lock: DataDirectoryLock;
  readonly stores: Stores;
  readonly viewerSecret: Uint8Array;
  readonly playbackSecret: Uint8Array;
  readonly risingTime: RisingTime;
  readonly risingMs: () => number;
  readonly disk: DiskProbe;
  readonly storeProblem: () => Promise<DiskProblem | null>;
  readonly owed: OwedWrites;
  readonly adminToken: string;
  /** Null where recordings and pictures are kept in the data directory. */
  readonly objects: ObjectStore | null;
  readonly stored: StoredRecordings | null;
  /** Null where the server sends all recorded bytes itself. */
  readonly redirects: StoredRedirects | null;
  readonly recordings: Recordings;
  readonly footages: Footages;
  readonly storedPictures: StoredPictures | null;
  readonly thumbnails: ThumbnailService;
  readonly webhooks: Webhooks;
}

export async function openStorage(
  config: Config,
  { clock, dateMs, log, spares }: Surroundings,
): Promise<Storage> {
  const directory = openDataDirectory(config.dataDir);
  const lock = lockDataDirectory(directory);
  const { stores, databaseProblem } = await openStores({ directory, databaseUrl: config.databaseUrl }, log);
  const { recordingsFolder } = directory;
  const freeSpace = await freeSpaceOf(config, directory, log);
  const databaseFile = databaseProblem === null ? directory.databaseFile : null;
  const disk = new DiskProbe({ databaseFile, recordingsFolder, log });
  const storeProblem = databaseProblem ?? (() => disk.problem("store"));
  const risingTime = await RisingTime.begin({
    store: stores.risingTime,
    clock,
    onUnsaved: (message) => log.error("rising_time_not_saved", { message }),
  });
  await stores.playbackKeys.begin(clock.dateMs());
  const objects = config.objectStore === null ? null : await openObjects(config.objectStore, log);
  const stored = objects === null ? null : new StoredRecordings({ store: objects, delay, log });
  const storedPictures = objects === null ? null : new StoredPictures({ store: objects, delay, log });
  const recordings = new Recordings(directory.recordingsFolder, spares, freeSpace, stored);
  const risingMs = () => risingTime.nowMs();
  const webhooks = await openWebhooks({
    ...{ store: stores.webhooks, deliveries: stores.deliveries, writer: stores.statisticsWriter },
    ...{ isPrivateAllowed: config.webhookAllowPrivate, clock, risingMs, delay, log },
  });
  return {
    directory,
    lock,
    stores,
    viewerSecret: await stores.viewerSecret(),
    playbackSecret: await stores.playbackKeys.secret(),
    risingTime,
    risingMs,
    disk,
    storeProblem,
    owed: new OwedWrites({ isStoreWell: async () => (await storeProblem()) === null, log }),
    adminToken: config.adminToken ?? adminTokenIn(directory.adminTokenFile),
    objects,
    stored,
    redirects: objects !== null && config.objectStoreRedirect ? new StoredRedirects(objects) : null,
    recordings,
    footages: new Footages(recordings),
    storedPictures,
    thumbnails: new ThumbnailService({
      ...{ store: stores.thumbnails, folder: directory.thumbnailsFolder, stored: storedPictures },
      dateMs,
    }),
    webhooks,
  };
}

/** Most servers need none of it. */
async function openObjects(place: S3Place, log: Log): Promise<ObjectStore> {
  const { openObjectStore } = await import("#server/store/s3/open-object-store.ts");
  return openObjectStore(place, log);
}

/** Looked at once before anything is recorded. */
async function freeSpaceOf(
  { minFreeDiskMegabytes }: Config,
  { path }: DataDirectory,
  log: Log,
): Promise<FreeSpace> {
  const freeSpace = new FreeSpace({
    minBytes: minFreeDiskMegabytes * 1_000_000,
    freeBytes: freeBytesOf(path, statfs, (message) => log.error("free_space_unknown", { message })),
  });
  await freeSpace.look();
  return freeSpace;
}
