// A process of players near live: `blocked-client-process.ts URL COUNT SECONDS`. One of them looks when each frame of its parts was
// written; the delays in milliseconds, and how many parts all of them had, are printed at the end as JSON.

import { BlockedClient, delaysOf } from "./blocked-client.ts";

/** All join within this time, evenly; then it takes some until the server is as fast as it gets. */
const JOIN_MS = 4000;
const WARM_UP_MS = 8000;

const [, , url = "", count = "", seconds = ""] = process.argv;

const delaysMs: number[] = [];
let parts = 0;
let isMeasuring = false;
const clients: BlockedClient[] = [];
for (let begun = 0; begun < Number(count); begun += 1) {
  await Bun.sleep((JOIN_MS * begun) / Number(count) - performance.now());
  const isWatching = begun === 0;
  const client = await BlockedClient.connect(url, (bytes, atMs) => {
    if (!isMeasuring) return;
    parts += 1;
    if (isWatching) delaysMs.push(...delaysOf(bytes, atMs));
  });
  clients.push(client);
  void client.follow().catch(failed); // It ends with the process.
}
await Bun.sleep(WARM_UP_MS - performance.now());
isMeasuring = true;
await Bun.sleep(Number(seconds) * 1000);
isMeasuring = false;
delaysMs.sort((a, b) => a - b);
const at = (share: number): number => delaysMs[Math.floor(delaysMs.length * share)] ?? 0;
process.stdout.write(
  JSON.stringify({ p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1 - 1e-9), parts }),
);
process.exit(0);

function failed(error: unknown): void {
  process.stderr.write(`${error}\n`);
  process.exit(1);
}
