// The process is killed at moments that nobody chose, again and again: the recording is one and whole (R1).

import { expect, test } from "bun:test";
import { ApiClient } from "#test/support/api-client.ts";
import { seededRandom } from "#test/support/damage.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { decodeAll, fetchPlaylist, probe } from "#test/support/judges.ts";
import { areInstalled } from "#test/support/program.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";

const KILLS = 5;

/** What a kill may take: the part being written, the frames held back for their durations, and what was in sockets. */
const LOST_SECONDS = 0.2 + 0.15;

test.skipIf(!areInstalled("ffmpeg", "ffprobe"))(
  "killed at any moment, also in the conversion, it loses at most the part being written",
  async () => {
    const random = seededRandom(3);
    await using server = await TandemServer.start();
    const api = new ApiClient(server.url, ADMIN_TOKEN);
    const { id } = await api.create({ name: "Killed" });
    const { inputs } = await api.start(id);
    const url = inputs[0]?.url ?? "";
    let encoder = ffmpegEncoder({ url });
    await api.when(id, "an active ingest", (each) => each.inputs.some((input) => input.active));
    await api.publish(id);
    const publishedAt = performance.now();
    let awaySeconds = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      await Bun.sleep(300 + random() * 3000);
      await server.kill();
      const killedAt = performance.now();
      await encoder.kill();
      await server.startAgain();
      encoder = ffmpegEncoder({ url });
      await api.when(id, "the way on", ({ onAir }) => onAir !== null);
      awaySeconds += (performance.now() - killedAt) / 1000;
    }
    await Bun.sleep(1000);
    await api.stop(id);
    const onAirSeconds = (performance.now() - publishedAt) / 1000 - awaySeconds;
    await server.kill();
    await encoder.kill();
    await server.startAgain();

    const { mediaId } = await api.when(id, "the recording", ({ status }) => status === "finished");
    const media = await api.media(mediaId ?? "");
    expect((await api.listMedia()).map((each) => each.id)).toEqual([media.id]);
    expect(media.durationSeconds).toBeGreaterThan(onAirSeconds - (KILLS + 1) * LOST_SECONDS);
    const { segments } = await fetchPlaylist(media.playlistUrl);
    expect(segments.filter((segment) => segment.hasDiscontinuity)).toHaveLength(KILLS);
    await decodeAll(media.playlistUrl);
    expect((await probe(media.playlistUrl)).streams).toHaveLength(2);
    expect(server.logs).not.toContain('"level":"error"');
  },
  90_000,
);
