// Where calls and viewers come in: the HTTP application and what it answers from; built and joined.

import type { PlayoutName } from "#openapi/names.ts";
import type { Config } from "#server/command/config.ts";
import { ListedAnswers } from "#server/delivery/listed-answers.ts";
import { LivePlayback } from "#server/delivery/live-playback.ts";
import { MediaPlayback } from "#server/delivery/media-playback.ts";
import { PlaybackGuard } from "#server/delivery/playback-guard.ts";
import { PlaybackRouter } from "#server/delivery/playback-router.ts";
import { PlaybackSessions } from "#server/delivery/playback-sessions.ts";
import { PlaybackTokens } from "#server/delivery/playback-tokens.ts";
import { SecretFolders } from "#server/delivery/secret-folders.ts";
import { WatchingBeacons } from "#server/delivery/watching-beacons.ts";
import { createApp } from "#server/http/app.ts";
import type { NotReady, ReadinessChecks } from "#server/http/health-routes.ts";
import { metricsRoutes } from "#server/http/metrics-routes.ts";
import { openThumbnailRoutes } from "#server/http/open-thumbnail-routes.ts";
import { webRoutes } from "#server/http/web-routes.ts";
import { LivestreamTimeline } from "#server/livestreams/livestream-timeline.ts";
import { asShownToAll } from "#server/livestreams/livestream-view.ts";
import { type DiskProblem, diskSentence } from "#server/readiness/disk-probe.ts";
import { ObjectProbe } from "#server/readiness/object-probe.ts";
import { scopesOf } from "#server/store/admin-token.ts";
import type { ObjectStore } from "#server/store/object-store.ts";
import type { House } from "./house.ts";
import type { Storage } from "./storage.ts";
import type { Surroundings } from "./surroundings.ts";

/** What viewers and callers of the API are answered by. */
interface Front {
  readonly playback: PlaybackRouter;
  readonly app: ReturnType<typeof createApp>;
}

export function buildFront(
  config: Config,
  surroundings: Surroundings,
  storage: Storage,
  house: House,
): Front {
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
