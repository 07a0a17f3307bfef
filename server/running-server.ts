// The running server: started and stopped in order.

import { setImmediate } from "node:timers/promises";
import { AcceptGuard } from "./accept-guard.ts";
import { type Assembly, assemble } from "./assembly.ts";
import type { Config } from "./command/config.ts";
import type { Clock } from "./common/clock.ts";
import { delay } from "./common/delay.ts";
import { messageOf } from "./common/failure.ts";
import { hostInUrl, localHost } from "./common/local-host.ts";
import { createLog } from "./common/log.ts";
import type { PublicUrls } from "./common/public-urls.ts";
import { answerFailure } from "./http/app.ts";
import { type Listeners, openListeners } from "./listeners.ts";
import { ffmpegDecoder } from "./thumbnails/key-frame-decoder.ts";
import { PosterGrabber } from "./thumbnails/poster-grabber.ts";

/** At the end of the process what playouts said at theirs gets this long to be written. */
const LAST_NOTES_MS = 1000;

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
  const assembly = await assemble(config, clock);
  const { descriptors, spares, livestreams, playouts, thumbnails, statistics, monotonicMs, log } = assembly;
  // Whoever comes finds what was there before: an encoder that is refused once, as OBS is, does not come again.
  await livestreams.reopen();
  const listeners = listen(config, assembly);
  assembly.ports.opened(listeners);
  const { http, rtmp, rtmps } = listeners;
  const rtmpPorts = rtmps === null ? [rtmp] : [rtmp, rtmps];
  const guard = new AcceptGuard({ descriptors, spares, http, rtmp: rtmpPorts, log });
  livestreams.goOn();
  assembly.retention.start();
  await assembly.archive?.start();
  if (assembly.storedPictures !== null) void startPictures(assembly); // Says itself what fails.
  await statistics.start();
  await assembly.webhooks.dispatcher.start();
  const posters = new PosterGrabber({ decode: ffmpegDecoder(), playouts, thumbnails, monotonicMs, log });
  announce(assembly, listeners);
  return {
    httpPort: http.port,
    rtmpPort: rtmp.port,
    adminToken: assembly.adminToken,
    urls: assembly.urls,
    localHttpUrl: `${config.tls === null ? "http" : "https"}://${hostInUrl(localHost(config.host))}:${http.port}`,
    localHost: localHost(config.host),
    stop: () => stop(assembly, listeners, { guard, posters }),
  };
}

function listen(
  config: Config,
  { playback, app, playouts, slowPlayers, descriptors, ...rest }: Assembly,
): Listeners {
  const { clock, log } = rest;
  return openListeners(config, {
    fetch: (request) => playback.answer(request) ?? app.fetch(request),
    failed: (error, request) => answerFailure(error, request, log),
    rtmp: { door: playouts, slowPlayers, descriptors, clock },
    log,
  });
}

/** A store that is away has the pictures at the next start. */
async function startPictures({ thumbnails, log }: Assembly): Promise<void> {
  try {
    await thumbnails.start();
  } catch (error) {
    log.warn("pictures_wait", { message: messageOf(error) });
  }
}

/** At every level: whoever asked for any free port learns here which they are. */
function announce({ writeLog, clock }: Assembly, { http, rtmp, rtmps }: Listeners): void {
  const announcements = createLog({ level: "info", write: writeLog, clock });
  const ports = { httpPort: http.port, rtmpPort: rtmp.port };
  announcements.info("ready", rtmps === null ? ports : { ...ports, rtmpsPort: rtmps.port });
}

async function stop(
  {
    log,
    ports,
    statistics,
    retention,
    archive,
    storedPictures,
    livestreams,
    clips,
    playouts,
    reports,
    feed,
    owed,
    disk,
    risingTime,
    stores,
    lock,
    webhooks,
  }: Assembly,
  listeners: Listeners,
  { guard, posters }: { guard: AcceptGuard; posters: PosterGrabber },
): Promise<void> {
  log.info("stopping");
  ports.closing();
  listeners.stopWatching();
  guard.stop();
  statistics.stop();
  const isDispatched = webhooks.dispatcher.stop();
  await posters.stop();
  retention.stop();
  await archive?.stop();
  await storedPictures?.stop();
  const isDrained = listeners.http.stop();
  await clips.shutdown();
  await livestreams.shutdown();
  await playouts.shutdown();
  reports.close();
  feed.close();
  listeners.rtmp.stop();
  listeners.rtmps?.stop();
  await isDrained;
  // What the playouts said at their end is written, or owed, before what is owed has its last try; unless a disk holds it up.
  const isNoted = new AbortController();
  await Promise.race([stores.turns.settled(), delay(LAST_NOTES_MS, isNoted.signal)]);
  isNoted.abort();
  await owed.close();
  disk.stop();
  await isDispatched;
  await risingTime.stop();
  await stores.close();
  lock.release();
  log.info("stopped");
  // The last lines and the goodbyes to encoders go out with the next turn of the event loop.
  await setImmediate();
}
