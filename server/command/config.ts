// The environment, read once: every setting checked before anything starts.

import { LOG_LEVELS, type LogLevel } from "#server/common/log.ts";
import { isBearerToken } from "#server/common/secret.ts";
import { StartError } from "#server/common/start-error.ts";
import type { TlsFiles } from "#server/common/tls-files.ts";

export interface Config {
  readonly host: string;
  /** 0 = any free port. */
  readonly httpPort: number;
  /** 0 = any free port. */
  readonly rtmpPort: number;
  readonly dataDir: string;
  /** Without a trailing slash; null = `http://localhost:<bound port>`, with TLS `https:`. */
  readonly publicUrl: string | null;
  /** Without a trailing slash; null = `rtmp://localhost:<bound port>`. */
  readonly rtmpPublicUrl: string | null;
  /** Null = the one of the data directory. */
  readonly adminToken: string | null;
  readonly segmentSeconds: number;
  /** 0 = a part is a whole segment. */
  readonly partMilliseconds: number;
  readonly ingestTimeoutSeconds: number;
  /** `sticky`: the side on air stays there until it fails or another is asked for; `revertive`: the primary is taken back. */
  readonly failover: Failover;
  /** 0 = messages to RTMP players are sent as they come. */
  readonly rtmpMergeMilliseconds: number;
  readonly sampleIntervalSeconds: number;
  /** Null = neither HTTPS nor RTMPS. */
  readonly tls: TlsFiles | null;
  /** Null = `/metrics` is open to all. */
  readonly metricsToken: string | null;
  readonly logLevel: LogLevel;
}

const FAILOVERS = ["sticky", "revertive"] as const;

export type Failover = (typeof FAILOVERS)[number];

export type Environment = Readonly<Record<string, string | undefined>>;

/** An empty variable is an unset one. Throws a {@link StartError} that names the first variable with a bad value. */
export function readConfig(environment: Environment): Config {
  const read = <T>(name: string, parse: (held: string) => T | null, mayHold: string, byDefault: T): T => {
    const held = environment[name];
    if (held === undefined || held === "") return byDefault;
    const value = parse(held);
    if (value === null) throw new StartError(`${name} holds ${JSON.stringify(held)}; it may hold ${mayHold}`);
    return value;
  };
  const port = (name: string, byDefault: number): number =>
    read(
      name,
      numberWithin({ min: 0, max: 65_535, whole: true }),
      "a port, 0 to 65535 (0 = any free one)",
      byDefault,
    );
  return {
    host: read("TANDEM_HOST", hostName, "an IP address or a host name", "0.0.0.0"),
    httpPort: port("TANDEM_HTTP_PORT", 8080),
    rtmpPort: port("TANDEM_RTMP_PORT", 1935),
    dataDir: read("TANDEM_DATA_DIR", path, "the path of a folder", "./data"),
    publicUrl: read(
      "TANDEM_PUBLIC_URL",
      urlWith("http:", "https:"),
      "an http:// or https:// URL without query",
      null,
    ),
    rtmpPublicUrl: read(
      "TANDEM_RTMP_PUBLIC_URL",
      urlWith("rtmp:", "rtmps:"),
      "an rtmp:// or rtmps:// URL without query",
      null,
    ),
    adminToken: secretToken("TANDEM_ADMIN_TOKEN", environment),
    segmentSeconds: read(
      "TANDEM_SEGMENT_SECONDS",
      numberWithin({ min: 0.5, max: 30 }),
      "seconds, 0.5 to 30",
      2,
    ),
    partMilliseconds: read(
      "TANDEM_PART_MILLISECONDS",
      (held) => (held === "0" ? 0 : numberWithin({ min: 50, max: 5000, whole: true })(held)),
      "whole milliseconds, 50 to 5000, or 0",
      200,
    ),
    ingestTimeoutSeconds: read(
      "TANDEM_INGEST_TIMEOUT_SECONDS",
      numberWithin({ min: 1, max: 300 }),
      "seconds, 1 to 300",
      5,
    ),
    sampleIntervalSeconds: read(
      "TANDEM_SAMPLE_INTERVAL_SECONDS",
      numberWithin({ min: 1, max: 300 }),
      "seconds, 1 to 300",
      10,
    ),
    tls: bothOrNeither(
      read<string | null>("TANDEM_TLS_CERT", path, "the path of a PEM file", null),
      read<string | null>("TANDEM_TLS_KEY", path, "the path of a PEM file", null),
    ),
    metricsToken: secretToken("TANDEM_METRICS_TOKEN", environment),
    rtmpMergeMilliseconds: read(
      "TANDEM_RTMP_MERGE_MILLISECONDS",
      numberWithin({ min: 0, max: 1000, whole: true }),
      "whole milliseconds, 0 to 1000 (0 = no merging)",
      90,
    ),
    failover: read(
      "TANDEM_FAILOVER",
      (held) => FAILOVERS.find((each) => each === held) ?? null,
      FAILOVERS.join(" or "),
      "sticky",
    ),
    logLevel: read("TANDEM_LOG", logLevel, LOG_LEVELS.join(", "), "info"),
  };
}

/** A secret: whatever is wrong with it, it is not repeated. */
function secretToken(name: string, environment: Environment): string | null {
  const held = environment[name];
  if (held === undefined || held === "") return null;
  if (isBearerToken(held)) return held;
  throw new StartError(
    `${name} holds a character that no Bearer token may hold; it may hold letters, digits and - . _ ~ + /`,
  );
}

function bothOrNeither(certFile: string | null, keyFile: string | null): TlsFiles | null {
  if (certFile !== null && keyFile !== null) return { certFile, keyFile };
  if (certFile === null && keyFile === null) return null;
  const [set, unset] =
    certFile === null ? ["TANDEM_TLS_KEY", "TANDEM_TLS_CERT"] : ["TANDEM_TLS_CERT", "TANDEM_TLS_KEY"];
  throw new StartError(`${set} is set and ${unset} is not; TLS needs both`);
}

function numberWithin(range: { min: number; max: number; whole?: boolean }): (held: string) => number | null {
  return (held) => {
    if (!/^\d+(\.\d+)?$/.test(held)) return null;
    const value = Number(held);
    if (value < range.min || value > range.max) return null;
    return range.whole === true && !Number.isInteger(value) ? null : value;
  };
}

function hostName(held: string): string | null {
  return /^[A-Za-z0-9.:_%-]{1,253}$/.test(held) ? held : null;
}

function path(held: string): string | null {
  return held.includes("\0") || held.trim() === "" ? null : held;
}

function urlWith(...protocols: readonly string[]): (held: string) => string | null {
  return (held) => {
    const url = URL.parse(held);
    if (url === null || !protocols.includes(url.protocol) || url.hostname === "") return null;
    if (url.username !== "" || url.password !== "") return null;
    // Of what a parser forgives, such as a blank around it or a question mark with nothing behind it, no address can be made.
    if (!/^[a-z]+:\/\/[^\s\\?#]+$/i.test(held)) return null;
    return held.replace(/\/+$/, "");
  };
}

function logLevel(held: string): LogLevel | null {
  return LOG_LEVELS.find((level) => level === held) ?? null;
}
