// Fifty livestreams, ten of them with an hour of recording, and a crowd that knocks at both ports without pause while the
// process dies and comes back: connections may be refused by the kernel, nobody is ever refused by us.

import { expect, test } from "bun:test";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { cp } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { Recordings } from "#server/recording/recordings.ts";
import { ApiClient } from "#test/support/api-client.ts";
import { Crowd } from "#test/support/crowd.ts";
import { ObsSession } from "#test/support/obs-session.ts";
import { areInstalled } from "#test/support/program.ts";
import { noReports, programmeCuts } from "#test/support/recording-folder.ts";
import { SyntheticEncoder } from "#test/support/synthetic-encoder.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

const LIVE = 35;
const STARTED = 10;
/** Live ones that are stopped, one before each end of the process. */
const STOPPED = 5;
const CREATED = 5;
const LONG_RECORDINGS = 10;
const HOUR_SECONDS = 3600;

/** How many knock at the same time at the HTTP port. */
const VIEWERS = 8;
/** Live ones whose encoder is there; each of those has a viewer of its instance. */
const ON_AIR = 6;

/** In seconds of the clock, or on a machine that does much else in seconds of a processor. */
const LISTENS_AGAIN_SECONDS = 2;

/** Of the kernel's figures. */
const CLOCK_TICK_MS = 10;

interface Input {
  readonly url: string;
  readonly serverUrl: string;
  readonly streamKey: string;
}

interface OpenLivestream {
  readonly id: string;
  readonly inputs: readonly Input[];
}

test("a restart refuses nobody, however it comes about", async () => {
  await using server = await TandemServer.start({ environment: { TANDEM_LOG: "info" } });
  const api = new ApiClient(server.url, ADMIN_TOKEN);
  const live: OpenLivestream[] = [];
  for (let each = 0; each < LIVE; each += 1) live.push(await goLive(server, api, each % 2 === 0));
  const started: OpenLivestream[] = [];
  for (let each = 0; each < STARTED; each += 1) started.push(await start(api, false));
  for (let each = 0; each < CREATED; each += 1) await api.create({ name: "Later" });
  await server.kill();
  await giveLongRecordings(server.dataDir, live.slice(0, LONG_RECORDINGS));
  await server.startAgain();

  const crowd = new Crowd(server);
  comeTogether(crowd, api, live, started);
  const stopped = live.slice(-STOPPED);
  try {
    await crowd.allInside();
    for (const ending of ["SIGKILL", "SIGKILL", "SIGTERM", "SIGKILL", "SIGTERM"] as const) {
      // It is not converted yet, or just so, when the process ends.
      await api.stop(stopped.pop()?.id ?? "");
      crowd.expectNewcomers();
      const wentAt = performance.now();
      if (ending === "SIGKILL") await server.kill();
      else expect(await server.stop()).toBe(0);
      const goneAt = performance.now();
      const [again] = await Promise.all([listening(server), server.startAgain()]);
      process.stdout.write(
        `${ending}: gone in ${seconds(goneAt - wentAt)}, listens again in ${seconds(again.wallMs)}, ` +
          `for which it took ${seconds(again.processorMs)} of a processor\n`,
      );
      expect(Math.min(again.wallMs, again.processorMs)).toBeLessThan(LISTENS_AGAIN_SECONDS * 1000);
      await crowd.allInside();
      expect(Object.fromEntries(crowd.refusals)).toEqual({});
    }
  } finally {
    await crowd.leave();
  }
  expect(Object.fromEntries(crowd.refusals)).toEqual({});
  expect(crowd.playlistsSeen).toBe(2 * (LIVE + ON_AIR));
}, 240_000);

/** Each input has one encoder at most: nobody is to be told that another publishes. */
function comeTogether(
  crowd: Crowd,
  api: ApiClient,
  live: readonly OpenLivestream[],
  started: readonly OpenLivestream[],
): void {
  for (let viewer = 0; viewer < VIEWERS; viewer += 1) {
    const watched = live.filter((_, index) => index % VIEWERS === viewer);
    crowd.watch(watched.map(({ id }) => `/live/${id}/index.m3u8`));
  }
  const onAir = live.slice(0, ON_AIR);
  crowd.watch(onAir.map(({ id }) => `/live/${id}/primary/index.m3u8`));
  for (const { id } of onAir.slice(0, 3)) crowd.play(id);
  for (const { id } of onAir.slice(0, 1)) crowd.play(`${id}/primary`);
  const [byFfmpeg, ...asObs] = onAir;
  for (const { inputs } of [...asObs, ...started])
    for (const { serverUrl, streamKey } of inputs) crowd.publish(serverUrl, streamKey);
  if (byFfmpeg !== undefined) publishPrimary(crowd, api, byFfmpeg);
  crowd.produce(onAir[0]?.id ?? "");
}

function publishPrimary(crowd: Crowd, api: ApiClient, { id, inputs: [primary] }: OpenLivestream): void {
  if (primary === undefined) return;
  if (!areInstalled("ffmpeg")) crowd.publish(primary.serverUrl, primary.streamKey);
  else crowd.publishByFfmpeg(primary.url, async () => (await api.get(id)).inputs[0]?.active === true);
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}

/** What it takes from now on until both ports accept. */
async function listening(server: TandemServer): Promise<{ wallMs: number; processorMs: number }> {
  const from = performance.now();
  for (const url of [server.url, server.rtmpUrl.replace(/^rtmp:/, "http:")]) {
    while (!(await accepts(Number(new URL(url).port)))) await Bun.sleep(2);
  }
  return { wallMs: performance.now() - from, processorMs: processorMsOf(server.processId) };
}

/** User and system time so far; infinite where the kernel does not say. */
function processorMsOf(processId: number): number {
  try {
    const fields = readFileSync(`/proc/${processId}/stat`, "latin1").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) * CLOCK_TICK_MS;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect({ host: "127.0.0.1", port });
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function start(api: ApiClient, withDvr: boolean): Promise<OpenLivestream> {
  const { id } = await api.create({ name: "Crowd", withDvr });
  const { inputs } = await api.start(id);
  return { id, inputs };
}

/** Live with five seconds behind it, sent all at once, and an encoder that has left. */
async function goLive(server: TandemServer, api: ApiClient, withDvr: boolean): Promise<OpenLivestream> {
  const livestream = await start(api, withDvr);
  const { serverUrl = "", streamKey = "" } = livestream.inputs[0] ?? {};
  await using session = await ObsSession.publish(serverUrl, streamKey);
  const encoder = new SyntheticEncoder({ frameBytes: 100 });
  session.sendAtOnce([...encoder.headers(), ...encoder.play(2)]);
  await api.when(livestream.id, "an active ingest", ({ inputs }) => inputs.some(({ active }) => active));
  await api.publish(livestream.id);
  session.sendAtOnce(encoder.play(5));
  const url = `${server.url}/live/${livestream.id}/index.m3u8`;
  await until("its playlist", async () => (await fetch(url)).ok);
  return livestream;
}

/** In the place of what they have: one hour, made once. */
async function giveLongRecordings(dataDir: string, livestreams: readonly OpenLivestream[]): Promise<void> {
  const folder = join(dataDir, "recordings");
  const [first, ...others] = livestreams;
  if (first === undefined) return;
  const recordings = new Recordings(folder);
  await recordings.remove(first.id);
  const recorder = recordings.record(first.id, null, {
    ...noReports,
    stopped: (message) => {
      throw new Error(message);
    },
  });
  for (const cut of programmeCuts({ seconds: HOUR_SECONDS, partSeconds: 0.2 })) recorder.write(cut);
  await recorder.end();
  for (const { id } of others)
    await cp(join(folder, first.id), join(folder, id), { recursive: true, force: true });
}
