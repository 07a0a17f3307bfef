// The ports of the server: RTMP and HTTP, or with a certificate RTMP, RTMPS beside it, and HTTPS.

import { mediaDownloadPath } from "#openapi/playback-paths.ts";
import { codeOf, messageOf } from "#server/common/failure.ts";
import type { Config } from "./command/config.ts";
import type { Log } from "./common/log.ts";
import { StartError } from "./common/start-error.ts";
import { readTls, type TlsWatch, watchTls } from "./common/tls-files.ts";
import { HttpListener, type HttpListenerOptions } from "./http/http-listener.ts";
import { RtmpListener, type RtmpListenerOptions } from "./ingest/rtmp-listener.ts";

/** The pattern of the paths of downloads. */
const DOWNLOADS = `/${mediaDownloadPath(":id")}`;

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
    failed: HttpListenerOptions["failed"];
    rtmp: Pick<RtmpListenerOptions, "door" | "slowPlayers" | "descriptors" | "clock">;
    log: Log;
  },
): Listeners {
  const { log } = parts;
  const hostname = config.host;
  const tls = config.tls === null ? null : readTls(config.tls);
  const listenRtmp = (port: number, withTls: typeof tls): RtmpListener => {
    const protocol = withTls === null ? "RTMP" : "RTMPS";
    return orStartError({ protocol, variable: "TANDEM_RTMP_PORT", hostname, port }, () => {
      return new RtmpListener({ ...parts.rtmp, hostname, port, tls: withTls, log });
    });
  };

  const [rtmp, rtmps] =
    tls === null ? [listenRtmp(config.rtmpPort, null), null] : portPair(config.rtmpPort, tls, listenRtmp);
  const port = config.httpPort;
  const http = orStartError({ protocol: "HTTP", variable: "TANDEM_HTTP_PORT", hostname, port }, () => {
    const { fetch, failed } = parts;
    return new HttpListener({ hostname, port, fetch, failed, tls, sizedStreamPath: DOWNLOADS });
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

/** A port that is to be listened on, and the variable that says which. */
interface Wanted {
  readonly protocol: "HTTP" | "RTMP" | "RTMPS";
  readonly variable: "TANDEM_HTTP_PORT" | "TANDEM_RTMP_PORT";
  readonly hostname: string;
  readonly port: number;
}

function orStartError<Result>(wanted: Wanted, bind: () => Result): Result {
  try {
    return bind();
  } catch (error) {
    throw new StartError(problemOf(error, wanted));
  }
}

function problemOf(error: unknown, { protocol, variable, hostname, port }: Wanted): string {
  const subject = `${protocol} port ${port} on ${hostname}`;
  const code = codeOf(error);
  switch (code) {
    case "EADDRINUSE":
      return `${subject} is in use by another process; ${variable} may hold another, or 0 for any free one`;
    case "EACCES":
      return `${subject} cannot be listened on: this process may not; ${variable} may hold one from 1024 on`;
    case "EADDRNOTAVAIL":
      return `TANDEM_HOST holds ${JSON.stringify(hostname)}; it may hold an address of this machine`;
    default: {
      const reason = messageOf(error);
      return `${subject} cannot be listened on: ${reason}; TANDEM_HOST may hold an address of this machine`;
    }
  }
}
