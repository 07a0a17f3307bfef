// The process starts again, and something is wrong with what one livestream has on the disk, or with a port: nobody else notices.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ApiClient } from "#test/support/api-client.ts";
import { ObsSession } from "#test/support/obs-session.ts";
import { run } from "#test/support/program.ts";
import { SyntheticEncoder } from "#test/support/synthetic-encoder.ts";
import { ADMIN_TOKEN, TANDEM, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

interface Live {
  readonly id: string;
  readonly serverUrl: string;
  readonly streamKey: string;
  readonly journal: string;
  readonly playlist: string;
}

let server: TandemServer;
let api: ApiClient;
let damaged: Live;
let sound: Live;

beforeEach(async () => {
  server = await TandemServer.start();
  api = new ApiClient(server.url, ADMIN_TOKEN);
  damaged = await goLive();
  sound = await goLive();
  await server.kill();
});

afterEach(() => server[Symbol.asyncDispose]());

const DAMAGES: readonly { what: string; damage: (journal: string) => unknown; says: string }[] = [
  {
    what: "a disk that does not answer",
    damage: (journal) => {
      rmSync(journal);
      return run(["mkfifo", journal]); // Nobody writes to it: whoever reads waits for good.
    },
    says: "livestream_reopens_late",
  },
  {
    what: "a journal that cannot be read",
    damage: (journal) => {
      rmSync(journal);
      mkdirSync(journal);
    },
    says: "recording_failed",
  },
];

describe.each(DAMAGES)("$what", ({ damage, says }) => {
  test("of one livestream keeps neither the ports nor the others nor its own encoder out, and is loud", async () => {
    await damage(damaged.journal);
    await server.startAgain();
    expect((await fetch(sound.playlist)).status).toBe(200);
    for (const { id, serverUrl, streamKey } of [damaged, sound]) {
      await using session = await ObsSession.publish(serverUrl, streamKey);
      const encoder = new SyntheticEncoder();
      session.sendAtOnce([...encoder.headers(), ...encoder.play(2)]);
      await api.when(id, "an active ingest", ({ inputs }) => inputs.some(({ active }) => active));
    }
    const line = server.logs.split("\n").find((each) => each.includes(says)) ?? "{}";
    expect(JSON.parse(line)).toMatchObject({ level: "error", livestreamId: damaged.id });
    expect(await server.stop()).toBe(0);
  }, 60_000);
});

/** More than the entries of one segment and its parts take in a journal. */
const TORN_BYTES = 2000;

test.each([
  ["is empty", (journal: string) => truncateSync(journal)],
  ["is noise", (journal: string) => writeFileSync(journal, crypto.getRandomValues(new Uint8Array(5000)))],
  ["is gone", (journal: string) => rmSync(journal)],
  [
    "cannot be read",
    (journal: string) => {
      rmSync(journal);
      mkdirSync(journal);
    },
  ],
])(
  "a journal that %s costs its own viewers the past and a moment, and the others nothing",
  async (_, damage) => {
    damage(damaged.journal);
    await server.startAgain();
    expect((await fetch(sound.playlist)).status).toBe(200);
    const waiting = fetch(damaged.playlist);
    await using session = await ObsSession.publish(damaged.serverUrl, damaged.streamKey);
    const encoder = new SyntheticEncoder();
    session.sendAtOnce([...encoder.headers(), ...encoder.play(5)]);
    expect((await waiting).status).toBe(200);
    expect(await server.stop()).toBe(0);
  },
  60_000,
);

test.each(["httpPort", "rtmpPort"] as const)(
  "a start whose %s is taken says so in one line, and leaves everything to the next",
  async (port) => {
    const before = readFileSync(sound.journal);
    // Seen taken once, right after the kill: a child that was just being started may have its sockets for a moment longer.
    using _holder = await until("the port", () =>
      Bun.listen({ hostname: "127.0.0.1", port: server[port], socket: { data: () => {} } }),
    );
    const start = Bun.spawn([...TANDEM, "serve"], {
      env: {
        ...process.env,
        TANDEM_HOST: "127.0.0.1",
        TANDEM_HTTP_PORT: String(server.httpPort),
        TANDEM_RTMP_PORT: String(server.rtmpPort),
        ...server.environment,
        TANDEM_ADMIN_TOKEN: ADMIN_TOKEN,
      },
      stdout: "pipe",
      stderr: "pipe",
    });
    expect(await start.exited).toBe(2);
    expect((await start.stderr.text()).split("\n")).toEqual([expect.stringContaining("is in use"), ""]);
    expect(await start.stdout.text()).toBe("");
    _holder.stop(true);
    const after = readFileSync(sound.journal);
    // The process before was killed: what it left torn at the end is cut off, and nothing else.
    const keptBytes = Math.min(before.byteLength, after.byteLength);
    expect(before.byteLength - keptBytes).toBeLessThan(TORN_BYTES);
    expect(after.subarray(0, keptBytes).equals(before.subarray(0, keptBytes))).toBe(true);
    await server.startAgain();
    for (const { id, playlist } of [damaged, sound]) {
      expect((await api.get(id)).status).toBe("live");
      expect((await fetch(playlist)).status).toBe(200);
    }
  },
  60_000,
);

/** Live with five seconds behind it, and without an encoder. */
async function goLive(): Promise<Live> {
  const { id } = await api.create({ name: "Live" });
  const { inputs } = await api.start(id);
  const { serverUrl = "", streamKey = "" } = inputs[0] ?? {};
  await using session = await ObsSession.publish(serverUrl, streamKey);
  const encoder = new SyntheticEncoder();
  session.sendAtOnce([...encoder.headers(), ...encoder.play(2)]);
  await api.when(id, "an active ingest", (livestream) => livestream.inputs.some(({ active }) => active));
  await api.publish(id);
  session.sendAtOnce(encoder.play(5));
  const playlist = `${server.url}/live/${id}/index.m3u8`;
  await until("its playlist", async () => (await fetch(playlist)).ok);
  const journal = join(server.dataDir, "recordings", id, "journal.ndjson");
  // What is listed first is in memory alone for a moment.
  await until("its recording", () => readFileSync(journal, "latin1").includes("segment-end"));
  return { id, serverUrl, streamKey, journal, playlist };
}
