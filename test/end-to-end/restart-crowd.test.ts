// Fifty livestreams, ten of them with an hour of recording, and a crowd that knocks at both ports without pause while the
// process dies and comes back: connections may be refused by the kernel, nobody is ever refused by us.

import { expect, test } from "bun:test";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Recordings } from "#server/recording/recordings.ts";
import { ApiClient } from "#test/support/api-client.ts";
import { ObsSession, PublishRefusedError } from "#test/support/obs-session.ts";
import { startRawPlayer } from "#test/support/raw-player.ts";
import { programmeCuts } from "#test/support/recording-folder.ts";
import { SyntheticEncoder } from "#test/support/synthetic-encoder.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

const LIVE = 35;
const STARTED = 10;
const CONVERTING = 5;
const LONG_RECORDINGS = 10;
const HOUR_SECONDS = 3600;

/** How many knock at the same time at the HTTP port. */
const VIEWERS = 8;
const ENCODERS = 6;

interface OpenLivestream {
  readonly id: string;
  readonly serverUrl: string;
  readonly streamKey: string;
}

/** What we said to somebody who had every right to be there. */
type Refusals = Map<string, number>;

test("a restart refuses nobody, however it comes about", async () => {
  await using server = await TandemServer.start({ environment: { TANDEM_LOG: "info" } });
  const api = new ApiClient(server.url, ADMIN_TOKEN);
  const live: OpenLivestream[] = [];
  for (let each = 0; each < LIVE; each += 1) live.push(await goLive(server, api, each % 2 === 0));
  const started: OpenLivestream[] = [];
  for (let each = 0; each < STARTED; each += 1) started.push(await start(api, false));
  await server.kill();
  await giveLongRecordings(server.dataDir, live.slice(0, LONG_RECORDINGS));
  await server.startAgain();
  for (const { id } of live.slice(-CONVERTING)) await api.stop(id);

  const crowd = new Crowd(server, live, started);
  try {
    await until("everybody to have been let in", () => crowd.isInside);
    for (const ending of ["SIGKILL", "SIGKILL", "SIGTERM", "SIGKILL"] as const) {
      crowd.expectNewcomers();
      const startedAt = performance.now();
      if (ending === "SIGKILL") await server.kill();
      else expect(await server.stop()).toBe(0);
      const gone = performance.now();
      await server.startAgain();
      process.stdout.write(
        `${ending}: gone after ${(gone - startedAt).toFixed(0)} ms, ready ${(performance.now() - gone).toFixed(0)} ms later\n`,
      );
      await until("everybody to be back", () => crowd.isInside);
    }
  } finally {
    await crowd.leave();
  }
  expect(Object.fromEntries(crowd.refusals)).toEqual({});
  expect(crowd.playlistsSeen).toBe(LIVE);
}, 180_000);

/** Viewers, players and encoders who come back at once, again and again. */
class Crowd {
  readonly refusals: Refusals = new Map();
  readonly #server: TandemServer;
  readonly #seen = new Set<string>();
  /** Who was let in since newcomers were expected. */
  readonly #inside = new Set<string>();
  readonly #members: Promise<void>[];
  #isLeaving = false;

  constructor(server: TandemServer, live: readonly OpenLivestream[], started: readonly OpenLivestream[]) {
    this.#server = server;
    const publishing = [...live.slice(0, ENCODERS - 1), ...started.slice(0, 1)];
    this.#members = [
      ...Array.from({ length: VIEWERS }, (_, viewer) =>
        this.#watch(live.filter((__, index) => index % VIEWERS === viewer)),
      ),
      ...publishing.map((livestream) => this.#publish(livestream)),
      ...live.slice(0, 3).map(({ id }) => this.#play(id)),
    ];
  }

  get isInside(): boolean {
    return this.#inside.size === this.#members.length;
  }

  get playlistsSeen(): number {
    return this.#seen.size;
  }

  expectNewcomers(): void {
    this.#inside.clear();
  }

  async leave(): Promise<void> {
    this.#isLeaving = true;
    await Promise.all(this.#members);
  }

  /** Asks for every playlist in turn; one that was there is there. */
  async #watch(livestreams: readonly OpenLivestream[]): Promise<void> {
    const name = `viewer of ${livestreams[0]?.id}`;
    while (!this.#isLeaving) {
      for (const { id } of livestreams) {
        const status = await statusOf(`${this.#server.url}/live/${id}/index.m3u8`);
        if (status === null) await Bun.sleep(5);
        else if (status === 200) this.#seen.add(id);
        else if (this.#seen.has(id)) this.#refuse(`playlist ${status}`);
      }
      if (livestreams.every(({ id }) => this.#seen.has(id))) this.#inside.add(name);
    }
  }

  /** Publishes as OBS does, and comes back when it is cut off. */
  async #publish({ serverUrl, streamKey }: OpenLivestream): Promise<void> {
    while (!this.#isLeaving) {
      try {
        await using session = await ObsSession.publish(serverUrl, streamKey);
        this.#inside.add(`encoder ${streamKey}`);
        const encoder = new SyntheticEncoder({ frameBytes: 100 });
        const messages = [...encoder.headers(), ...encoder.play(60)];
        const sending = session.send(messages);
        while (!session.isClosed && !this.#isLeaving) await Bun.sleep(5);
        await session[Symbol.asyncDispose]();
        await sending;
      } catch (error) {
        if (error instanceof PublishRefusedError) this.#refuse(error.code);
        await Bun.sleep(5);
      }
    }
  }

  async #play(id: string): Promise<void> {
    while (!this.#isLeaving) {
      const closed = Promise.withResolvers<void>();
      let received = "";
      try {
        using _player = await startRawPlayer({
          url: `${this.#server.rtmpUrl}/play/${id}`,
          onBytes: (bytes) => {
            received = (received + Buffer.from(bytes).toString("latin1")).slice(-4096);
            if (received.includes("NetStream.Play.Start")) this.#inside.add(`player of ${id}`);
          },
          onClosed: () => closed.resolve(),
        });
        while (!this.#isLeaving && (await Promise.race([closed.promise, setTimeout(50, "open")])) === "open");
        if (received.includes("NetStream.Play.StreamNotFound")) this.#refuse("NetStream.Play.StreamNotFound");
      } catch {
        await Bun.sleep(5); // Nobody listens at the moment.
      }
    }
  }

  #refuse(what: string): void {
    this.refusals.set(what, (this.refusals.get(what) ?? 0) + 1);
  }
}

/** Null when nobody answers. */
async function statusOf(url: string): Promise<number | null> {
  try {
    const response = await fetch(url, { keepalive: false });
    await response.bytes();
    return response.status;
  } catch {
    return null;
  }
}

async function start(api: ApiClient, withDvr: boolean): Promise<OpenLivestream> {
  const { id } = await api.create({ name: "Crowd", withDvr });
  const { inputs } = await api.start(id);
  const { serverUrl = "", streamKey = "" } = inputs[0] ?? {};
  return { id, serverUrl, streamKey };
}

/** Live with five seconds behind it, sent all at once, and an encoder that has left. */
async function goLive(server: TandemServer, api: ApiClient, withDvr: boolean): Promise<OpenLivestream> {
  const livestream = await start(api, withDvr);
  await using session = await ObsSession.publish(livestream.serverUrl, livestream.streamKey);
  const encoder = new SyntheticEncoder({ frameBytes: 100 });
  session.sendAtOnce([...encoder.headers(), ...encoder.play(2)]);
  await api.when(livestream.id, "an active ingest", ({ inputs }) => inputs.some(({ active }) => active));
  await api.publish(livestream.id);
  session.sendAtOnce(encoder.play(5));
  const url = `${server.url}/live/${livestream.id}/index.m3u8`;
  await until("its playlist", async () => (await statusOf(url)) === 200);
  return livestream;
}

/** In the place of what they have: one hour, made once. */
async function giveLongRecordings(dataDir: string, livestreams: readonly OpenLivestream[]): Promise<void> {
  const folder = join(dataDir, "recordings");
  const [first, ...others] = livestreams;
  if (first === undefined) return;
  const recordings = new Recordings(folder);
  await recordings.remove(first.id);
  const recorder = recordings.record(first.id, null, (message) => {
    throw new Error(message);
  });
  for (const cut of programmeCuts({ seconds: HOUR_SECONDS })) recorder.write(cut);
  await recorder.end();
  for (const { id } of others)
    await cp(join(folder, first.id), join(folder, id), { recursive: true, force: true });
}
