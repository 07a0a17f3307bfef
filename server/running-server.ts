// The running server: every part is built here and joined to the others, started, and stopped in order.

import { setImmediate } from "node:timers/promises";
import { AcceptGuard } from "./accept-guard.ts";
import type { Config } from "./command/config.ts";
import { VERSION } from "./command/version.ts";
import type { Clock } from "./common/clock.ts";
import { delay } from "./common/delay.ts";
import { descriptorLimit, openDescriptors } from "./common/descriptor-count.ts";
import { Descriptors } from "./common/descriptors.ts";
import { hostInUrl, localHost } from "./common/local-host.ts";
import { createLog } from "./common/log.ts";
import { PublicUrls } from "./common/public-urls.ts";
import { SpareDescriptors } from "./common/spare-descriptors.ts";
import { ListedAnswers } from "./delivery/listed-answers.ts";
import { LivePlayback } from "./delivery/live-playback.ts";
import { MediaPlayback } from "./delivery/media-playback.ts";
import { PlaybackRouter } from "./delivery/playback-router.ts";
import { StretchCache } from "./delivery/stretch-cache.ts";
import { LivestreamFeed } from "./feed/livestream-feed.ts";
import { answerFailure, createApp } from "./http/app.ts";
import { metricsRoutes } from "./http/metrics-routes.ts";
import { openThumbnailRoutes } from "./http/thumbnail-routes.ts";
import { webRoutes } from "./http/web-routes.ts";
import { SlowPlayers } from "./ingest/slow-players.ts";
import { openListeners } from "./listeners.ts";
import { conversionOf } from "./livestreams/conversion.ts";
import { LivestreamService } from "./livestreams/livestream-service.ts";
import { MediaService } from "./livestreams/media-service.ts";
import { PlayoutReporter } from "./livestreams/playout-reporter.ts";
import { PlayoutManager } from "./playout/playout-manager.ts";
import { programmeOpener, sideOpener } from "./programme/open-programme.ts";
import { Recordings } from "./recording/recordings.ts";
import { Statistics } from "./stats/statistics.ts";
import { adminTokenIn, scopesOf } from "./store/admin-token.ts";
import {
  lockDataDirectory,
  openDatabaseOf,
  openDataDirectory,
  openStatisticsOf,
} from "./store/data-directory.ts";
import { transactionOn } from "./store/database.ts";
import { IdempotencyStore } from "./store/idempotency-store.ts";
import { LivestreamStore } from "./store/livestream-store.ts";
import { MediaStore } from "./store/media-store.ts";
import { RecordingRemovalStore } from "./store/recording-removal-store.ts";
import { StatisticsWriter } from "./store/statistics-writer.ts";
import { ThumbnailStore } from "./store/thumbnail-store.ts";
import { TokenStore } from "./store/token-store.ts";
import { ffmpegDecoder } from "./thumbnails/key-frame-decoder.ts";
import { PosterGrabber } from "./thumbnails/poster-grabber.ts";
import { ThumbnailService } from "./thumbnails/thumbnail-service.ts";

export interface RunningServer {
  readonly httpPort: number;
  readonly rtmpPort: number;
  readonly adminToken: string;
  readonly urls: PublicUrls;
  /** Without a trailing slash. With TLS the certificate is hardly for this name. */
  readonly localHttpUrl: string;
  /** The address by which this machine reaches it. */
  readonly localHost: string;
  /** In order: no new connections, open segments closed and recorded, playlists kept valid. */
  stop(): Promise<void>;
}

/** Resolves once both ports accept connections. Throws a {@link StartError} when it cannot be as the config says. */
export async function startServer(config: Config, clock: Clock): Promise<RunningServer> {
  const nowMs = () => clock.nowMs();
  const write = (line: string) => process.stderr.write(line);
  const log = createLog({ level: config.logLevel, write, nowMs });
  const directory = openDataDirectory(config.dataDir);
  const lock = lockDataDirectory(directory);
  const database = openDatabaseOf(directory);
  const adminToken = config.adminToken ?? adminTokenIn(directory.adminTokenFile);

  const descriptors = new Descriptors({ limit: descriptorLimit(), countOpen: () => openDescriptors() });
  const spares = new SpareDescriptors();
  const slowPlayers = new SlowPlayers();
  const livestreamStore = new LivestreamStore(database);
  const mediaStore = new MediaStore(database);
  const urls = new PublicUrls(config, {
    http: () => listeners.http.port,
    rtmp: () => listeners.rtmp.port,
  });
  const recordings = new Recordings(directory.recordingsFolder, spares);
  const thumbnails = new ThumbnailService({
    store: new ThumbnailStore(database),
    folder: directory.thumbnailsFolder,
  });

  const statisticsDatabase = openStatisticsOf(directory);
  const writer = new StatisticsWriter({ file: statisticsDatabase.filename, log });
  const feed = new LivestreamFeed({ writer, nowMs, log });
  const reports = new PlayoutReporter({ livestreams: livestreamStore, feed, nowMs, log });
  const playouts = new PlayoutManager({
    nowMs,
    ingestTimeoutSeconds: config.ingestTimeoutSeconds,
    isRevertive: config.failover === "revertive",
    openProgramme: programmeOpener({ ...config, recordings, nowMs, reports }),
    openSide: sideOpener({ ...config, nowMs }),
    reports,
  });
  const livestreams = new LivestreamService({
    livestreams: livestreamStore,
    media: mediaStore,
    removals: new RecordingRemovalStore(database),
    transaction: transactionOn(database),
    playouts,
    recordings,
    thumbnails,
    convert: conversionOf(recordings),
    urls,
    nowMs,
    delay,
    log,
    feed,
  });
  const statistics = new Statistics({
    database: statisticsDatabase,
    writer,
    feed,
    playouts,
    livestreams: {
      get: (id) => livestreams.get(id),
      countsByStatus: () => livestreamStore.countsByStatus(),
      withStatus: (status) => livestreamStore.withStatus(status),
    },
    rtmpSending: () => ({
      waitingBytes: listeners.rtmp.waitingBytes + (listeners.rtmps?.waitingBytes ?? 0),
      skips: slowPlayers.skips,
      disconnections: slowPlayers.disconnections,
    }),
    descriptors: () => descriptors.figures,
    imagesWaiting: () => thumbnails.unsettled,
    sampleIntervalSeconds: config.sampleIntervalSeconds,
    version: VERSION,
    nowMs,
  });
  const media = new MediaService({ media: mediaStore, livestreams, thumbnails, urls, feed, nowMs });

  const listed = new ListedAnswers(new StretchCache(nowMs));
  const playback = new PlaybackRouter({
    live: new LivePlayback({
      programme: (id, playout) =>
        playout === "auto" ? playouts.programme(id) : playouts.instanceProgramme(id, playout),
      livestream: (id) => livestreamStore.find(id),
      listed,
      viewers: statistics.viewers,
      addressOf: (request) => listeners.http.addressOf(request),
    }),
    media: new MediaPlayback({ media, recordings, listed }),
  });
  let isListening = false;
  const app = createApp({
    livestreams,
    media,
    thumbnails,
    statistics: {
      overview: (id) => statistics.overview(id),
      history: statistics.history,
      events: statistics.events,
    },
    scopeOf: scopesOf(adminToken, new TokenStore(database)),
    idempotencyKeys: new IdempotencyStore(database),
    urls,
    corsOrigins: config.corsOrigins,
    nowMs,
    log,
    readiness: {
      store: () => database.query("SELECT 1").get() !== null,
      http: () => isListening,
      rtmp: () => isListening,
    },
    openRoutes: [
      metricsRoutes({ metrics: statistics.metrics, token: config.metricsToken }),
      openThumbnailRoutes(thumbnails),
      webRoutes({
        livestream: (id) => livestreams.get(id),
        liveNow: (atMost) => livestreams.list({ page: 0, perpage: atMost, sort: null, status: "live" }),
        publicUrl: (path) => urls.http(path),
      }),
    ],
  });

  const listeners = openListeners(config, {
    fetch: (request) => playback.answer(request) ?? app.fetch(request),
    failed: (error, request) => answerFailure(error, request, log),
    rtmp: { door: playouts, slowPlayers, descriptors, nowMs },
    log,
  });
  const { http, rtmp, rtmps } = listeners;
  const rtmpPorts = rtmps === null ? [rtmp] : [rtmp, rtmps];
  const guard = new AcceptGuard({ descriptors, spares, http, rtmp: rtmpPorts, log });
  await livestreams.resumeAll();
  statistics.start();
  const posters = new PosterGrabber({ decode: ffmpegDecoder(), playouts, thumbnails, nowMs, log });
  isListening = true;
  const ports = { httpPort: http.port, rtmpPort: rtmp.port };
  // At every level: whoever asked for any free port learns here which they are.
  const announcements = createLog({ level: "info", write, nowMs });
  announcements.info("ready", rtmps === null ? ports : { ...ports, rtmpsPort: rtmps.port });

  return {
    ...ports,
    adminToken,
    urls,
    localHttpUrl: `${config.tls === null ? "http" : "https"}://${hostInUrl(localHost(config.host))}:${http.port}`,
    localHost: localHost(config.host),
    stop: async () => {
      log.info("stopping");
      isListening = false;
      listeners.stopWatching();
      guard.stop();
      statistics.stop();
      await posters.stop();
      const isDrained = http.stop();
      await livestreams.shutdown();
      await playouts.shutdown();
      rtmp.stop();
      rtmps?.stop();
      await isDrained;
      await writer.close();
      statistics.close();
      database.close();
      lock.release();
      log.info("stopped");
      // The last lines and the goodbyes to encoders go out with the next turn of the event loop.
      await setImmediate();
    },
  };
}
