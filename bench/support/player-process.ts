// A process of many players that read as cheaply as can be: `player-process.ts URL COUNT WARM-UP MEASURED`.
// Prints "measuring" when all of them have played for the warm-up, then their delays in milliseconds as JSON.

import { startRawPlayer } from "#test/support/raw-player.ts";
import { nowMs, stampsIn } from "./stamp.ts";

const [, , url = "", count = "", warmUpSeconds = "", measuredSeconds = ""] = process.argv;

const CONNECTED_AT_ONCE = 50;

const delaysMs: number[] = [];
let isMeasuring = false;
let bytesRead = 0;

for (let begun = 0; begun < Number(count); begun += 1) {
  const connecting = startRawPlayer({ url, onBytes: read, onClosed: disconnected });
  if (begun % CONNECTED_AT_ONCE === 0) await connecting;
}
await Bun.sleep(Number(warmUpSeconds) * 1000);
print("measuring");
isMeasuring = true;
await Bun.sleep(Number(measuredSeconds) * 1000);
isMeasuring = false;
delaysMs.sort((a, b) => a - b);
const at = (share: number): number => delaysMs[Math.floor(delaysMs.length * share)] ?? Number.NaN;
print(JSON.stringify({ p50: at(0.5), p95: at(0.95), p99: at(0.99), frames: delaysMs.length, bytesRead }));
process.exit(0);

function read(bytes: Uint8Array): void {
  if (!isMeasuring) return;
  bytesRead += bytes.byteLength;
  const readAtMs = nowMs();
  for (const writtenAtMs of stampsIn(bytes)) delaysMs.push(readAtMs - writtenAtMs);
}

function disconnected(): void {
  throw new Error("the server disconnected a player");
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
