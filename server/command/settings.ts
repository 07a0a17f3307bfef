// Every setting, in one table: its variable, its default, what it means and what it may hold.

import { LOG_LEVELS } from "#server/common/log.ts";
import {
  bearerToken,
  bucket,
  corsOrigins,
  databaseUrl,
  days,
  flag,
  folder,
  host,
  megabytes,
  milliseconds,
  oneOf,
  pemFile,
  port,
  type SettingValue,
  seconds,
  secretWord,
  url,
  word,
} from "./setting-values.ts";

export interface Setting<Value> {
  readonly variable: string;
  readonly byDefault: Value;
  /** The default as help and README show it. */
  readonly shownDefault: string;
  /** In a line of the help and of the README's table. */
  readonly meaning: string;
  readonly value: SettingValue<NonNullable<Value>>;
}

/** In the order in which they are shown. */
export const SETTINGS = {
  host: setting("TANDEM_HOST", host, "0.0.0.0", "address to bind"),
  httpPort: setting("TANDEM_HTTP_PORT", port, 8080, "port for the API, the pages and HLS; 0 = any free one"),
  rtmpPort: setting("TANDEM_RTMP_PORT", port, 1935, "port for encoders; 0 = any free one"),
  dataDir: setting("TANDEM_DATA_DIR", folder, "./data", "databases, recordings, admin-token"),
  publicUrl: optional(
    "TANDEM_PUBLIC_URL",
    url("http", "https"),
    "http://localhost:<http port>",
    "base of every HTTP URL in an answer",
  ),
  rtmpPublicUrl: optional(
    "TANDEM_RTMP_PUBLIC_URL",
    url("rtmp", "rtmps"),
    "rtmp://localhost:<rtmp port>",
    "base of every input URL",
  ),
  adminToken: optional(
    "TANDEM_ADMIN_TOKEN",
    bearerToken,
    "made at the first start",
    "when unset, it is in <data dir>/admin-token",
  ),
  segmentSeconds: setting(
    "TANDEM_SEGMENT_SECONDS",
    seconds(0.5, 30),
    2,
    "target; segments begin at key frames",
  ),
  partMilliseconds: setting(
    "TANDEM_PART_MILLISECONDS",
    milliseconds(50, 5000),
    200,
    "low-latency part target, and what is recorded at once; 0 = off",
  ),
  ingestTimeoutSeconds: setting(
    "TANDEM_INGEST_TIMEOUT_SECONDS",
    seconds(1, 300),
    5,
    "no media for this long: the input is inactive",
  ),
  rtmpMergeMilliseconds: setting(
    "TANDEM_RTMP_MERGE_MILLISECONDS",
    milliseconds(0, 1000, "no merging"),
    90,
    "RTMP players are written to this often; 0 = at once",
  ),
  failover: setting(
    "TANDEM_FAILOVER",
    oneOf(["sticky", "revertive"], " or "),
    "sticky",
    "revertive: go back to the primary once it is well",
  ),
  sampleIntervalSeconds: setting(
    "TANDEM_SAMPLE_INTERVAL_SECONDS",
    seconds(1, 300),
    10,
    "how often each input's statistics are written down, 1 to 300",
  ),
  tlsCert: optional(
    "TANDEM_TLS_CERT",
    pemFile,
    "none",
    "PEM file: the certificate, then those that vouch for it",
  ),
  tlsKey: optional("TANDEM_TLS_KEY", pemFile, "none", "PEM file: its key; both or neither"),
  metricsToken: optional(
    "TANDEM_METRICS_TOKEN",
    bearerToken,
    "none",
    "when set, /metrics needs it as its Bearer token",
  ),
  corsOrigins: setting(
    "TANDEM_CORS_ORIGINS",
    corsOrigins,
    "*",
    "origins whose pages may call the API, comma-separated; * = all",
  ),
  mediaRetentionDays: optional(
    "TANDEM_MEDIA_RETENTION_DAYS",
    days(1),
    "none",
    "media this old are soft-deleted",
  ),
  trashRetentionDays: setting(
    "TANDEM_TRASH_RETENTION_DAYS",
    days(0),
    30,
    "soft-deleted media this long are removed for good; 0 = never",
  ),
  minFreeDiskMegabytes: setting(
    "TANDEM_MIN_FREE_DISK_MB",
    megabytes,
    512,
    "less free space: recording stops loudly, live goes on",
  ),
  webhookAllowPrivate: setting(
    "TANDEM_WEBHOOK_ALLOW_PRIVATE",
    flag,
    false,
    "webhooks may go to loopback and private addresses",
  ),
  databaseUrl: optional(
    "TANDEM_DATABASE_URL",
    databaseUrl,
    "none",
    "postgres://…: rows are kept there; none = SQLite in the data directory",
  ),
  objectStore: optional(
    "TANDEM_OBJECT_STORE_URL",
    bucket,
    "none",
    "s3://bucket/prefix: recordings and pictures are kept there; none = the data directory",
  ),
  objectStoreRedirect: setting(
    "TANDEM_OBJECT_STORE_REDIRECT",
    flag,
    false,
    "recorded bytes are answered by a presigned redirect",
  ),
  s3Endpoint: optional("S3_ENDPOINT", url("http", "https"), "AWS", "URL of the store"),
  s3Region: setting("S3_REGION", word, "us-east-1", "region of the bucket"),
  s3AccessKeyId: optional("S3_ACCESS_KEY_ID", word, "none", "who writes to the bucket"),
  s3SecretAccessKey: optional("S3_SECRET_ACCESS_KEY", secretWord, "none", "their secret"),
  logLevel: setting("TANDEM_LOG", oneOf(LOG_LEVELS, ", "), "info", LOG_LEVELS.join(", ")),
};

function setting<Value extends string | number | boolean | readonly string[]>(
  variable: string,
  value: SettingValue<Value>,
  byDefault: NoInfer<Value>,
  meaning: string,
): Setting<Value> {
  return { variable, value, byDefault, shownDefault: String(byDefault), meaning };
}

/** Null when it is not set. */
function optional<Value>(
  variable: string,
  value: SettingValue<Value & {}>,
  shownDefault: string,
  meaning: string,
): Setting<(Value & {}) | null> {
  return { variable, value, byDefault: null, shownDefault, meaning };
}
