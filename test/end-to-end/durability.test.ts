// What a power cut takes, and what is left of a recording that ends anywhere: everything before the last whole part, and it plays.

import { describe, expect, test } from "bun:test";
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseJournal, type RecordedPart } from "#server/recording/journal.ts";
import { Recordings } from "#server/recording/recordings.ts";
import { ApiClient } from "#test/support/api-client.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { decodeAll } from "#test/support/judges.ts";
import { LoopDisk, noLoopDisk } from "#test/support/loop-disk.ts";
import { areInstalled, type Program } from "#test/support/program.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";

interface Show {
  readonly api: ApiClient;
  readonly id: string;
  readonly encoder: Program;
}

async function goLive(server: TandemServer): Promise<Show> {
  const api = new ApiClient(server.url, ADMIN_TOKEN);
  const { id } = await api.create({ name: "Lasting" });
  const { inputs } = await api.start(id);
  const encoder = ffmpegEncoder({ url: inputs[0]?.url ?? "" });
  await api.when(id, "an active ingest", (each) => each.inputs.some((input) => input.active));
  await api.publish(id);
  return { api, id, encoder };
}

/** Told every five seconds, behind a segment of two; and what a busy disk takes for it. */
const MOST_LOST_SECONDS = 5 + 2 + 1.5;

describe.skipIf(noLoopDisk !== null || !areInstalled("ffmpeg", "ffprobe"))(
  `a power cut${noLoopDisk === null ? "" : ` (${noLoopDisk})`}`,
  () => {
    test("takes the last seconds of a recording, and no livestream", async () => {
      await using disk = await LoopDisk.mount();
      await using server = await TandemServer.start({
        environment: { TANDEM_DATA_DIR: disk.folder, TANDEM_MIN_FREE_DISK_MB: "0" },
      });
      const { id, encoder } = await goLive(server);
      const beganAt = performance.now();
      await Bun.sleep(16_000);
      process.kill(server.processId, "SIGSTOP");
      const seconds = (performance.now() - beganAt) / 1000;
      await using after = await disk.asAfterPowerCut();
      process.kill(server.processId, "SIGCONT");
      await server.kill();
      await encoder.kill();

      await using next = await TandemServer.start({
        environment: { ...server.environment, TANDEM_DATA_DIR: after.folder },
      });
      const api = new ApiClient(next.url, ADMIN_TOKEN);
      expect((await api.get(id)).status).toBe("live");
      await api.stop(id);
      const { mediaId } = await api.when(id, "its media", ({ status }) => status === "finished");
      const media = await api.media(mediaId ?? "");
      expect(media.durationSeconds).toBeGreaterThan(seconds - MOST_LOST_SECONDS);
      await decodeAll(media.playlistUrl);
    }, 90_000);
  },
);

/** Byte positions that are tried within the last two parts, beside their edges. */
const SAMPLES = 20;

test.skipIf(!areInstalled("ffmpeg", "ffprobe"))(
  "cut off anywhere in its last two parts, a recording keeps every part before, and decodes",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "tandem-cut-"));
    await using server = await TandemServer.start();
    const { id, encoder } = await goLive(server);
    await Bun.sleep(6000);
    await server.kill();
    await encoder.kill();
    const from = join(server.dataDir, "recordings", id);
    const recordings = new Recordings(folder);
    cpSync(from, join(folder, id), { recursive: true });
    const whole = await recordings.repair(id);
    const parts = await partsIn(join(folder, id));
    const [beforeLast, last] = parts.slice(-2);
    if (whole === null || beforeLast === undefined || last === undefined)
      throw new Error("nothing was recorded");
    const [begin, end] = [beforeLast[0], last[0] + last[1]];
    const positions = [
      ...Array.from({ length: SAMPLES }, (_, index) => begin + Math.floor(((end - begin) * index) / SAMPLES)),
      ...[last[0] - 1, last[0], last[0] + 1, end - 1, end],
    ];
    for (const position of positions) {
      rmSync(join(folder, id), { recursive: true });
      cpSync(from, join(folder, id), { recursive: true });
      truncateSync(join(folder, id, "media.mp4"), position);
      await recordings.repair(id);
      const kept = parts.filter(([offset, byteLength]) => offset + byteLength <= position);
      expect(await partsIn(join(folder, id))).toEqual(kept);
      const media = join(folder, id, "media.mp4");
      expect(statSync(media).size).toBe(endOf(kept));
      await decodeAll(media);
    }
    rmSync(folder, { recursive: true });
  },
  90_000,
);

async function partsIn(folder: string): Promise<RecordedPart[]> {
  const { entries } = await parseJournal(readFileSync(join(folder, "journal.ndjson"), "utf8"));
  return entries.flatMap((entry) => (entry.type === "segment-end" ? entry.parts : []));
}

function endOf(parts: readonly RecordedPart[]): number {
  const [offset, byteLength] = parts.at(-1) ?? [0, 0];
  return offset + byteLength;
}
