// The ports of the server: RTMP and HTTP, or with a certificate RTMP, RTMPS beside it, and HTTPS.

import type { Config } from "./config.ts";
import { HttpListener, type HttpListenerOptions } from "./http/http-listener.ts";
import { RtmpListener, type RtmpListenerOptions } from "./ingest/rtmp-listener.ts";
import type { Log } from "./log.ts";
import { StartError } from "./start-error.ts";
import { readTls, type TlsWatch, watchTls } from "./tls-files.ts";

/** With any free port for RTMP, the one above it must be free too: so many are tried. */
const MAX_PORT_PAIRS = 50;

export interface Listeners {
  readonly http: HttpListener;
  readonly rtmp: RtmpListener;
  /** Null without TLS. */
  readonly rtmps: RtmpListener | null;
  /** The certificate is not read again after this. */
  stopWatching(): void;
}

/** Throws a {@link StartError} when a port cannot be listened on or the certificate is not to be used. */
export function openListeners(
  config: Pick<Config, "host" | "httpPort" | "rtmpPort" | "tls">,
  parts: {
    fetch: HttpListenerOptions["fetch"];
    rtmp: Pick<RtmpListenerOptions, "door" | "slowPlayers" | "nowMs">;
    log: Log;
  },
): Listeners {
  const { log } = parts;
  const hostname = config.host;
  const tls = config.tls === null ? null : readTls(config.tls);
  const listenRtmp = (port: number, withTls: typeof tls): RtmpListener =>
    orStartError(`${withTls === null ? "RTMP" : "RTMPS"} port ${port} on ${hostname}`, () => {
      return new RtmpListener({ ...parts.rtmp, hostname, port, tls: withTls, log });
    });

  const [rtmp, rtmps] =
    tls === null ? [listenRtmp(config.rtmpPort, null), null] : portPair(config.rtmpPort, tls, listenRtmp);
  const http = orStartError(`HTTP port ${config.httpPort} on ${hostname}`, () => {
    return new HttpListener({ hostname, port: config.httpPort, fetch: parts.fetch, tls });
  });

  let watch: TlsWatch | null = null;
  if (config.tls !== null && tls !== null) {
    watch = watchTls(config.tls, tls, {
      renewed: (renewed) => {
        http.renew(renewed);
        rtmps?.renew(renewed);
        log.info("certificate_renewed");
      },
      failed: (message) => log.error("certificate_not_renewed", { message }),
    });
  }
  return { http, rtmp, rtmps, stopWatching: () => watch?.stop() };
}

/** RTMP, and RTMPS on the port above. */
function portPair<Tls>(
  rtmpPort: number,
  tls: Tls,
  listen: (port: number, tls: Tls | null) => RtmpListener,
): [rtmp: RtmpListener, rtmps: RtmpListener] {
  if (rtmpPort === 65_535) {
    throw new StartError("TANDEM_RTMP_PORT holds 65535, which leaves no port above it for RTMPS");
  }
  for (let attempt = 1; ; attempt++) {
    const rtmp = listen(rtmpPort, null);
    try {
      return [rtmp, listen(rtmp.port + 1, tls)];
    } catch (error) {
      rtmp.stop();
      if (rtmpPort !== 0 || attempt === MAX_PORT_PAIRS) throw error;
    }
  }
}

function orStartError<Result>(port: string, bind: () => Result): Result {
  try {
    return bind();
  } catch (error) {
    throw new StartError(`${port} ${problemOf(error)}`);
  }
}

function problemOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : null;
  switch (code) {
    case "EADDRINUSE":
      return "is in use by another process";
    case "EADDRNOTAVAIL":
      return "cannot be listened on: the address is none of this machine's";
    case "EACCES":
      return "cannot be listened on: this process may not, ports below 1024 are for the privileged";
    default:
      return `cannot be listened on: ${error instanceof Error ? error.message : String(error)}`;
  }
}
