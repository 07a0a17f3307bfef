// `bun run bench:k6`: seeds the database, starts the server, runs every k6 script and prints one table. `--short`: the one that
// does everything, for CI, where checks and errors count, and times do not.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPublishers } from "#bench/support/publishers.ts";
import { seedSamples } from "#bench/support/seed-samples.ts";
import { ApiClient } from "#test/support/api-client.ts";
import { ROOT } from "#test/support/imports.ts";
import { ensureK6 } from "#test/support/k6.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

/** How often each of two that are compared takes its turn, after a first time to warm up. */
const ROUNDS = 3;

interface Summary {
  readonly metrics: Readonly<Record<string, Readonly<Record<string, number>> | undefined>>;
}

interface Outcome {
  /** Whether every threshold was met; of a short run those of times are left out. */
  readonly isOk: boolean;
  /** Milliseconds. */
  readonly p99: number;
}

const isShort = process.argv.includes("--short");
const k6 = await ensureK6(print).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(2);
});
const results = mkdtempSync(join(tmpdir(), "tandem-k6-"));

const options = { environment: { TANDEM_SAMPLE_INTERVAL_SECONDS: "1" } };
await using server = await TandemServer.start(options);
/** One file of statistics is small, the other one large. */
await using longServer = await TandemServer.start(options);
const shortId = await seed(server, 10_000);
const longId = isShort ? "" : await seed(longServer, 10_000_000);
await using publishers = await startPublishers(server, isShort ? 1 : 4);
const live = publishers.ids[0] ?? "";
await until("a playlist", async () => (await fetch(`${server.url}/live/${live}/index.m3u8`)).ok);

const seconds = isShort ? "13" : "30";
const viewers = isShort ? "20" : "2000";
print("script                     requests  errors  checks failed  p50 ms  p95 ms  p99 ms  ok");
const environment = { LIVESTREAM: live, VIEWERS: viewers, SECONDS: seconds };
const outcomes = isShort
  ? [await run("all at once, in short", "mixed.js", { ...environment, RATE: "50" })]
  : [
      await run("stats-overview", "stats-overview.js", { LIVESTREAM: live, RATE: "3000" }),
      ...(await compareHistories()),
      await run("hls-viewers", "hls-viewers.js", environment),
      await run("all at once", "mixed.js", { ...environment, RATE: "500" }),
    ];
process.exitCode = outcomes.every(({ isOk }) => isOk) ? 0 : 1;
if (isShort) rmSync(results, { recursive: true });
else print(`k6's own summaries are in ${results}`);

/** The livestream whose primary side has as many samples. */
async function seed(of: TandemServer, count: number): Promise<string> {
  const { id } = await new ApiClient(of.url, ADMIN_TOKEN).create({ name: `${count} samples` });
  await seedSamples(of, id, "primary", count);
  return id;
}

/** In turn, so that what the machine does meanwhile is the same for both. */
async function compareHistories(): Promise<Outcome[]> {
  const history = { DURATION: `${30 / ROUNDS}s`, RATE: "3000" };
  const [short, long]: [Outcome[], Outcome[]] = [[], []];
  const ofShort = { ...history, LIVESTREAM: shortId };
  const ofLong = { ...history, URL: longServer.url, LIVESTREAM: longId };
  for (let round = 0; round <= ROUNDS; round += 1) {
    short.push(await run("stats-history, 10,000", "stats-history.js", ofShort));
    long.push(await run("stats-history, 10 million", "stats-history.js", ofLong));
  }
  for (const outcomes of [short, long]) outcomes.shift();
  const ratio = medianP99(long) / medianP99(short);
  print(`p99 of 10 million to 10,000 samples, medians of ${ROUNDS} rounds: ${ratio.toFixed(2)}`);
  return [...short, ...long];
}

function medianP99(outcomes: readonly Outcome[]): number {
  return outcomes.map(({ p99 }) => p99).sort((a, b) => a - b)[outcomes.length >> 1] ?? Number.NaN;
}

async function run(name: string, script: string, environment: Record<string, string>): Promise<Outcome> {
  const summaryFile = join(results, `${name.replaceAll(/\W+/g, "-")}.json`);
  const variables = { URL: server.url, TOKEN: ADMIN_TOKEN, ...environment };
  const child = Bun.spawn(
    [
      ...[k6, "run", "--quiet", "--no-usage-report", "--summary-export", summaryFile],
      ...Object.entries(variables).flatMap(([key, value]) => ["--env", `${key}=${value}`]),
      join(ROOT, "bench/k6", script),
    ],
    { stdout: "pipe", stderr: "pipe" },
  );
  const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  const { metrics }: Summary = await Bun.file(summaryFile).json();
  const failedChecks = metrics.checks?.fails ?? 0;
  const failedRequests = metrics.http_req_failed?.passes ?? 0;
  const isOk = isShort ? failedChecks === 0 && failedRequests === 0 : child.exitCode === 0;
  const times = metrics.http_req_duration ?? {};
  print(
    [
      name.padEnd(25),
      String(metrics.http_reqs?.count ?? 0).padStart(9),
      String(failedRequests).padStart(7),
      String(failedChecks).padStart(14),
      ...["med", "p(95)", "p(99)"].map((trend) => (times[trend] ?? 0).toFixed(2).padStart(7)),
      isOk ? " yes" : "  no",
    ].join(" "),
  );
  if (!isOk) process.stderr.write(`${output}${errors}`.slice(-4000));
  return { isOk, p99: times["p(99)"] ?? Number.NaN };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
