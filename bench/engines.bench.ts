// What PostgreSQL costs beside SQLite, and an object store beside the disk: overview and history in turns, the newest page of a
// long history, sampling, and uploads.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runLoad } from "#bench/support/load.ts";
import { usageOf } from "#bench/support/process-usage.ts";
import { seedSamples } from "#bench/support/seed-samples.ts";
import { createLog } from "#server/common/log.ts";
import { openPostgresStores } from "#server/store/postgres/stores.ts";
import { S3ObjectStore } from "#server/store/s3/s3-object-store.ts";
import type { NewSample } from "#server/store/sample-store.ts";
import { ApiClient } from "#test/support/api-client.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { sampleAt } from "#test/support/fake-statistics.ts";
import { ACCESS_KEY_ID, ObjectServer, SECRET_ACCESS_KEY } from "#test/support/object-server.ts";
import { PostgresServer } from "#test/support/postgres-server.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

const ROUNDS = 5;
const SECONDS = 4;
const REQUESTS_PER_SECOND = 500;
const HEADERS = { Authorization: `Bearer ${ADMIN_TOKEN}` };
const UPLOADED_MEGABYTES = 256;

await using postgres = await PostgresServer.start();
const url = await postgres.newDatabase();
{
  await using sqlite = await TandemServer.start({ environment: { TANDEM_LOG: "info" } });
  await using server = await TandemServer.start({
    environment: { TANDEM_LOG: "info", TANDEM_DATABASE_URL: url },
  });
  const ids = await Promise.all([sqlite, server].map(newLivestream));
  const [sqliteId = "", id = ""] = ids;
  await seedSamples(sqlite, sqliteId, "primary", 10_000);
  await seedSamples(server, id, "primary", 10_000);
  await compare("overview", [statisticsOf(sqlite, sqliteId), statisticsOf(server, id)], [sqlite, server]);
  const pages = [statisticsOf(sqlite, sqliteId, "/primary"), statisticsOf(server, id, "/primary")] as const;
  await compare("history", pages, [sqlite, server]);
  // Nothing of it is kept: each is asked of the database.
  const second = "/primary?page=1";
  const seconds = [statisticsOf(sqlite, sqliteId, second), statisticsOf(server, id, second)] as const;
  await compare("history, second page", seconds, [sqlite, server]);
  const long = await newLivestream(server);
  await seedSamples(server, long, "primary", 10_000_000);
  for (const [name, of] of [
    ["newest", "/primary"],
    ["second", second],
  ] as const) {
    const both = [statisticsOf(server, id, of), statisticsOf(server, long, of)] as const;
    await compare(`${name} page of 10,000 and of 10,000,000`, both, [server, server]);
  }
}
await measureSampling(500, 10);
await measureUpload();

async function newLivestream({ url: at }: TandemServer): Promise<string> {
  return (await new ApiClient(at, ADMIN_TOKEN).create({ name: "Long" })).id;
}

function statisticsOf({ url: at }: TandemServer, id: string, of = ""): string {
  return `${at}/v2/livestreams/${id}/statistics${of}`;
}

/** In turns, after a first one to warm up; medians of the medians. */
async function compare(
  name: string,
  urls: readonly [string, string],
  servers: readonly [TandemServer, TandemServer],
): Promise<void> {
  const p50s: [number[], number[]] = [[], []];
  const cores: [number[], number[]] = [[], []];
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const turn of [0, 1] as const) {
      const before = usageOf(servers[turn].processId).cpuSeconds;
      const { p50, errors } = await runLoad({
        ...{ requestsPerSecond: REQUESTS_PER_SECOND, seconds: SECONDS },
        send: async () => {
          const response = await fetch(urls[turn], { headers: HEADERS });
          await response.arrayBuffer();
          return response.ok;
        },
      });
      if (errors > 0) throw new Error(`${name}: ${errors} errors`);
      if (round === 0) continue;
      p50s[turn].push(p50);
      cores[turn].push((usageOf(servers[turn].processId).cpuSeconds - before) / SECONDS);
    }
  }
  const [a, b] = p50s.map(medianOf);
  const [coresA, coresB] = cores.map(medianOf);
  print(
    `${name}: p50 ${a?.toFixed(2)} and ${b?.toFixed(2)} ms (${((b ?? 0) / (a ?? 1)).toFixed(2)}), ` +
      `${coresA?.toFixed(3)} and ${coresB?.toFixed(3)} cores of the server`,
  );
}

/** The samples alone: what it takes to read them off instances is in statistics.bench.ts. */
async function measureSampling(count: number, seconds: number): Promise<void> {
  const log = createLog({
    level: "warn",
    write: (line) => process.stderr.write(line),
    clock: new FakeClock(),
  });
  const { stores } = await openPostgresStores(await postgres.newDatabase(), log);
  const { statisticsWriter } = stores;
  const takenAt = (second: number): NewSample[] =>
    Array.from({ length: count }, (_, index) =>
      sampleAt(second * 1000, { livestreamId: `livestream ${index}` }),
    );
  statisticsWriter.writeSamples(takenAt(0));
  await until("the series", () => statisticsWriter.figures.samples.waiting === 0, 60);
  const before = process.cpuUsage();
  for (let second = 1; second <= seconds; second += 1) {
    statisticsWriter.writeSamples(takenAt(second));
    await Bun.sleep(1000);
  }
  await until("the samples", () => statisticsWriter.figures.samples.waiting === 0, 60);
  const { user, system } = process.cpuUsage(before);
  print(
    `${count} samples written every second: ${(((user + system) / 1e6 / seconds) * 100).toFixed(2)} % of a core`,
  );
  await stores.close();
}

async function measureUpload(): Promise<void> {
  await using objects = await ObjectServer.start();
  const store = new S3ObjectStore({
    ...{ endpoint: objects.endpoint, region: "us-east-1", bucket: "bench", prefix: "" },
    ...{ accessKeyId: ACCESS_KEY_ID, secretAccessKey: SECRET_ACCESS_KEY },
  });
  await until("a bucket", () => store.putNew("made", new Uint8Array(1), "text/plain"), 60);
  const folder = mkdtempSync(join(tmpdir(), "tandem-upload-"));
  const path = join(folder, "media.mp4");
  const byteLength = UPLOADED_MEGABYTES * 1_000_000;
  await Bun.write(path, new Uint8Array(byteLength));
  const before = process.cpuUsage();
  await store.putFile("media.mp4", { path, byteLength }, "video/mp4", new AbortController().signal);
  const { user, system } = process.cpuUsage(before);
  print(`upload: ${((user + system) / 1000 / UPLOADED_MEGABYTES).toFixed(2)} ms of CPU a megabyte`);
  rmSync(folder, { recursive: true });
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
