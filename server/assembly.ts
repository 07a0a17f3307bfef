// Every part of the server, built in the order of their dependence and joined to the others; here alone parts meet.
// Nothing is listened on yet, and nothing of the last run is taken up.

import { statfs } from "node:fs/promises";
import type { PlayoutName } from "#openapi/names.ts";
import type { Config } from "./command/config.ts";
import { VERSION } from "./command/version.ts";
import type { Clock } from "./common/clock.ts";
import { delay } from "./common/delay.ts";
import { descriptorLimit, openDescriptors } from "./common/descriptor-count.ts";
import { Descriptors } from "./common/descriptors.ts";
import { createLog, type Log } from "./common/log.ts";
import { PublicUrls } from "./common/public-urls.ts";
import { RisingTime } from "./common/rising-time.ts";
import { SpareDescriptors } from "./common/spare-descriptors.ts";
import { ListedAnswers } from "./delivery/listed-answers.ts";
import { LivePlayback } from "./delivery/live-playback.ts";
import { MediaPlayback } from "./delivery/media-playback.ts";
import { PlaybackGuard } from "./delivery/playback-guard.ts";
import { PlaybackRouter } from "./delivery/playback-router.ts";
import { PlaybackSessions } from "./delivery/playback-sessions.ts";
import { PlaybackTokens } from "./delivery/playback-tokens.ts";
import { SecretFolders } from "./delivery/secret-folders.ts";
import { StoredRedirects } from "./delivery/stored-redirects.ts";
import { StretchCache } from "./delivery/stretch-cache.ts";
import { WatchingBeacons } from "./delivery/watching-beacons.ts";
import type { FeedEvent } from "./feed/feed-event.ts";
import { LivestreamFeed } from "./feed/livestream-feed.ts";
import { createApp } from "./http/app.ts";
import type { NotReady, ReadinessChecks } from "./http/health-routes.ts";
import { metricsRoutes } from "./http/metrics-routes.ts";
import { openThumbnailRoutes } from "./http/open-thumbnail-routes.ts";
import { webRoutes } from "./http/web-routes.ts";
import { SlowPlayers } from "./ingest/slow-players.ts";
import { ClipService } from "./livestreams/clip-service.ts";
import { conversionOf, factsOf } from "./livestreams/conversion.ts";
import { LivestreamService } from "./livestreams/livestream-service.ts";
import { LivestreamTimeline } from "./livestreams/livestream-timeline.ts";
import { LivestreamTurns } from "./livestreams/livestream-turns.ts";
import { asShownToAll } from "./livestreams/livestream-view.ts";
import { MediaService } from "./livestreams/media-service.ts";
import { PlayoutReporter } from "./livestreams/playout-reporter.ts";
import { Retention } from "./livestreams/retention.ts";
import { TrustedDate } from "./livestreams/trusted-date.ts";
import { PlayoutManager } from "./playout/playout-manager.ts";
import { Ports } from "./ports.ts";
import {
  endedOpener,
  instanceOpener,
  type ProgrammeOptions,
  programmeOpener,
} from "./programme/open-programme.ts";
import { DiskProbe, type DiskProblem, diskSentence } from "./readiness/disk-probe.ts";
import { ObjectProbe } from "./readiness/object-probe.ts";
import { Archive } from "./recording/archive.ts";
import { Footages } from "./recording/footages.ts";
import { FreeSpace, freeBytesOf } from "./recording/free-space.ts";
import { Recordings } from "./recording/recordings.ts";
import { StoredRecordings } from "./recording/stored-recordings.ts";
import { Statistics } from "./stats/statistics.ts";
import { adminTokenIn, scopesOf } from "./store/admin-token.ts";
import { type DataDirectory, openDataDirectory } from "./store/data-directory.ts";
import type { NewDelivery } from "./store/delivery-store.ts";
import type { ObjectStore } from "./store/object-store.ts";
import { openStores } from "./store/open-stores.ts";
import { OwedWrites } from "./store/owed-writes.ts";
import type { S3Place } from "./store/s3/s3-requests.ts";
import { type DataDirectoryLock, lockDataDirectory } from "./store/sqlite/data-directory-lock.ts";
import type { Stores } from "./store/stores.ts";
import { ClipPictures } from "./thumbnails/clip-pictures.ts";
import { ffmpegDecoder } from "./thumbnails/key-frame-decoder.ts";
import { StoredPictures } from "./thumbnails/stored-pictures.ts";
import { ThumbnailService } from "./thumbnails/thumbnail-service.ts";
import { openWebhooks, type Webhooks } from "./webhooks/webhooks.ts";

export type Assembly = Awaited<ReturnType<typeof assemble>>;

/** Fails with a `StartError` when the data directory cannot be used. */
export async function assemble(config: Config, clock: Clock) {
  const surroundings = surroundingsOf(config, clock);
  const storage = await openStorage(config, surroundings);
  const house = buildHouse(config, surroundings, storage);
  const front = buildFront(config, surroundings, storage, house);
  return { ...surroundings, ...storage, ...house, ...front };
}

/** What every part may need, and none of them is. */
interface Surroundings {
  readonly clock: Clock;
  readonly monotonicMs: () => number;
  readonly dateMs: () => number;
  readonly writeLog: (line: string) => void;
  readonly log: Log;
  readonly ports: Ports;
  readonly urls: PublicUrls;
  readonly descriptors: Descriptors;
  readonly spares: SpareDescriptors;
}

function surroundingsOf(config: Config, clock: Clock): Surroundings {
  const writeLog = (line: string) => process.stderr.write(line);
  const ports = new Ports();
  return {
    clock,
    monotonicMs: () => clock.monotonicMs(),
    dateMs: () => clock.dateMs(),
    writeLog,
    log: createLog({ level: config.logLevel, write: writeLog, clock }),
    ports,
    urls: new PublicUrls(config, ports),
    descriptors: new Descriptors({ limit: descriptorLimit(), countOpen: () => openDescriptors() }),
    spares: new SpareDescriptors(),
  };
}

/** What outlives the process, opened. */
interface Storage {
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

async function openStorage(config: Config, { clock, dateMs, log, spares }: Surroundings): Promise<Storage> {
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
  const { openObjectStore } = await import("./store/s3/open-object-store.ts");
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

/** What encoders and calls change: livestreams, their playouts, what is told of them and counted. */
interface House {
  readonly feed: LivestreamFeed;
  readonly reports: PlayoutReporter;
  readonly playouts: PlayoutManager;
  readonly livestreams: LivestreamService;
  readonly media: MediaService;
  readonly retention: Retention;
  readonly clips: ClipService;
  readonly archive: Archive | null;
  /** Bytes of recordings that several viewers ask for. */
  readonly stretches: StretchCache;
  readonly slowPlayers: SlowPlayers;
  readonly statistics: Statistics;
}

function buildHouse(config: Config, surroundings: Surroundings, storage: Storage): House {
  const { clock, dateMs, log, urls } = surroundings;
  const { stores, risingMs, owed, recordings, footages, thumbnails, webhooks } = storage;
  const turns = new LivestreamTurns(stores.turns);
  const outbox = {
    deliveriesOf: (event: FeedEvent) => webhooks.registry.deliveriesOf(event),
    stored: (deliveries: readonly NewDelivery[]) => webhooks.dispatcher.stored(deliveries),
  };
  const feed = new LivestreamFeed({ writer: stores.statisticsWriter, dateMs, log, outbox });
  const reports = new PlayoutReporter({ livestreams: stores.livestreams, turns, owed, feed, dateMs, log });
  const { segmentSeconds, partMilliseconds, rtmpMergeMilliseconds } = config;
  const programme: ProgrammeOptions = {
    ...{ segmentSeconds, partMilliseconds, rtmpMergeMilliseconds },
    ...{ recordings, clock, risingMs, reports },
  };
  const playouts = new PlayoutManager({
    clock,
    ingestTimeoutSeconds: config.ingestTimeoutSeconds,
    targets: { segmentSeconds, partMilliseconds },
    isRevertive: config.failover === "revertive",
    openProgramme: programmeOpener(programme),
    openEnded: endedOpener(programme),
    openInstance: instanceOpener(programme),
    reports,
  });
  const stretches = new StretchCache(() => clock.monotonicMs());
  const livestreams = new LivestreamService({
    livestreams: stores.livestreams,
    removals: stores.removals,
    turns,
    owed,
    playouts,
    recordings,
    thumbnails,
    convert: conversionOf(recordings, async (id) => {
      await playouts.close(id);
      stretches.forget(recordings.paths(id).media);
      footages.forget();
    }),
    urls,
    dateMs,
    delay,
    log,
    feed,
  });
  const media = new MediaService({
    ...{ media: stores.media, livestreams, thumbnails, turns, urls, feed, dateMs },
  });
  const { mediaRetentionDays: mediaDays, trashRetentionDays: trashDays } = config;
  const date = new TrustedDate({ store: stores.dateMark, clock });
  const retention = new Retention({ mediaDays, trashDays, stored: stores.media, media, date, delay, log });
  const pictures = new ClipPictures({ decode: ffmpegDecoder(), thumbnails, log });
  const clips = new ClipService({
    ...{ media: stores.media, livestreams: stores.livestreams, footages, turns, feed, dateMs, log },
    removeFiles: (id) => livestreams.removeFiles(id),
    hasActiveIngest: (id) => playouts.hasActiveIngest(id),
    takePicture: (clipId, picture, signal) => pictures.take(clipId, picture, signal),
    view: (mediaId) => media.get(mediaId),
  });
  const slowPlayers = new SlowPlayers();
  const statistics = buildStatistics(config, surroundings, storage, {
    feed,
    playouts,
    livestreams,
    slowPlayers,
  });
  const archive = archiveOf(surroundings, storage, feed);
  return {
    ...{ feed, reports, playouts, livestreams, media, retention, clips, archive },
    ...{ stretches, slowPlayers, statistics },
  };
}

/** What was asked for just before is sent by then. */
const LEAVING_MS = 5000;

/** Null without an object store. */
function archiveOf(
  { monotonicMs, dateMs, log }: Surroundings,
  { directory, stores, stored, redirects, recordings, footages }: Storage,
  feed: LivestreamFeed,
): Archive | null {
  if (stored === null) return null;
  const archive = new Archive({
    folder: directory.recordingsFolder,
    recordings,
    stored,
    isWhole: async (id) => (await stores.references.recording(id)) === "whole",
    onLeft: () => footages.forget(),
    onRebuilt: async (id, message) => {
      const recording = await recordings.finished(id);
      if (recording === null) return;
      await stores.livestreams.noteRebuilt(id, { facts: factsOf(recording), message, atMs: dateMs() });
    },
    ...{ monotonicMs, delay, log },
    // Whoever is sent to the store is not sent from here.
    ...(redirects === null ? {} : { unwatchedMs: LEAVING_MS }),
  });
  feed.subscribe(({ type, livestreamId, data }) => {
    if (type !== "media.created") return;
    archive.add(livestreamId);
    archive.add(data.mediaId);
  });
  return archive;
}

function buildStatistics(
  config: Config,
  { ports, descriptors, clock, log }: Surroundings,
  { stores, viewerSecret, owed, thumbnails }: Storage,
  {
    feed,
    playouts,
    livestreams,
    slowPlayers,
  }: Pick<House, "feed" | "playouts" | "livestreams" | "slowPlayers">,
): Statistics {
  return new Statistics({
    samples: stores.samples,
    storedEvents: stores.events,
    viewerSecret,
    writer: stores.statisticsWriter,
    feed,
    playouts,
    livestreams: {
      get: (id) => livestreams.get(id),
      status: (id) => stores.livestreams.status(id),
      countsByStatus: () => stores.livestreams.countsByStatus(),
      withStatus: (status) => stores.livestreams.withStatus(status),
    },
    load: {
      rtmpSending: () => ({
        waitingBytes: ports.rtmpWaitingBytes,
        skips: slowPlayers.skips,
        disconnections: slowPlayers.disconnections,
      }),
      descriptors: () => descriptors.figures,
      owedWrites: () => owed.count,
      imagesWaiting: () => thumbnails.unsettled,
    },
    sampleIntervalSeconds: config.sampleIntervalSeconds,
    version: VERSION,
    clock,
    log,
  });
}

/** What viewers and callers of the API are answered by. */
interface Front {
  readonly playback: PlaybackRouter;
  readonly app: ReturnType<typeof createApp>;
}

function buildFront(config: Config, surroundings: Surroundings, storage: Storage, house: House): Front {
  const { log, ports, urls, dateMs, monotonicMs } = surroundings;
  const { stores, disk, storeProblem, objects, risingMs, adminToken, thumbnails, webhooks } = storage;
  const { feed, livestreams, media, clips, statistics } = house;
  const believedKeys = () => stores.playbackKeys.believed(dateMs());
  const playbackTokens = new PlaybackTokens({ believedKeys, dateMs, monotonicMs });
  const app = createApp({
    livestreams,
    media,
    clips,
    thumbnails,
    timeline: new LivestreamTimeline(stores),
    webhooks: webhooks.service,
    statistics: {
      overview: (id) => statistics.overview(id),
      history: statistics.history,
      events: statistics.events,
    },
    playbackTokens,
    tokens: stores.tokens,
    scopeOf: scopesOf(adminToken, stores.tokens, dateMs),
    idempotencyKeys: stores.idempotencyKeys,
    urls,
    corsOrigins: config.corsOrigins,
    eventsTold: () => feed.told(),
    risingMs,
    dateMs,
    log,
    readiness: {
      store: async () => notWritable(await storeProblem()),
      recordings: async () => notWritable(await disk.problem("recordings")),
      ...objectReadiness(objects),
      http: () => (ports.areOpen ? null : NOT_LISTENING),
      rtmp: () => (ports.areOpen && !ports.isRtmpPaused ? null : NOT_LISTENING),
    },
    openRoutes: [
      metricsRoutes({ metrics: statistics.metrics, token: config.metricsToken }),
      openThumbnailRoutes(thumbnails),
      webRoutes({
        livestream: async (id) => {
          const livestream = await livestreams.get(id);
          return livestream === null ? null : asShownToAll(livestream);
        },
        liveNow: (atMost) =>
          livestreams.list({
            ...{ page: 0, perpage: atMost, sort: null, status: "live", playbackPolicy: "public" },
          }),
        publicUrl: (path) => urls.http(path),
        dateMs,
      }),
    ],
  });
  return { app, playback: buildPlayback(surroundings, storage, house, playbackTokens) };
}

const NOT_LISTENING: NotReady = { code: "not_listening", reason: "it lets nobody in now" };

/** A part more where there is an object store. */
function objectReadiness(objects: ObjectStore | null): ReadinessChecks {
  if (objects === null) return {};
  const probe = new ObjectProbe(objects);
  return { objects: async () => notWritable(await probe.problem()) };
}

function notWritable(problem: DiskProblem | null): NotReady | null {
  return problem === null ? null : { code: problem, reason: diskSentence(problem) };
}

function buildPlayback(
  { dateMs, ports }: Surroundings,
  { stores, footages, redirects, playbackSecret: secret }: Storage,
  { playouts, media, stretches, statistics }: House,
  tokens: PlaybackTokens,
): PlaybackRouter {
  const listed = new ListedAnswers(stretches);
  const guard = new PlaybackGuard({
    tokens,
    sessions: new PlaybackSessions({ secret, dateMs }),
    folders: new SecretFolders(secret),
    newSession: () => statistics.viewers.newSession(),
    dateMs,
  });
  const programme = (id: string, playout: PlayoutName) =>
    playout === "auto" ? playouts.programme(id) : playouts.instanceProgramme(id, playout);
  return new PlaybackRouter({
    live: new LivePlayback({
      programme,
      opening: (id) => playouts.opening(id),
      livestream: (id) => stores.livestreams.find(id),
      isSigned: (id) => playouts.isSigned(id),
      guard,
      listed,
      viewers: statistics.viewers,
      addressOf: (request) => ports.addressOf(request),
      mayWait: (request, seconds) => ports.mayWait(request, seconds),
    }),
    media: new MediaPlayback({ media, guard, footages, listed, redirects }),
    beacons: new WatchingBeacons({ programme, viewers: statistics.viewers }),
  });
}
