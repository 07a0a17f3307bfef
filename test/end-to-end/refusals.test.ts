// Who may not publish is told so in a way that real encoders understand, and nobody else notices.

import { describe, expect, test } from "bun:test";
import { ApiClient } from "#test/support/api-client.ts";
import { ffmpegEncoder, gstreamerEncoder } from "#test/support/encoders.ts";
import { ObsSession } from "#test/support/obs-session.ts";
import { areInstalled, Program } from "#test/support/program.ts";
import { expectNoSecrets } from "#test/support/secrets.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

const WRONG_KEY = "00000000000000000000000000000000";

describe("a wrong stream key", () => {
  test.skipIf(!areInstalled("ffmpeg"))(
    "makes ffmpeg fail with the server's refusal",
    async () => {
      await using server = await TandemServer.start();
      const { rtmpUrl } = await startedLivestream(server);
      await using encoder = ffmpegEncoder({ url: `${rtmpUrl}/${WRONG_KEY}`, maxSeconds: 20 });
      const { exitCode, stderr } = await encoder.result;
      expect(exitCode).not.toBe(0);
      expect(stderr).toMatch(/Server error|Operation not permitted|Input\/output error/);
    },
    40_000,
  );

  test.skipIf(!areInstalled("gst-launch-1.0"))(
    "makes GStreamer fail",
    async () => {
      await using server = await TandemServer.start();
      const { rtmpUrl } = await startedLivestream(server);
      await using encoder = gstreamerEncoder("rtmp2sink", { url: `${rtmpUrl}/${WRONG_KEY}`, maxSeconds: 20 });
      const { exitCode } = await encoder.result;
      expect(exitCode).toBeGreaterThan(0);
    },
    40_000,
  );

  test("closes an OBS session, and only that one", async () => {
    await using server = await TandemServer.start();
    const { api, id, rtmpUrl, streamKey } = await startedLivestream(server);
    await using rightful = await ObsSession.publish(rtmpUrl, streamKey);
    await expect(ObsSession.publish(rtmpUrl, WRONG_KEY)).rejects.toThrow("NetStream.Publish.Denied");
    const { inputs } = await api.get(id);
    expect(inputs[0]?.connectedAtUtc).not.toBeNull();
    void rightful; // Still connected, as its input says.
  });

  test.skipIf(!areInstalled("rtmpdump"))(
    "is as unknown to a player: rtmpdump plays nothing",
    async () => {
      await using server = await TandemServer.start();
      const { rtmpUrl, streamKey } = await startedLivestream(server);
      await using player = new Program(
        ["rtmpdump", "--live", "-r", `${rtmpUrl}/${streamKey}`, "-o", "/dev/null"],
        20,
      );
      const { exitCode } = await player.result;
      expect(exitCode).toBeGreaterThan(0);
    },
    40_000,
  );
});

test("a key is worth nothing before the start, after the stop and after the deletion", async () => {
  await using server = await TandemServer.start();
  const { api, id, rtmpUrl, streamKey } = await startedLivestream(server);
  await using session = await ObsSession.publish(rtmpUrl, streamKey);
  await api.delete(id);
  await expect(ObsSession.publish(rtmpUrl, streamKey)).rejects.toThrow("NetStream.Publish.Denied");
  await until("the encoder to be cut", () => session.isClosed);
});

test.skipIf(!areInstalled("ffmpeg"))(
  "a refused key does not reach the logs",
  async () => {
    await using server = await TandemServer.start();
    const { inputs, rtmpUrl } = await startedLivestream(server);
    await expect(ObsSession.publish(rtmpUrl, WRONG_KEY)).rejects.toThrow();
    await server.stop();
    expect(server.logs).not.toContain(WRONG_KEY);
    expectNoSecrets(server, inputs);
  },
  40_000,
);

async function startedLivestream(server: TandemServer) {
  const api = new ApiClient(server.url, ADMIN_TOKEN);
  const { id } = await api.create({ name: "Refusals" });
  const { inputs } = await api.start(id);
  const [primary] = inputs;
  if (primary === undefined) throw new Error("It has no input.");
  return { api, id, inputs, rtmpUrl: primary.serverUrl, streamKey: primary.streamKey };
}
