// How long nobody was on air: two publishers, and the side on air lost again and again, by a closed connection and by silence.
// From the last good unit of one side to the first of the other on the programme, as the server logs each switch.

import { join } from "node:path";
import { megabitClip } from "#bench/support/megabit-clip.ts";
import type { LivestreamView } from "#server/livestreams/livestream-view.ts";
import { ApiClient } from "#test/support/api-client.ts";
import { ROOT } from "#test/support/imports.ts";
import { Program } from "#test/support/program.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

type Instance = "primary" | "secondary";

interface LoggedSwitch {
  readonly from: Instance | null;
  readonly to: Instance | null;
  readonly cause: string;
  readonly gapMs: number | null;
  readonly gapFrames: number | null;
}

const SWITCHES = Number(process.env.SWITCHES ?? 50);
const MAX_SECONDS = 900;

await using server = await TandemServer.start();
const api = new ApiClient(server.url, ADMIN_TOKEN);
const { id } = await api.create({ name: "Failover bench" });
const { inputs } = await api.start(id);
const clip = await megabitClip();
const publishers = new Map<Instance, Program>(
  inputs.map((input) => [input.instance, publisherOf(input.instance)]),
);
await bothActive();
await api.publish(id);

print("kind               switches  gap ms p50  p95  max  frames p50  p95  max");
await measure("closed connection", "closed", (publisher) => publisher.kill());
await measure("half-open", "silent", async (publisher) => publisher.freeze());
await measure("asked for", "requested", null);
for (const publisher of publishers.values()) await publisher.kill();

/** `lose` does to the publisher on air what is measured; null: the other side is asked for. */
async function measure(
  kind: string,
  cause: string,
  lose: ((publisher: Program) => Promise<unknown>) | null,
): Promise<void> {
  for (let count = 0; count < SWITCHES; count += 1) {
    await bothActive();
    const { onAir } = await api.get(id);
    if (onAir === null) throw new Error("Nobody is on air.");
    const other = onAir === "primary" ? "secondary" : "primary";
    const lost = publishers.get(onAir);
    // At any point of the group of pictures.
    await Bun.sleep(500 + ((count * 377) % 2000));
    const before = switchesBy(cause).length;
    if (lose === null || lost === undefined) await api.switchTo(id, other);
    else await lose(lost);
    await until("the switch", () => switchesBy(cause).length > before, 10);
    if (lose === null) continue;
    await lost?.kill();
    publishers.set(onAir, publisherOf(onAir));
  }
  const switches = switchesBy(cause).slice(-SWITCHES);
  const gaps = sorted(switches.map(({ gapMs }) => gapMs ?? 0));
  const frames = sorted(switches.map(({ gapFrames }) => gapFrames ?? 0));
  print(
    [
      kind.padEnd(18),
      String(switches.length).padStart(8),
      ...[at(gaps, 0.5), at(gaps, 0.95), at(gaps, 1)].map((value, index) =>
        String(value).padStart([11, 4, 4][index] ?? 4),
      ),
      ...[at(frames, 0.5), at(frames, 0.95), at(frames, 1)].map((value, index) =>
        String(value).padStart([11, 4, 4][index] ?? 4),
      ),
    ].join(" "),
  );
}

function publisherOf(instance: Instance): Program {
  const url = inputs.find((input) => input.instance === instance)?.url ?? "";
  return new Program(
    [process.execPath, join(ROOT, "bench/support/publisher-process.ts"), clip, url],
    MAX_SECONDS,
  );
}

function bothActive(): Promise<LivestreamView> {
  return api.when(id, "both inputs", (livestream) => livestream.inputs.every((input) => input.active));
}

function switchesBy(cause: string): LoggedSwitch[] {
  return server.logs
    .split("\n")
    .filter((line) => line.includes('"event":"on_air_changed"'))
    .map((line): LoggedSwitch => JSON.parse(line))
    .filter((each) => each.cause === cause && each.from !== null && each.to !== null);
}

function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

function at(values: readonly number[], share: number): number {
  return values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
