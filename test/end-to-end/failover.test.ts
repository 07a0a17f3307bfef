// Two encoders, one programme: whatever happens to one of them, viewers and the recording go on with the other.

import { describe, expect, test } from "bun:test";
import type { LivestreamView } from "#server/livestreams/livestream-view.ts";
import { ApiClient } from "#test/support/api-client.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { averageColor, decodeAll, fetchPlaylist, fetchVariantUrl, probe } from "#test/support/judges.ts";
import { areInstalled, type Program } from "#test/support/program.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { Viewer } from "#test/support/viewer.ts";

describe.skipIf(!areInstalled("ffmpeg", "ffprobe"))("with two encoders", () => {
  test("a crash, a frozen encoder and a request each put the other side on air, in one unbroken playlist (F3)", async () => {
    await using server = await TandemServer.start();
    const { api, live, urls } = await broadcast(server, ["red", "blue"]);
    const { id } = live;
    const [, blue] = live.encoders;
    let [red] = live.encoders;
    await using viewer = new Viewer(live.playlistUrl);
    await viewer.follow("a segment", ({ segments }) => segments.length >= 1);

    await red.kill();
    await isOnAir(api, id, "secondary");

    red = ffmpegEncoder({ url: urls.primary, color: "red" });
    await api.when(id, "both inputs", ({ inputs }) => inputs.every((input) => input.active));
    expect((await api.get(id)).onAir).toBe("secondary");
    await api.switchTo(id, "primary");
    await isOnAir(api, id, "primary");

    red.freeze();
    await isOnAir(api, id, "secondary");
    red.thaw();
    await viewer.follow("what came of it", ({ mediaSequence }) => mediaSequence >= 1, 30);
    expect(viewer.discontinuities).toBe(0);
    const seconds = await stopped(api, id);
    const { mediaId } = await api.get(id);
    const media = await api.media(mediaId ?? "");
    expect(Math.abs(media.durationSeconds - seconds)).toBeLessThan(0.5);
    await decodeAll(media.playlistUrl);
    expect((await probe(media.playlistUrl)).streams).toHaveLength(2);
    expect((await averageColor(media.playlistUrl, 0.5)).red).toBeGreaterThan(150);
    expect((await averageColor(media.playlistUrl, seconds - 0.5)).blue).toBeGreaterThan(150);
    await red.kill();
    await blue?.kill();
  }, 90_000);

  test("each side can be watched by itself", async () => {
    await using server = await TandemServer.start();
    const { api, live } = await broadcast(server, ["red", "blue"]);
    for (const [instance, color] of [
      ["primary", "red"],
      ["secondary", "blue"],
    ] as const) {
      const url = `${server.url}/live/${live.id}/${instance}/index.m3u8`;
      expect(
        (await api.get(live.id)).playouts.find((playout) => playout.instance === instance)?.url,
      ).toContain(`/live/${live.id}/${instance}/index.m3u8`);
      await using viewer = new Viewer(url);
      await viewer.follow("two segments", ({ segments }) => segments.length >= 2);
      expect((await averageColor(await viewer.save(), 0.5))[color]).toBeGreaterThan(150);
    }
    for (const encoder of live.encoders) await encoder.kill();
  }, 60_000);

  test("the rightful owner of a key takes over from an encoder that went silent without closing (F1)", async () => {
    await using server = await TandemServer.start();
    const { api, live, urls } = await broadcast(server, ["red"]);
    live.encoders[0].freeze();
    await Bun.sleep(2200); // What OBS waits before it comes back.
    await using again = ffmpegEncoder({ url: urls.primary, color: "green" });
    await api.when(
      live.id,
      "the newcomer",
      ({ onAir, inputs }) => onAir === "primary" && inputs[0]?.active === true,
    );
    expect(again.hasExited).toBe(false);
    await live.encoders[0].kill();
  }, 60_000);
});

test.skipIf(!areInstalled("ffmpeg"))(
  "viewers survive an encoder that is gone for a while: the same playlist, one discontinuity, no end (F2)",
  async () => {
    await using server = await TandemServer.start({ environment: { TANDEM_INGEST_TIMEOUT_SECONDS: "1" } });
    const { api, live, urls } = await broadcast(server, ["red"]);
    await using viewer = new Viewer(live.playlistUrl);
    const before = await viewer.follow("two segments", ({ segments }) => segments.length >= 2);
    await live.encoders[0].kill();
    await api.when(live.id, "the gap", ({ onAir }) => onAir === null);
    const during = await fetchPlaylist(await fetchVariantUrl(live.playlistUrl));
    expect([during.isEnded, during.mediaSequence]).toEqual([false, before.mediaSequence]);

    await using _again = ffmpegEncoder({ url: urls.primary, color: "red" });
    const newest = before.mediaSequence + before.segments.length;
    await viewer.follow(
      "the way on",
      (playlist) => playlist.mediaSequence + playlist.segments.length >= newest + 3,
    );
    expect(viewer.discontinuities).toBe(1);
    await decodeAll(await viewer.save());
  },
  60_000,
);

interface Broadcast {
  readonly id: string;
  readonly playlistUrl: string;
  readonly encoders: readonly [Program, ...Program[]];
}

/** A livestream on the air, with an encoder of each colour on the input of its place. */
async function broadcast(server: TandemServer, [first, ...others]: readonly [string, ...string[]]) {
  const api = new ApiClient(server.url, ADMIN_TOKEN);
  const { id } = await api.create({ name: "Failover" });
  const { inputs } = await api.start(id);
  const urls = { primary: inputs[0]?.url ?? "", secondary: inputs[1]?.url ?? "" };
  const primary = ffmpegEncoder({ url: urls.primary, color: first });
  const rest = others.map((color) => ffmpegEncoder({ url: urls.secondary, color }));
  await api.when(id, "active ingests", (each) => {
    return each.inputs.filter((input) => input.active).length === 1 + others.length;
  });
  await api.publish(id);
  const live: Broadcast = {
    id,
    playlistUrl: `${server.url}/live/${id}/index.m3u8`,
    encoders: [primary, ...rest],
  };
  return { api, live, urls };
}

function isOnAir(api: ApiClient, id: string, instance: "primary" | "secondary"): Promise<LivestreamView> {
  return api.when(id, `the ${instance} on air`, ({ onAir }) => onAir === instance);
}

/** Stops it and waits for the recording; resolves to how long the broadcast was. */
async function stopped(api: ApiClient, id: string): Promise<number> {
  await api.stop(id);
  const { startedAtUtc, stoppedAtUtc } = await api.when(
    id,
    "the recording",
    ({ status }) => status === "finished",
  );
  return (Date.parse(stoppedAtUtc ?? "") - Date.parse(startedAtUtc ?? "")) / 1000;
}
