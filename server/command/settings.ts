// The settings as the help shows them: whoever has the binary alone has no other list.

/** Variable, default, meaning: the README's table, line by line. */
export const SETTINGS: readonly (readonly [variable: string, byDefault: string, meaning: string])[] = [
  ["TANDEM_HOST", "0.0.0.0", "address to bind"],
  ["TANDEM_HTTP_PORT", "8080", "port for the API, the pages and HLS; 0 = any free one"],
  ["TANDEM_RTMP_PORT", "1935", "port for encoders; 0 = any free one"],
  ["TANDEM_DATA_DIR", "./data", "databases, recordings, admin-token"],
  ["TANDEM_PUBLIC_URL", "http://localhost:<http port>", "base of every HTTP URL in an answer"],
  ["TANDEM_RTMP_PUBLIC_URL", "rtmp://localhost:<rtmp port>", "base of every input URL"],
  ["TANDEM_ADMIN_TOKEN", "made at the first start", "when unset, it is in <data dir>/admin-token"],
  ["TANDEM_SEGMENT_SECONDS", "2", "target; segments begin at key frames"],
  ["TANDEM_PART_MILLISECONDS", "200", "the least that is recorded at once; 0 = a whole segment"],
  ["TANDEM_INGEST_TIMEOUT_SECONDS", "5", "no media for this long: the input is inactive"],
  ["TANDEM_RTMP_MERGE_MILLISECONDS", "90", "RTMP players are written to this often; 0 = at once"],
  ["TANDEM_FAILOVER", "sticky", "revertive: go back to the primary once it is well"],
  ["TANDEM_SAMPLE_INTERVAL_SECONDS", "10", "how often each input's statistics are written down, 1 to 300"],
  ["TANDEM_TLS_CERT", "none", "PEM file: the certificate, then those that vouch for it"],
  ["TANDEM_TLS_KEY", "none", "PEM file: its key; both or neither"],
  ["TANDEM_METRICS_TOKEN", "none", "when set, /metrics needs it as its Bearer token"],
  ["TANDEM_LOG", "info", "debug, info, warn, error"],
];
