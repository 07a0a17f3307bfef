// The running server: every part is built here and joined to the others, started, and stopped in order.

import { setImmediate } from "node:timers/promises";
import { adminTokenIn, scopesOf } from "./admin-token.ts";
import type { Clock } from "./clock.ts";
import type { Config } from "./config.ts";
import { lockDataDirectory, openDatabaseOf, openDataDirectory, openStatisticsOf } from "./data-directory.ts";
import { delay } from "./delay.ts";
import { createApp } from "./http/app.ts";
import { hlsRoutes } from "./http/hls-routes.ts";
import { mediaPlaybackRoutes } from "./http/media-playback-routes.ts";
import { metricsRoutes } from "./http/metrics-routes.ts";
import { openThumbnailRoutes } from "./http/thumbnail-routes.ts";
import { webRoutes } from "./http/web-routes.ts";
import { RtmpListener } from "./ingest/rtmp-listener.ts";
import { conversionOf } from "./livestreams/conversion.ts";
import { LivestreamService } from "./livestreams/livestream-service.ts";
import { MediaService } from "./livestreams/media-service.ts";
import { createLog } from "./log.ts";
import packageJson from "./package.json" with { type: "json" };
import { programmeOpener, sideOpener } from "./playout/open-programme.ts";
import { PlayoutManager } from "./playout/playout-manager.ts";
import { PublicUrls } from "./public-urls.ts";
import { Recordings } from "./recording/recordings.ts";
import { StartError } from "./start-error.ts";
import { Statistics } from "./stats/statistics.ts";
import { transactionOn } from "./store/database.ts";
import { IdempotencyStore } from "./store/idempotency-store.ts";
import { LivestreamStore } from "./store/livestream-store.ts";
import { MediaStore } from "./store/media-store.ts";
import { RecordingRemovalStore } from "./store/recording-removal-store.ts";
import { ThumbnailStore } from "./store/thumbnail-store.ts";
import { TokenStore } from "./store/token-store.ts";
import { ffmpegDecoder } from "./thumbnails/key-frame-decoder.ts";
import { PosterGrabber } from "./thumbnails/poster-grabber.ts";
import { ThumbnailService } from "./thumbnails/thumbnail-service.ts";

/** A connection without a request for this long is closed; longer than any answer takes. */
const HTTP_IDLE_SECONDS = 60;

/** What is on its way when the process ends gets this long: together with the rest it stays below ten seconds. */
const HTTP_DRAIN_MS = 1000;

export interface RunningServer {
  readonly httpPort: number;
  readonly rtmpPort: number;
  readonly adminToken: string;
  readonly urls: PublicUrls;
  /** The address by which this machine reaches it. */
  readonly localHost: string;
  /** In order: no new connections, open segments closed and recorded, playlists kept valid. */
  stop(): Promise<void>;
}

/** Resolves once both ports accept connections. Throws a {@link StartError} when it cannot be as the config says. */
export async function startServer(config: Config, clock: Clock): Promise<RunningServer> {
  const nowMs = () => clock.nowMs();
  const log = createLog({ level: config.logLevel, write: (line) => process.stderr.write(line), nowMs });
  const directory = openDataDirectory(config.dataDir);
  const lock = lockDataDirectory(directory);
  const database = openDatabaseOf(directory);
  const adminToken = config.adminToken ?? adminTokenIn(directory.adminTokenFile);

  const livestreamStore = new LivestreamStore(database);
  const mediaStore = new MediaStore(database);
  const urls = new PublicUrls(config, { http: () => http.port ?? 0, rtmp: () => rtmp.port });
  const recordings = new Recordings(directory.recordingsFolder);
  const thumbnails = new ThumbnailService({
    store: new ThumbnailStore(database),
    folder: directory.thumbnailsFolder,
  });

  const playouts = new PlayoutManager({
    nowMs,
    log,
    ingestTimeoutSeconds: config.ingestTimeoutSeconds,
    isRevertive: config.failover === "revertive",
    openProgramme: programmeOpener({
      ...config,
      recordings,
      nowMs,
      onRecordingFailed: (id, message) => {
        log.error("recording_failed", { livestreamId: id, message });
        livestreams.recordingFailed(id, message);
      },
    }),
    openSide: sideOpener({ ...config, nowMs }),
    onSourceActive: (id, atMs) => livestreams.sourceActive(id, atMs),
    onSwitch: (id, change) => statistics.switched(id, change),
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
    onStatus: (id, status) => statistics.statusChanged(id, status),
  });
  const statistics = new Statistics({
    database: openStatisticsOf(directory),
    playouts,
    livestreams: {
      get: (id) => livestreams.get(id),
      countsByStatus: () => livestreamStore.countsByStatus(),
    },
    sampleIntervalSeconds: config.sampleIntervalSeconds,
    version: packageJson.version,
    nowMs,
    log,
  });
  const media = new MediaService({ media: mediaStore, livestreams, thumbnails, urls, nowMs });

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
    nowMs,
    log,
    readiness: {
      store: () => database.query("SELECT 1").get() !== null,
      http: () => isListening,
      rtmp: () => isListening,
    },
    openRoutes: [
      hlsRoutes({
        playouts,
        livestream: (id) => livestreamStore.find(id),
        mediaFile: (id) => recordings.mediaFile(id),
        viewers: statistics.viewers,
        addressOf: (request) => http.requestIP(request)?.address ?? "",
      }),
      metricsRoutes({ metrics: statistics.metrics, token: config.metricsToken }),
      openThumbnailRoutes(thumbnails),
      mediaPlaybackRoutes({ media, recordings }),
      webRoutes({
        livestream: (id) => livestreams.get(id),
        liveNow: (atMost) => livestreams.list({ page: 0, perpage: atMost, sort: null, status: "live" }),
        publicUrl: (path) => urls.http(path),
      }),
    ],
  });

  const rtmp = orStartError(`RTMP port ${config.rtmpPort} on ${config.host}`, () => {
    return new RtmpListener({ hostname: config.host, port: config.rtmpPort, door: playouts, log, nowMs });
  });
  const http = orStartError(`HTTP port ${config.httpPort} on ${config.host}`, () => {
    return Bun.serve({
      hostname: config.host,
      port: config.httpPort,
      idleTimeout: HTTP_IDLE_SECONDS,
      fetch: app.fetch,
    });
  });
  await livestreams.resumeAll();
  statistics.start();
  const posters = new PosterGrabber({ decode: ffmpegDecoder(), playouts, thumbnails, nowMs, log });
  isListening = true;
  log.info("ready", { httpPort: http.port ?? 0, rtmpPort: rtmp.port });

  return {
    httpPort: http.port ?? 0,
    rtmpPort: rtmp.port,
    adminToken,
    urls,
    localHost: config.host === "0.0.0.0" || config.host === "::" ? "127.0.0.1" : config.host,
    stop: async () => {
      log.info("stopping");
      isListening = false;
      statistics.stop();
      await posters.stop();
      const isDrained = http.stop();
      await livestreams.shutdown();
      await playouts.shutdown();
      rtmp.stop();
      await Promise.race([isDrained, Bun.sleep(HTTP_DRAIN_MS)]);
      await http.stop(true);
      await statistics.close();
      database.close();
      lock.release();
      log.info("stopped");
      // The last lines and the goodbyes to encoders go out with the next turn of the event loop.
      await setImmediate();
    },
  };
}

function orStartError<Result>(what: string, bind: () => Result): Result {
  try {
    return bind();
  } catch (error) {
    throw new StartError(
      `${what} cannot be listened on: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
