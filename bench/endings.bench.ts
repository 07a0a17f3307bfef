// How long what ends takes: from the stop of a broadcast to its recording as an asset, by the broadcast's length; and from the
// start after `kill -9` to ready ports, with fifty broadcasts of two hours on the disk.

import { join } from "node:path";
import { recordPictureASecond } from "#bench/support/long-recording.ts";
import { startPublishers } from "#bench/support/publishers.ts";
import { ApiClient } from "#test/support/api-client.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";

const LENGTHS = { "10 min": 600, "1 h": 3600, "6 h": 21_600 };
const ROUNDS = 5;
const BROADCASTS = 50;
const TWO_HOURS = 7200;

await printStops();
await printRestart();

async function printStops(): Promise<void> {
  const names = Object.keys(LENGTHS).flatMap((name) => Array.from({ length: ROUNDS }, () => name));
  await using server = await TandemServer.start({ environment: { TANDEM_LOG: "info" } });
  const api = new ApiClient(server.url, ADMIN_TOKEN);
  const ids = await recordedBroadcasts(
    server,
    names.map((name) => LENGTHS[name as keyof typeof LENGTHS]),
  );
  await server.startAgain();
  print("stop to ready, ms: median of 5");
  for (const name of Object.keys(LENGTHS)) {
    const milliseconds: number[] = [];
    for (const [index, each] of names.entries())
      if (each === name) milliseconds.push(await stopMs(api, ids[index] ?? ""));
    print(`${name.padEnd(8)} ${(milliseconds.sort((a, b) => a - b)[ROUNDS >> 1] ?? 0).toFixed(0)}`);
  }
}

async function printRestart(): Promise<void> {
  await using server = await TandemServer.start({ environment: { TANDEM_LOG: "info" } });
  await recordedBroadcasts(
    server,
    Array.from({ length: BROADCASTS }, () => TWO_HOURS),
  );
  await server.startAgain();
  await server.kill();
  const startedAt = performance.now();
  await server.startAgain();
  print(
    `ready ${((performance.now() - startedAt) / 1000).toFixed(2)} s after kill -9, with ${BROADCASTS} broadcasts of 2 h`,
  );
}

/** Ids of broadcasts that are live and have recordings of these lengths; the server is stopped. */
async function recordedBroadcasts(
  server: TandemServer,
  seconds: readonly number[],
): Promise<readonly string[]> {
  const publishers = await startPublishers(server, seconds.length);
  await server.kill();
  await publishers[Symbol.asyncDispose]();
  for (const [index, id] of publishers.ids.entries())
    await recordPictureASecond(join(server.dataDir, "recordings"), id, seconds[index] ?? 0);
  return publishers.ids;
}

async function stopMs(api: ApiClient, id: string): Promise<number> {
  const startedAt = performance.now();
  await api.stop(id);
  for (;;) {
    if ((await api.get(id)).status === "finished") return performance.now() - startedAt;
    await Bun.sleep(1);
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
