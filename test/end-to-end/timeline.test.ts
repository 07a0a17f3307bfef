// The timeline of a broadcast with everything that happens to one: in order, in words, and each thing where the recording shows it.

import { expect, test } from "bun:test";
import { TandemRefusal, type TimelineEntry } from "#openapi/client.ts";
import { ApiClient } from "#test/support/api-client.ts";
import { pictureColors } from "#test/support/decoded-pictures.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { areInstalled } from "#test/support/program.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";
import { Viewer } from "#test/support/viewer.ts";

const FRAME_SECONDS = 1 / 30;

const wordOf = ({ type, instance, data }: TimelineEntry) =>
  [type, instance, type === "ingest.fault" ? `${data.fault} ${data.state}` : null]
    .filter((word) => word !== null)
    .join(" ");

/** In this order; the rest may be told anywhere among it, or again. */
const EXPECTED = [
  "livestream.created",
  "livestream.started",
  "playout.switched primary",
  "livestream.published",
  "ingest.refused primary",
  "viewers.peak",
  "ingest.fault primary silent began",
  "playout.switched secondary",
  "ingest.fault primary silent ended",
  "ingest.inactive secondary",
  "ingest.disconnected secondary",
  "playout.discontinuity",
  "playout.switched",
  "livestream.stopped",
  "livestream.finished",
  "media.created",
];

test.skipIf(!areInstalled("ffmpeg"))(
  "encoders that are refused, frozen and killed, switches, viewers and a kill -9 are told in order, each where the recording shows it",
  async () => {
    await using server = await TandemServer.start({ environment: { TANDEM_SAMPLE_INTERVAL_SECONDS: "1" } });
    const api = new ApiClient(server.url, ADMIN_TOKEN);
    const told = (id: string, word: string) =>
      until(word, async () => (await timelineOf(api, id)).some((entry) => wordOf(entry) === word));

    const { id } = await api.create({ name: "Watched" });
    const { inputs } = await api.start(id);
    const [primary = "", secondary = ""] = inputs.map(({ url }) => url);
    // Where a publish ends between B-frames, FFmpeg's decoder takes to guessing when pictures are shown.
    await using red = ffmpegEncoder({ url: primary, color: "red", bFrames: 0 });
    await using blue = ffmpegEncoder({ url: secondary, color: "blue", bFrames: 0 });
    await api.when(id, "both inputs", (each) => each.inputs.every((input) => input.active));
    await api.publish(id);
    await using _refused = ffmpegEncoder({ url: primary });
    await told(id, "ingest.refused primary");
    await using viewer = new Viewer((await api.get(id)).playouts[0]?.url ?? "");
    await viewer.follow("a segment", ({ segments }) => segments.length >= 1);
    await told(id, "viewers.peak");
    red.freeze();
    await api.when(id, "the other", ({ onAir }) => onAir === "secondary");
    red.thaw();
    await told(id, "ingest.fault primary silent ended");
    await blue.kill();
    await told(id, "ingest.disconnected secondary");
    await Bun.sleep(500); // Some recording.

    await server.kill();
    await red.result;
    await server.startAgain();
    await using green = ffmpegEncoder({ url: primary, color: "green", bFrames: 0 });
    await api.when(id, "the way on", ({ onAir }) => onAir === "primary");
    await told(id, "playout.discontinuity");
    await Bun.sleep(500); // Some recording.
    await green.interrupt();
    await told(id, "playout.switched");
    await api.stop(id);
    const { mediaId } = await api.when(id, "the recording", ({ status }) => status === "finished");
    await told(id, "media.created");

    const entries = await timelineOf(api, id);
    const words = entries.map(wordOf);
    const firsts = words.filter((word, index) => EXPECTED.includes(word) && words.indexOf(word) === index);
    expect(firsts).toEqual(EXPECTED);
    expect(new Set(entries.map((entry) => entry.id)).size).toBe(entries.length);
    for (const { message } of entries) expect(message).toMatch(/^[A-Z0-9].*[.]$/);
    for (const { streamKey } of inputs) expect(JSON.stringify(entries)).not.toContain(streamKey);

    const { playlistUrl, durationSeconds } = await api.media(mediaId ?? "");
    for (const { positionSeconds } of entries)
      expect(positionSeconds ?? 0).toBeLessThanOrEqual(durationSeconds + 0.001);
    expect(await switchesIn(playlistUrl, entries)).toEqual(["silent: red to blue", "closed: blue to red"]);

    const { items, pagination } = await api.operations.listLivestreamTimeline(id, {
      type: ["playout.switched", "ingest.refused"],
      instance: "secondary",
    });
    expect([items.map(({ type }) => type), pagination.total]).toEqual([["playout.switched"], 1]);
    await api.operations.deleteMedia(mediaId ?? "", { permanent: true });
    expect(await timelineOf(api, id).catch((error) => error)).toBeInstanceOf(TandemRefusal);
  },
  90_000,
);

/** Oldest first. */
async function timelineOf({ operations }: ApiClient, id: string): Promise<readonly TimelineEntry[]> {
  const entries: TimelineEntry[] = [];
  for (let page = 0; ; page += 1) {
    const { items, pagination } = await operations.listLivestreamTimeline(id, { page, perpage: 50 });
    entries.unshift(...items.toReversed());
    if (page + 1 >= pagination.pageCount) return entries;
  }
}

/** Of each switch from one input to the other its cause, and the colours two frames before its place and two after. */
async function switchesIn(source: string, entries: readonly TimelineEntry[]): Promise<readonly string[]> {
  const pictures = await pictureColors(source);
  const colorAt = (seconds: number) => {
    const { red = 0, green = 0, blue = 0 } = pictures.findLast((each) => each.seconds <= seconds) ?? {};
    if (red > green) return red > blue ? "red" : "blue";
    return green > blue ? "green" : "blue";
  };
  return entries.flatMap(({ type, positionSeconds, data }) => {
    if (type !== "playout.switched" || data.from === null || data.to === null) return [];
    const at = positionSeconds ?? 0;
    return `${data.cause}: ${colorAt(at - 2 * FRAME_SECONDS)} to ${colorAt(at + 2 * FRAME_SECONDS)}`;
  });
}
