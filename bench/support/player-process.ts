// A process of many players that read as cheaply as can be: `player-process.ts URL COUNT SECONDS watch|drain`.
// Those that watch look when each frame was written; their delays in milliseconds are printed at the end, as JSON.

import { startRawPlayer } from "#test/support/raw-player.ts";
import { nowMs, stampsIn } from "./stamp.ts";

/** All join within this time, evenly: so those of two processes are written to in turns. */
const JOIN_MS = 4000;

/** Joining, and the time after it until the server is as fast as it gets. */
const WARM_UP_SECONDS = 14;

const [, , url = "", count = "", seconds = "", mode = ""] = process.argv;

const delaysMs: number[] = [];
let isMeasuring = false;
let bytesRead = 0;

for (let begun = 0; begun < Number(count); begun += 1) {
  await Bun.sleep((JOIN_MS * begun) / Number(count) - performance.now());
  await startRawPlayer({ url, onBytes: mode === "watch" ? watch : drain, onClosed: disconnected });
}
await Bun.sleep(WARM_UP_SECONDS * 1000 - performance.now());
isMeasuring = true;
await Bun.sleep(Number(seconds) * 1000);
isMeasuring = false;
delaysMs.sort((a, b) => a - b);
const at = (share: number): number => delaysMs[Math.floor(delaysMs.length * share)] ?? 0;
process.stdout.write(JSON.stringify({ p50: at(0.5), p95: at(0.95), p99: at(0.99), bytesRead }));
process.exit(0);

function drain(bytes: Uint8Array): void {
  if (isMeasuring) bytesRead += bytes.byteLength;
}

function watch(bytes: Uint8Array): void {
  drain(bytes);
  if (!isMeasuring) return;
  const readAtMs = nowMs();
  for (const writtenAtMs of stampsIn(bytes)) delaysMs.push(readAtMs - writtenAtMs);
}

function disconnected(): void {
  throw new Error("the server disconnected a player");
}
