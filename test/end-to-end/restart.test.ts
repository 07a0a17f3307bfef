// The process dies in the middle of a broadcast and is started again: viewers and the recording go on.

import { expect, test } from "bun:test";
import { ApiClient } from "#test/support/api-client.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { decodeAll, fetchPlaylist, probe } from "#test/support/judges.ts";
import { areInstalled } from "#test/support/program.ts";
import { expectNoSecrets } from "#test/support/secrets.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";
import { Viewer } from "#test/support/viewer.ts";

const ENDINGS = [
  { name: "kill -9", end: (server: TandemServer) => server.kill() },
  { name: "SIGTERM", end: async (server: TandemServer) => expect(await server.stop()).toBe(0) },
];

test.each(["SIGTERM", "SIGINT"] as const)(
  "a second %s does not cut the ordered end short",
  async (signal) => {
    await using server = await TandemServer.start();
    // A call whose body never ends holds up the end for as long as calls on their way are given.
    const call = await Bun.connect({
      hostname: "127.0.0.1",
      port: server.httpPort,
      socket: { data: () => undefined },
    });
    call.write(
      `POST /v2/livestreams HTTP/1.1\r\nHost: tandem\r\nAuthorization: Bearer ${ADMIN_TOKEN}\r\n` +
        `Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
    );
    await until("the call", () => fetch(`${server.url}/healthz`)); // Accepted after it.
    process.kill(server.processId, signal);
    await until("the end to begin", () => server.logs.includes('"event":"stopping"'));
    process.kill(server.processId, signal);
    expect(await server.stop()).toBe(0);
    await until("its last line", () => server.logs.includes('"event":"stopped"'));
    call.end();
  },
);

test("however little is logged, it says when it is ready and on which ports", async () => {
  await using server = await TandemServer.start({ environment: { TANDEM_LOG: "error" } });
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  expect(server.logs.trim().split("\n")).toHaveLength(1);
});

test.skipIf(!areInstalled("ffmpeg", "ffprobe")).each(ENDINGS)(
  "after $name the same key, the same playlist and the same recording go on",
  async ({ end }) => {
    await using server = await TandemServer.start();
    const api = new ApiClient(server.url, ADMIN_TOKEN);
    const { id } = await api.create({ name: "Restart" });
    const { inputs } = await api.start(id);
    const url = inputs[0]?.url ?? "";
    await using _before = ffmpegEncoder({ url });
    await api.when(id, "an active ingest", (livestream) => livestream.inputs.some((input) => input.active));
    const live = await api.publish(id);
    await using viewer = new Viewer(live.playouts[0]?.url ?? "");
    const before = await viewer.follow("two segments", ({ segments }) => segments.length >= 2);

    await end(server);
    await server.startAgain();
    const restarted = await api.get(id);
    expect([restarted.status, restarted.startedAtUtc]).toEqual(["live", live.startedAtUtc]);
    expect(restarted.inputs.map((input) => input.url)).toEqual(inputs.map((input) => input.url));
    await using _after = ffmpegEncoder({ url });
    const lastMsn = before.mediaSequence + before.segments.length - 1;
    await viewer.follow("segments of both runs", (playlist) => {
      const newest = playlist.mediaSequence + playlist.segments.length - 1;
      return newest >= lastMsn + 3;
    });
    expect(viewer.discontinuities).toBe(1);
    await decodeAll(await viewer.save());

    await api.stop(id);
    const { mediaId } = await api.when(id, "the recording", ({ status }) => status === "finished");
    const media = await api.media(mediaId ?? "");
    expect((await api.listMedia()).map((each) => each.id)).toEqual([media.id]);
    const recording = await fetchPlaylist(media.playlistUrl);
    const seconds = recording.segments.reduce((sum, segment) => sum + segment.durationSeconds, 0);
    expect(recording.segments.filter((segment) => segment.hasDiscontinuity)).toHaveLength(1);
    expect(recording.segments.length).toBeGreaterThanOrEqual(viewer.segmentCount);
    expect(Math.abs(media.durationSeconds - seconds)).toBeLessThan(0.1);
    await decodeAll(media.playlistUrl);
    expect((await probe(media.playlistUrl)).streams).toHaveLength(2);
    expectNoSecrets(server, inputs);
  },
  90_000,
);
