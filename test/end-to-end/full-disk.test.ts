// A disk that fills up ends no broadcast: only the recording stops, and says so (R5).

import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiClient } from "#test/support/api-client.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { decodeAll, fetchPlaylist, fetchVariantUrl } from "#test/support/judges.ts";
import { areInstalled, run } from "#test/support/program.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";
import { Viewer } from "#test/support/viewer.ts";

/** Room for the database and some seconds of the encoder. */
const DISK_BYTES = 2 * 1024 * 1024;

test.skipIf(!areInstalled("ffmpeg", "mount", "umount") || process.getuid?.() !== 0)(
  "the broadcast goes on without its recording, also after a restart, and what fitted is kept",
  async () => {
    await using disk = await SmallDisk.mount();
    await using server = await TandemServer.start({ environment: { TANDEM_DATA_DIR: disk.folder } });
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

/** A file system of its own, of {@link DISK_BYTES}. */
class SmallDisk implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async mount(): Promise<SmallDisk> {
    const folder = mkdtempSync(join(tmpdir(), "tandem-disk-"));
    await run(["mount", "-t", "tmpfs", "-o", `size=${DISK_BYTES}`, "tmpfs", folder]);
    return new SmallDisk(folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run(["umount", this.folder]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
