// A disk that fills up ends no broadcast: only the recording stops, and says so (R5).

import { expect, test } from "bun:test";
import { readFileSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { ApiClient } from "#test/support/api-client.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { decodeAll, fetchPlaylist, fetchVariantUrl } from "#test/support/judges.ts";
import { ObsSession } from "#test/support/obs-session.ts";
import { areInstalled } from "#test/support/program.ts";
import { SmallDisk } from "#test/support/small-disk.ts";
import { storedEvents } from "#test/support/stored-events.ts";
import { SyntheticEncoder } from "#test/support/synthetic-encoder.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";
import { Viewer } from "#test/support/viewer.ts";

const MEGABYTE = 1_000_000;

/** Room for the database and some seconds of the encoder. */
const DISK_BYTES = 2 * 1024 * 1024;

test.skipIf(!areInstalled("ffmpeg", "mount", "umount") || process.getuid?.() !== 0)(
  "the broadcast goes on without its recording, also after a restart, and what fitted is kept",
  async () => {
    await using disk = await SmallDisk.mount(DISK_BYTES);
    await using server = await TandemServer.start({
      environment: { TANDEM_DATA_DIR: disk.folder, TANDEM_MIN_FREE_DISK_MB: "0" },
    });
    const api = new ApiClient(server.url, ADMIN_TOKEN);
    const { id } = await api.create({ name: "Full" });
    const { inputs } = await api.start(id);
    await using encoder = ffmpegEncoder({ url: inputs[0]?.url ?? "" });
    await api.when(id, "an active ingest", (each) => each.inputs.some((input) => input.active));
    const { playouts } = await api.publish(id);
    await using viewer = new Viewer(playouts[0]?.url ?? "");
    await viewer.follow("the disk full", () => server.logs.includes('"event":"recording_failed"'), 40);
    const seen = viewer.segmentCount;
    const onAir = await viewer.follow("the way on", () => viewer.segmentCount >= seen + 4);
    await decodeAll(await viewer.save());
    expect(encoder.hasExited).toBe(false);
    expect(server.logs.split('"event":"recording_failed"')).toHaveLength(2);

    await server.kill();
    await server.startAgain();
    await using _again = ffmpegEncoder({ url: inputs[0]?.url ?? "" });
    const playlist = `${server.url}/live/${id}/index.m3u8`;
    const { mediaSequence } = await until("the playlist after a restart", async () =>
      fetchPlaylist(await fetchVariantUrl(playlist)),
    );
    expect(mediaSequence).toBeGreaterThan(onAir.mediaSequence + onAir.segments.length);
    expect(server.logs.split('"event":"recording_failed"')).toHaveLength(3);

    await api.stop(id);
    const finished = await api.when(id, "the recording", ({ status }) => status !== "converting");
    expect([finished.status, finished.conversion?.message]).toEqual([
      "finished",
      expect.stringContaining("ENOSPC"),
    ]);
    const media = await api.media(finished.mediaId ?? "");
    expect(media.durationSeconds).toBeGreaterThan(1);
    await decodeAll(media.playlistUrl);
  },
  90_000,
);

test.skipIf(!areInstalled("ffmpeg", "mount", "umount") || process.getuid?.() !== 0)(
  "below the free space that is to stay the recording stops, above it again it goes on, and the asset plays across the gap",
  async () => {
    await using disk = await SmallDisk.mount(160 * MEGABYTE);
    await using server = await TandemServer.start({
      environment: { TANDEM_DATA_DIR: disk.folder, TANDEM_MIN_FREE_DISK_MB: "40" },
    });
    const api = new ApiClient(server.url, ADMIN_TOKEN);
    const { id } = await api.create({ name: "Short" });
    const { inputs } = await api.start(id);
    await using encoder = ffmpegEncoder({ url: inputs[0]?.url ?? "" });
    await api.when(id, "an active ingest", (each) => each.inputs.some((input) => input.active));
    const { playouts } = await api.publish(id);
    await using viewer = new Viewer(playouts[0]?.url ?? "");
    await viewer.follow("some segments", () => viewer.segmentCount >= 3);

    await disk.leave(39 * MEGABYTE);
    await viewer.follow("the stop", () => server.logs.includes('"event":"recording_failed"'));
    const seen = viewer.segmentCount;
    const journal = join(disk.folder, "recordings", id, "journal.ndjson");
    const recordedBytes = readFileSync(journal).byteLength;
    // Room, but no more than what it would flutter by.
    await disk.leave(60 * MEGABYTE);
    await viewer.follow("the way on", () => viewer.segmentCount >= seen + 3);
    expect(readFileSync(journal).byteLength).toBe(recordedBytes);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);

    await disk.leave(120 * MEGABYTE);
    await viewer.follow("the recording to go on", () => server.logs.includes('"event":"recording_resumed"'));
    const seenThen = viewer.segmentCount;
    await viewer.follow("some more", () => viewer.segmentCount >= seenThen + 3);
    await decodeAll(await viewer.save());
    expect([viewer.discontinuities, encoder.hasExited]).toEqual([0, false]);
    await api.stop(id);
    const finished = await api.when(id, "the recording", ({ status }) => status === "finished");
    expect(finished.conversion?.message).toMatch(/^\d+\.\d s are missing at \d+\.\d s: the disk has /);
    const { playlistUrl } = await api.media(finished.mediaId ?? "");
    await decodeAll(playlistUrl);
    const { segments } = await fetchPlaylist(playlistUrl);
    expect(segments.filter(({ hasDiscontinuity }) => hasDiscontinuity)).toHaveLength(1);
    expect(readFileSync(journal, "utf8").match(/"gap":\{"reason":"the disk has/g)).toHaveLength(1);
    const types = (await storedEvents(server, id)).map(({ type }) => type);
    expect(types.filter((type) => type.startsWith("recording."))).toEqual([
      "recording.stopped",
      "recording.resumed",
    ]);
  },
  120_000,
);

test.skipIf(!areInstalled("mount", "umount") || process.getuid?.() !== 0)(
  "a broadcast that fills the disk as fast as it takes it stops well above the last block",
  async () => {
    await using disk = await SmallDisk.mount(80 * MEGABYTE);
    await using server = await TandemServer.start({
      environment: { TANDEM_DATA_DIR: disk.folder, TANDEM_MIN_FREE_DISK_MB: "40" },
    });
    const api = new ApiClient(server.url, ADMIN_TOKEN);
    const { id } = await api.create({ name: "Fast" });
    const { inputs } = await api.start(id);
    const { serverUrl = "", streamKey = "" } = inputs[0] ?? {};
    await using session = await ObsSession.publish(serverUrl, streamKey);
    const encoder = new SyntheticEncoder({ frameBytes: 150_000 });
    session.sendAtOnce([...encoder.headers(), ...encoder.play(1)]);
    await api.when(id, "an active ingest", (each) => each.inputs.some((input) => input.active));
    await api.publish(id);
    // 112 MB, more than there is room for.
    session.sendAtOnce(encoder.play(30));
    await until("the stop", () => server.logs.includes('"event":"recording_failed"'));
    await Bun.sleep(1000); // What was on its way is written.
    const { bavail, bsize } = statfsSync(disk.folder);
    expect(bavail * bsize).toBeGreaterThan(15 * MEGABYTE);
    expect(server.logs).not.toContain("ENOSPC");
  },
  60_000,
);
