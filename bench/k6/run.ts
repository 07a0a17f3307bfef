// `bun run bench:k6`: seeds the database, starts the server, runs every k6 script and prints one table. `--short`: the one that
// does everything, for CI, where checks and errors count, and times do not.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { startPublishers } from "#bench/support/publishers.ts";
import { seedSamples } from "#bench/support/seed-samples.ts";
import { ApiClient } from "#test/support/api-client.ts";
import { ROOT } from "#test/support/imports.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

/** Built where there is none. */
const K6_VERSION = "v1.4.0";

interface Summary {
  readonly metrics: Readonly<Record<string, Readonly<Record<string, number>> | undefined>>;
}

const isShort = process.argv.includes("--short");
const k6 = await findK6();
const results = mkdtempSync(join(tmpdir(), "tandem-k6-"));

await using server = await TandemServer.start({ environment: { TANDEM_SAMPLE_INTERVAL_SECONDS: "1" } });
const api = new ApiClient(server.url, ADMIN_TOKEN);
const { id: shortId } = await api.create({ name: "10,000 samples" });
const { id: longId } = await api.create({ name: "A long history" });
seedSamples(server.dataDir, shortId, "primary", 10_000);
seedSamples(server.dataDir, longId, "primary", isShort ? 100_000 : 10_000_000);
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
      await run("stats-history, 10,000", "stats-history.js", { LIVESTREAM: shortId, RATE: "3000" }),
      await run("stats-history, 10 million", "stats-history.js", { LIVESTREAM: longId, RATE: "3000" }),
      await run("hls-viewers", "hls-viewers.js", environment),
      await run("all at once", "mixed.js", { ...environment, RATE: "500" }),
    ];
process.exitCode = outcomes.every((isOk) => isOk) ? 0 : 1;
if (isShort) rmSync(results, { recursive: true });
else print(`k6's own summaries are in ${results}`);

/** Whether every threshold was met; of a short run those of times are left out. */
async function run(name: string, script: string, environment: Record<string, string>): Promise<boolean> {
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
  return isOk;
}

/** On the PATH, else built by Go, once. */
async function findK6(): Promise<string> {
  const cached = join(homedir(), ".cache/tandem/k6", K6_VERSION, "k6");
  const found = Bun.which("k6") ?? ((await Bun.file(cached).exists()) ? cached : null);
  if (found !== null) return found;
  if (Bun.which("go") === null) {
    process.stderr.write(
      "k6 is needed: https://grafana.com/docs/k6/latest/set-up/install-k6/, or Go to build it with\n",
    );
    process.exit(2);
  }
  print(`building k6 ${K6_VERSION} …`);
  const folder = join(cached, "..");
  mkdirSync(folder, { recursive: true });
  const build = Bun.spawn(["go", "install", `go.k6.io/k6@${K6_VERSION}`], {
    env: { ...process.env, GOBIN: folder },
    stdout: "inherit",
    stderr: "inherit",
  });
  if ((await build.exited) !== 0) throw new Error("k6 could not be built.");
  return cached;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
