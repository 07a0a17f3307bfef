// Several broadcasts in one process, which is killed again and again at moments that nobody chose (R1): each ends as one asset that
// decodes, with all that was on the disk at each kill, and no kill takes more than the part being written.
//
// `KILLS=100 PUBLISHERS=5 bun test test/end-to-end/kill-loop.test.ts` is the long run; it prints what it found.

import { expect, test } from "bun:test";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Recordings } from "#server/recording/recordings.ts";
import { ApiClient } from "#test/support/api-client.ts";
import { seededRandom } from "#test/support/damage.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { decodeAll, fetchPlaylist, probe } from "#test/support/judges.ts";
import { areInstalled, type Program } from "#test/support/program.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { verify } from "#test/support/verify-command.ts";

const KILLS = Number(process.env.KILLS ?? 12);
const PUBLISHERS = Number(process.env.PUBLISHERS ?? 3);
const SEED = Number(process.env.SEED ?? 5);

/**
 * What a kill may take: the part being written, the frames held back for their durations, and what was in sockets. On the
 * average of a broadcast's kills: an encoder that the machine gives no turn sends late.
 */
const LOST_SECONDS = 0.2 + 0.2;

interface Broadcast {
  readonly id: string;
  readonly url: string;
  encoder: Program;
  /** For each kill at which it was on air: how long before it what is on the disk ends. */
  readonly lostSeconds: number[];
  /** What was on the disk at the last kill. */
  keptSeconds: number;
}

test.skipIf(!areInstalled("ffmpeg", "ffprobe"))(
  `${KILLS} kills of ${PUBLISHERS} broadcasts cost each at most a part a kill`,
  async () => {
    const random = seededRandom(SEED);
    await using server = await TandemServer.start();
    const api = new ApiClient(server.url, ADMIN_TOKEN);
    const broadcasts = await Promise.all(Array.from({ length: PUBLISHERS }, () => goLive(api)));
    for (let kill = 0; kill < KILLS; kill += 1) {
      await Bun.sleep(200 + random() * 2500);
      const onAir = await onAirIn(api, broadcasts);
      const killedAtMs = Date.now();
      await server.kill();
      await Promise.all(broadcasts.map(({ encoder }) => encoder.kill()));
      for (const broadcast of broadcasts)
        await judge(server, broadcast, onAir.has(broadcast.id) ? killedAtMs : null);
      await server.startAgain();
      for (const broadcast of broadcasts) broadcast.encoder = ffmpegEncoder({ url: broadcast.url });
      // Now and then the next kill comes before anybody is on air again.
      if (random() < 0.8) await Promise.all(broadcasts.map(({ id }) => isOnAir(api, id)));
    }
    await Promise.all(broadcasts.map(({ id }) => isOnAir(api, id)));
    await Bun.sleep(1000);
    for (const { id } of broadcasts) await api.stop(id);
    await server.kill();
    await server.startAgain();
    for (const broadcast of broadcasts) await judgeAsset(api, broadcast);
    expect(await api.listMedia()).toHaveLength(PUBLISHERS);
    await Promise.all(broadcasts.map(({ encoder }) => encoder.kill()));
    expect(await verify(server)).toMatchObject({ exitCode: 0, lines: [] });
    expect(server.logs).not.toContain('"level":"error"');
    if (process.env.KILLS !== undefined) report(broadcasts);
  },
  60_000 + KILLS * 10_000,
);

async function goLive(api: ApiClient): Promise<Broadcast> {
  const { id } = await api.create({ name: "Killed" });
  const { inputs } = await api.start(id);
  const url = inputs[0]?.url ?? "";
  const encoder = ffmpegEncoder({ url });
  await api.when(id, "an active ingest", (each) => each.inputs.some((input) => input.active));
  await api.publish(id);
  return { id, url, encoder, lostSeconds: [], keptSeconds: 0 };
}

function isOnAir(api: ApiClient, id: string): Promise<unknown> {
  return api.when(id, "the way on", ({ onAir }) => onAir !== null);
}

async function onAirIn(api: ApiClient, broadcasts: readonly Broadcast[]): Promise<ReadonlySet<string>> {
  const livestreams = await Promise.all(broadcasts.map(({ id }) => api.get(id)));
  return new Set(livestreams.filter(({ onAir }) => onAir !== null).map(({ id }) => id));
}

/** What the kill left on the disk, looked at in a copy, as the next start will find it. */
async function judge(server: TandemServer, broadcast: Broadcast, killedAtMs: number | null): Promise<void> {
  const { id } = broadcast;
  const folder = mkdtempSync(join(tmpdir(), "tandem-killed-"));
  cpSync(join(server.dataDir, "recordings", id), join(folder, id), { recursive: true });
  const recording = await new Recordings(folder).repair(id);
  rmSync(folder, { recursive: true });
  const last = recording?.segments.at(-1);
  const { durationSeconds = 0 } = recording ?? {};
  expect(durationSeconds).toBeGreaterThanOrEqual(broadcast.keptSeconds);
  const hasGrown = durationSeconds > broadcast.keptSeconds;
  broadcast.keptSeconds = durationSeconds;
  if (killedAtMs === null || last === undefined || !hasGrown) return;
  broadcast.lostSeconds.push((killedAtMs - last.programDateTimeMs) / 1000 - last.durationSeconds);
}

async function judgeAsset(api: ApiClient, { id, keptSeconds, lostSeconds }: Broadcast): Promise<void> {
  const { mediaId } = await api.when(id, "the recording", ({ status }) => status === "finished");
  const media = await api.media(mediaId ?? "");
  expect(media.durationSeconds).toBeGreaterThan(keptSeconds);
  await decodeAll(media.playlistUrl);
  expect((await probe(media.playlistUrl)).streams).toHaveLength(2);
  const { segments } = await fetchPlaylist(media.playlistUrl);
  expect(segments.filter(({ hasDiscontinuity }) => hasDiscontinuity).length).toBeLessThanOrEqual(KILLS);
  expect(lostSeconds.length).toBeGreaterThan(KILLS / 3);
  expect(average(lostSeconds)).toBeLessThan(LOST_SECONDS);
}

function average(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

function report(broadcasts: readonly Broadcast[]): void {
  const all = broadcasts.flatMap(({ lostSeconds }) => lostSeconds).sort((a, b) => a - b);
  const at = (share: number): string => (all[Math.floor((all.length - 1) * share)] ?? Number.NaN).toFixed(3);
  const seconds = broadcasts.map(({ keptSeconds }) => keptSeconds.toFixed(0)).join(", ");
  process.stdout.write(
    `${KILLS} kills, ${PUBLISHERS} broadcasts of ${seconds} s: what is on the disk ends before the kill by ` +
      `${at(0)} s at least, ${at(0.5)} s in the middle, ${at(0.95)} s for 95 %, ${at(1)} s at most (${all.length} looks)\n`,
  );
}
