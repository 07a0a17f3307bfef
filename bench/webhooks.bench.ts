// What webhooks cost and how fast they are: a thousand events a second to a fast receiver, as many at once as there are, and
// what a receiver that hangs does to another. Event, delivery, signature, request and outcome are all counted.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { threadMicroseconds } from "#bench/support/thread-usage.ts";
import { SystemClock } from "#server/common/clock.ts";
import { delay } from "#server/common/delay.ts";
import { createLog } from "#server/common/log.ts";
import type { FeedEvent } from "#server/feed/feed-event.ts";
import { LivestreamFeed } from "#server/feed/livestream-feed.ts";
import { openDataDirectory } from "#server/store/data-directory.ts";
import type { NewDelivery } from "#server/store/delivery-store.ts";
import { openSqliteStores } from "#server/store/sqlite/stores.ts";
import { openWebhooks } from "#server/webhooks/webhooks.ts";
import { until } from "#test/support/until.ts";

const LIVESTREAMS = 50;
const EVENTS_PER_SECOND = 1000;
const SECONDS = 5;
const AT_ONCE = 10_000;
const TICK_MS = 10;

const folder = mkdtempSync(join(tmpdir(), "tandem-webhooks-"));
const clock = new SystemClock();
const dateMs = () => clock.dateMs();
const log = createLog({ level: "error", write: () => {}, clock });
const stores = openSqliteStores(openDataDirectory(folder), log);
const webhooks = await openWebhooks({
  ...{ store: stores.webhooks, deliveries: stores.deliveries, writer: stores.statisticsWriter },
  ...{ isPrivateAllowed: true, clock, risingMs: dateMs, delay, log },
});
const outbox = {
  deliveriesOf: (event: FeedEvent) => webhooks.registry.deliveriesOf(event),
  stored: (deliveries: readonly NewDelivery[]) => webhooks.dispatcher.stored(deliveries),
};
const feed = new LivestreamFeed({ writer: stores.statisticsWriter, dateMs, log, outbox });
await webhooks.dispatcher.start();

const receiver = Bun.spawn([process.execPath, join(import.meta.dir, "support/webhook-receiver-process.ts")], {
  stdout: "pipe",
  stderr: "inherit",
});
const port = await firstLine(receiver.stdout);
const url = (path: string) => `http://127.0.0.1:${port}${path}`;
let emitted = 0;

print(
  "what                                        events   in s   deliveries/s  cores  of media's thread  us each  p50 ms  p99 ms  most ms",
);
await paced("a thousand a second, nobody told", null);
const fast = await told("/fast");
await paced("a thousand a second, one receiver", 1);
await atOnce("as many as there are, one receiver");
await told("/hangs");
await paced("a thousand a second, one more hangs", 1);
await told("/other");
await paced("a thousand a second, two receivers, and it", 2);
await webhooks.service.delete(fast);

await webhooks.dispatcher.stop();
await stores.close();
receiver.kill();
rmSync(folder, { recursive: true });

async function told(path: string): Promise<string> {
  const created = await webhooks.service.create({
    ...{ url: url(path), events: ["*"], description: null, active: true },
  });
  if (!created.ok) throw new Error(created.refusal.code);
  return created.webhook.id;
}

/** `receivers`: how many are told of each event; null where nobody is. */
async function paced(what: string, receivers: number | null): Promise<void> {
  const count = EVENTS_PER_SECOND * SECONDS;
  await measure(what, count * (receivers ?? 0), count, async () => {
    const beganMs = performance.now();
    for (let sent = 0; sent < count; ) {
      const due = Math.min(count, ((performance.now() - beganMs) / 1000) * EVENTS_PER_SECOND);
      for (; sent < due; sent += 1) emit();
      await Bun.sleep(TICK_MS);
    }
  });
}

async function atOnce(what: string): Promise<void> {
  await measure(what, AT_ONCE, AT_ONCE, async () => {
    for (let sent = 0; sent < AT_ONCE; sent += 1) emit();
  });
}

function emit(): void {
  emitted += 1;
  const livestreamId = `livestream-${emitted % LIVESTREAMS}`;
  feed.emit({ type: "livestream.created", livestreamId, data: { name: "An evening of music" } });
}

async function measure(
  what: string,
  expected: number,
  events: number,
  happen: () => Promise<void>,
): Promise<void> {
  const [beganMs, usage, threadUs] = [performance.now(), process.cpuUsage(), threadMicroseconds(process.pid)];
  await happen();
  const delays: number[] = [];
  await until(
    "all to have come",
    async () => {
      delays.push(...((await (await fetch(url("/counted"))).json()) as number[]));
      return delays.length >= expected;
    },
    60,
  );
  const seconds = (performance.now() - beganMs) / 1000;
  const { user, system } = process.cpuUsage(usage);
  const cores = (user + system) / 1e6 / seconds;
  const thread = (threadMicroseconds(process.pid) - threadUs) / 1e6 / seconds;
  const each = expected === 0 ? "-" : ((user + system) / expected).toFixed(0);
  delays.sort((a, b) => a - b);
  const at = (share: number) => String(delays[Math.floor((delays.length - 1) * share)] ?? "-").padStart(8);
  print(
    `${what.padEnd(43)}${String(events).padStart(7)}${seconds.toFixed(1).padStart(7)}` +
      `${(delays.length / seconds).toFixed(0).padStart(15)}${cores.toFixed(2).padStart(7)}${thread.toFixed(2).padStart(19)}` +
      `${each.padStart(9)}` +
      `${at(0.5)}${at(0.99)}${at(1)}`,
  );
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  const reader = stream.getReader();
  const { value } = await reader.read();
  return new TextDecoder().decode(value).trim();
}

function print(line: string): void {
  process.stdout.write(`${line.trimEnd()}\n`);
}
