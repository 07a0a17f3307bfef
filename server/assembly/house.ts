// What encoders and calls change: livestreams, their playouts, what is told of them and counted; built and joined.

import type { Config } from "#server/command/config.ts";
import { VERSION } from "#server/command/version.ts";
import { delay } from "#server/common/delay.ts";
import { StretchCache } from "#server/delivery/stretch-cache.ts";
import type { FeedEvent } from "#server/feed/feed-event.ts";
import { LivestreamFeed } from "#server/feed/livestream-feed.ts";
import { SlowPlayers } from "#server/ingest/slow-players.ts";
import { ClipService } from "#server/livestreams/clip-service.ts";
import { conversionOf, factsOf } from "#server/livestreams/conversion.ts";
import { LivestreamService } from "#server/livestreams/livestream-service.ts";
import { LivestreamTurns } from "#server/livestreams/livestream-turns.ts";
import { MediaService } from "#server/livestreams/media-service.ts";
import { PlayoutReporter } from "#server/livestreams/playout-reporter.ts";
import { Retention } from "#server/livestreams/retention.ts";
import { TrustedDate } from "#server/livestreams/trusted-date.ts";
import { PlayoutManager } from "#server/playout/playout-manager.ts";
import {
  endedOpener,
  instanceOpener,
  type ProgrammeOptions,
  programmeOpener,
} from "#server/programme/open-programme.ts";
import { Archive } from "#server/recording/archive.ts";
import { Statistics } from "#server/stats/statistics.ts";
import type { NewDelivery } from "#server/store/delivery-store.ts";
import { ClipPictures } from "#server/thumbnails/clip-pictures.ts";
import { ffmpegDecoder } from "#server/thumbnails/key-frame-decoder.ts";
import type { Storage } from "./storage.ts";
import type { Surroundings } from "./surroundings.ts";

/** What encoders and calls change: livestreams, their playouts, what is told of them and counted. */
export interface House {
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

export function buildHouse(config: Config, surroundings: Surroundings, storage: Storage): House {
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
