import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "#server/command/config.ts";
import { StartError } from "#server/common/start-error.ts";

test("without a variable every setting has its default", () => {
  expect(readConfig({})).toEqual({
    host: "0.0.0.0",
    httpPort: 8080,
    rtmpPort: 1935,
    dataDir: "./data",
    publicUrl: null,
    rtmpPublicUrl: null,
    adminToken: null,
    segmentSeconds: 2,
    partMilliseconds: 200,
    ingestTimeoutSeconds: 5,
    rtmpMergeMilliseconds: 90,
    sampleIntervalSeconds: 10,
    tls: null,
    metricsToken: null,
    failover: "sticky",
    corsOrigins: "*",
    mediaRetentionDays: null,
    trashRetentionDays: 30,
    minFreeDiskMegabytes: 512,
    webhookAllowPrivate: false,
    databaseUrl: null,
    objectStore: null,
    objectStoreRedirect: false,
    logLevel: "info",
  });
});

test("every variable is read", () => {
  expect(
    readConfig({
      TANDEM_HOST: "::1",
      TANDEM_HTTP_PORT: "0",
      TANDEM_RTMP_PORT: "19350",
      TANDEM_DATA_DIR: "/var/lib/tandem",
      TANDEM_PUBLIC_URL: "https://live.example.com/base/",
      TANDEM_RTMP_PUBLIC_URL: "rtmp://live.example.com",
      TANDEM_ADMIN_TOKEN: "abc-._~+/123==",
      TANDEM_SEGMENT_SECONDS: "1.5",
      TANDEM_PART_MILLISECONDS: "0",
      TANDEM_INGEST_TIMEOUT_SECONDS: "10",
      TANDEM_RTMP_MERGE_MILLISECONDS: "0",
      TANDEM_SAMPLE_INTERVAL_SECONDS: "300",
      TANDEM_TLS_CERT: "/etc/tandem/certificate.pem",
      TANDEM_TLS_KEY: "key.pem",
      TANDEM_METRICS_TOKEN: "metrics-token",
      TANDEM_FAILOVER: "revertive",
      TANDEM_CORS_ORIGINS:
        "https://Studio.example.com:443/, http://localhost:5173,https://studio.example.com",
      TANDEM_MEDIA_RETENTION_DAYS: "365",
      TANDEM_TRASH_RETENTION_DAYS: "0",
      TANDEM_MIN_FREE_DISK_MB: "0",
      TANDEM_WEBHOOK_ALLOW_PRIVATE: "true",
      TANDEM_DATABASE_URL: "postgres://tandem:pass@db.example:5433/tandem?sslmode=require",
      TANDEM_OBJECT_STORE_URL: "s3://recordings/tandem/one/",
      TANDEM_OBJECT_STORE_REDIRECT: "true",
      S3_ENDPOINT: "http://store.example:9000/",
      S3_REGION: "eu-central-1",
      S3_ACCESS_KEY_ID: "AKIA+/=",
      S3_SECRET_ACCESS_KEY: "horse+/=",
      TANDEM_LOG: "debug",
    }),
  ).toEqual({
    host: "::1",
    httpPort: 0,
    rtmpPort: 19350,
    dataDir: "/var/lib/tandem",
    publicUrl: "https://live.example.com/base",
    rtmpPublicUrl: "rtmp://live.example.com",
    adminToken: "abc-._~+/123==",
    segmentSeconds: 1.5,
    partMilliseconds: 0,
    ingestTimeoutSeconds: 10,
    rtmpMergeMilliseconds: 0,
    sampleIntervalSeconds: 300,
    tls: { certFile: "/etc/tandem/certificate.pem", keyFile: "key.pem" },
    metricsToken: "metrics-token",
    failover: "revertive",
    corsOrigins: ["https://studio.example.com", "http://localhost:5173"],
    mediaRetentionDays: 365,
    trashRetentionDays: 0,
    minFreeDiskMegabytes: 0,
    webhookAllowPrivate: true,
    databaseUrl: "postgres://tandem:pass@db.example:5433/tandem?sslmode=require",
    objectStore: {
      endpoint: "http://store.example:9000",
      region: "eu-central-1",
      bucket: "recordings",
      prefix: "tandem/one/",
      accessKeyId: "AKIA+/=",
      secretAccessKey: "horse+/=",
    },
    objectStoreRedirect: true,
    logLevel: "debug",
  });
});

test("an empty variable is an unset one", () => {
  expect(readConfig({ TANDEM_HTTP_PORT: "", TANDEM_ADMIN_TOKEN: "" })).toEqual(readConfig({}));
});

const ORIGINS = "* or origins, comma-separated, each like https://studio.example.com";

const BUCKET = "s3://bucket or s3://bucket/prefix";

const BAD_VALUES: readonly [name: string, held: string, mayHold: string][] = [
  ["TANDEM_HOST", "not a host", "an IP address or a host name"],
  ["TANDEM_HTTP_PORT", "65536", "a port, 0 to 65535 (0 = any free one)"],
  ["TANDEM_HTTP_PORT", "-1", "a port, 0 to 65535 (0 = any free one)"],
  ["TANDEM_HTTP_PORT", "80.5", "a port, 0 to 65535 (0 = any free one)"],
  ["TANDEM_RTMP_PORT", "0x10", "a port, 0 to 65535 (0 = any free one)"],
  ["TANDEM_RTMP_PORT", " 1935", "a port, 0 to 65535 (0 = any free one)"],
  ["TANDEM_DATA_DIR", "  ", "the path of a folder"],
  ["TANDEM_PUBLIC_URL", "live.example.com", "an http:// or https:// URL without query"],
  ["TANDEM_PUBLIC_URL", "https://live.example.com/?a=b", "an http:// or https:// URL without query"],
  ["TANDEM_PUBLIC_URL", "https://live.example.com/?", "an http:// or https:// URL without query"],
  ["TANDEM_PUBLIC_URL", "https://live.example.com/#", "an http:// or https:// URL without query"],
  ["TANDEM_PUBLIC_URL", "https:live.example.com", "an http:// or https:// URL without query"],
  ["TANDEM_PUBLIC_URL", " https://live.example.com", "an http:// or https:// URL without query"],
  ["TANDEM_RTMP_PUBLIC_URL", "rtmp://live.example.com?", "an rtmp:// or rtmps:// URL without query"],
  ["TANDEM_RTMP_PUBLIC_URL", "http://live.example.com", "an rtmp:// or rtmps:// URL without query"],
  ["TANDEM_CORS_ORIGINS", ",", ORIGINS],
  ["TANDEM_CORS_ORIGINS", "https://a.example,", ORIGINS],
  ["TANDEM_CORS_ORIGINS", "studio.example.com", ORIGINS],
  ["TANDEM_CORS_ORIGINS", "https://studio.example.com/path", ORIGINS],
  ["TANDEM_CORS_ORIGINS", "https://studio.example.com?", ORIGINS],
  ["TANDEM_CORS_ORIGINS", "https://*.example.com", ORIGINS],
  ["TANDEM_CORS_ORIGINS", "*,https://studio.example.com", ORIGINS],
  ["TANDEM_CORS_ORIGINS", "https://me@studio.example.com", ORIGINS],
  ["TANDEM_CORS_ORIGINS", "https://", ORIGINS],
  ["TANDEM_CORS_ORIGINS", "ftp://studio.example.com", ORIGINS],
  ["TANDEM_CORS_ORIGINS", "null", ORIGINS],
  ["TANDEM_CORS_ORIGINS", "https://studio.example.com:99999", ORIGINS],
  ["TANDEM_CORS_ORIGINS", "https://a.example https://b.example", ORIGINS],
  ["TANDEM_SEGMENT_SECONDS", "0", "seconds, 0.5 to 30"],
  ["TANDEM_SEGMENT_SECONDS", "2s", "seconds, 0.5 to 30"],
  ["TANDEM_PART_MILLISECONDS", "10", "whole milliseconds, 50 to 5000, or 0"],
  ["TANDEM_INGEST_TIMEOUT_SECONDS", "Infinity", "seconds, 1 to 300"],
  ["TANDEM_SAMPLE_INTERVAL_SECONDS", "0.5", "seconds, 1 to 300"],
  ["TANDEM_SAMPLE_INTERVAL_SECONDS", "301", "seconds, 1 to 300"],
  ["TANDEM_RTMP_MERGE_MILLISECONDS", "1.5", "whole milliseconds, 0 to 1000 (0 = no merging)"],
  ["TANDEM_MEDIA_RETENTION_DAYS", "0", "whole days, 1 to 36500"],
  ["TANDEM_MEDIA_RETENTION_DAYS", "36501", "whole days, 1 to 36500"],
  ["TANDEM_TRASH_RETENTION_DAYS", "1.5", "whole days, 0 to 36500 (0 = never)"],
  ["TANDEM_MIN_FREE_DISK_MB", "-1", "whole megabytes, 0 to 1000000000 (0 = the disk may be filled)"],
  ["TANDEM_OBJECT_STORE_URL", "https://bucket.example", BUCKET],
  ["TANDEM_OBJECT_STORE_URL", "s3://Bucket", BUCKET],
  ["TANDEM_OBJECT_STORE_URL", "s3://bucket/../other", BUCKET],
  ["TANDEM_OBJECT_STORE_URL", "s3://bucket//two", BUCKET],
  ["TANDEM_OBJECT_STORE_REDIRECT", "yes", "true or false"],
  ["S3_REGION", "eu central", "letters, digits and punctuation, without a blank"],
  ["TANDEM_LOG", "verbose\nx", "debug, info, warn, error"],
];

test.each(BAD_VALUES)("%s refuses %j in one line that says what it may hold", (name, held, mayHold) => {
  const reading = (): unknown => readConfig({ [name]: held });
  expect(reading).toThrow(new StartError(`${name} holds ${JSON.stringify(held)}; it may hold ${mayHold}`));
});

test.each([
  ["TANDEM_ADMIN_TOKEN", "correct horse"],
  ["TANDEM_METRICS_TOKEN", "correct horse"],
  ["TANDEM_DATABASE_URL", "mysql://tandem:horse@db/tandem"],
  ["TANDEM_DATABASE_URL", "postgres://tandem:horse@db/"],
  ["TANDEM_DATABASE_URL", "postgres://tandem:horse @db/tandem"],
  ["TANDEM_DATABASE_URL", "postgres:///horse"],
  ["S3_SECRET_ACCESS_KEY", "correct horse"],
])("a %s that cannot be one is refused and not repeated", (name, secret) => {
  try {
    readConfig({ [name]: secret });
    throw new Error("it was taken");
  } catch (error) {
    expect(String(error)).toContain(name);
    expect(String(error)).not.toContain("horse");
  }
});

describe("a secret in a file", () => {
  const folder = mkdtempSync(join(tmpdir(), "tandem-secrets-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "secret");

  test.each(["TANDEM_ADMIN_TOKEN", "TANDEM_METRICS_TOKEN"])(
    "is read where %s_FILE names it",
    async (name) => {
      await Bun.write(file, "horse\n");
      expect(Object.values(readConfig({ [`${name}_FILE`]: file }))).toContain("horse");
      expect(Object.values(readConfig({ [name]: "donkey", [`${name}_FILE`]: file }))).not.toContain("horse");
    },
  );

  test("is refused where there is none, with its name and without what it holds", async () => {
    const missing = join(folder, "missing");
    expect(() => readConfig({ TANDEM_ADMIN_TOKEN_FILE: missing })).toThrow(/TANDEM_ADMIN_TOKEN_FILE.*ENOENT/);
    await Bun.write(file, "\n");
    expect(() => readConfig({ TANDEM_ADMIN_TOKEN_FILE: file })).toThrow(/_FILE names .* which is empty/);
    await Bun.write(file, "bad horse");
    expect(() => readConfig({ TANDEM_ADMIN_TOKEN_FILE: file })).toThrow(
      /^TANDEM_ADMIN_TOKEN holds (?!.*horse)/,
    );
  });

  test("is no way to give what is no secret", async () => {
    await Bun.write(file, "99");
    expect(readConfig({ TANDEM_HTTP_PORT_FILE: file })).toEqual(readConfig({}));
  });
});

test("a certificate without its key, and a key without its certificate, are refused", () => {
  expect(() => readConfig({ TANDEM_TLS_CERT: "a.pem" })).toThrow(
    new StartError("TANDEM_TLS_CERT is set and TANDEM_TLS_KEY is not; TLS needs both"),
  );
  expect(() => readConfig({ TANDEM_TLS_KEY: "a.key", TANDEM_TLS_CERT: "" })).toThrow(
    new StartError("TANDEM_TLS_KEY is set and TANDEM_TLS_CERT is not; TLS needs both"),
  );
});

test("an object store without its keys is refused", () => {
  const url = { TANDEM_OBJECT_STORE_URL: "s3://bucket" };
  expect(() => readConfig({ ...url, S3_SECRET_ACCESS_KEY: "horse" })).toThrow(
    new StartError("TANDEM_OBJECT_STORE_URL is set and S3_ACCESS_KEY_ID is not; a store needs both keys"),
  );
  expect(() => readConfig({ ...url, S3_ACCESS_KEY_ID: "tandem" })).toThrow(
    new StartError("TANDEM_OBJECT_STORE_URL is set and S3_SECRET_ACCESS_KEY is not; a store needs both keys"),
  );
  const keys = { S3_ACCESS_KEY_ID: "tandem", S3_SECRET_ACCESS_KEY: "horse" };
  expect(readConfig({ ...url, ...keys }).objectStore).toMatchObject({
    endpoint: "https://s3.us-east-1.amazonaws.com",
    prefix: "",
  });
  expect(readConfig(keys).objectStore).toBeNull();
});
