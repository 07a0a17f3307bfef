// The automatic thumbnail: what the stream shows, still there when it has become a recording, and never in the way.

import { expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiClient } from "#test/support/api-client.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { averageColor, decodeAll } from "#test/support/judges.ts";
import { areInstalled, run } from "#test/support/program.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";
import { Viewer } from "#test/support/viewer.ts";

test.skipIf(!areInstalled("ffmpeg"))(
  "a livestream on air gets a picture of its own, and the recording keeps it",
  async () => {
    await using server = await TandemServer.start();
    const api = new ApiClient(server.url, ADMIN_TOKEN);
    const { id } = await api.create({ name: "Red" });
    const { inputs } = await api.start(id);
    await using _encoder = ffmpegEncoder({ url: inputs[0]?.url ?? "", color: "red" });
    await api.when(id, "an active ingest", (livestream) => livestream.inputs.some((input) => input.active));
    await api.publish(id);
    const { thumbnailUrl, thumbnailSource, thumbnailUpdatedAtUtc, startedAtUtc } = await api.when(
      id,
      "a thumbnail",
      (each) => each.thumbnailUrl !== null,
    );
    expect(thumbnailSource).toBe("auto");
    expect(Date.parse(thumbnailUpdatedAtUtc ?? "")).toBeGreaterThanOrEqual(Date.parse(startedAtUtc ?? ""));
    const { red, green, blue } = await averageColor(thumbnailUrl ?? "", 0);
    expect([red > 200, green < 60, blue < 60]).toEqual([true, true, true]);

    await api.stop(id);
    const { mediaId } = await api.when(id, "the recording", ({ status }) => status === "finished");
    expect((await api.media(mediaId ?? "")).thumbnailUrl).toBe(thumbnailUrl);
  },
  60_000,
);

/** A folder with an `ffmpeg` of our own in it, for the server to find first. */
function withFfmpeg(script: string): { folder: string; environment: Record<string, string> } {
  const folder = mkdtempSync(join(tmpdir(), "tandem-ffmpeg-"));
  const program = join(folder, "ffmpeg");
  writeFileSync(program, `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o755);
  return { folder, environment: { PATH: `${folder}:${process.env.PATH}`, TANDEM_LOG: "info" } };
}

/** As `<process id> <arguments>` lines. */
function childrenOf(server: TandemServer): Promise<string> {
  return run(["sh", "-c", `ps -o pid=,args= --ppid ${server.processId} || true`]);
}

test.skipIf(!areInstalled("ffmpeg", "ps"))(
  "a decoder that stalls for 10 s delays no segment, and does not get its 10 s (L5)",
  async () => {
    const { folder, environment } = withFfmpeg("exec /bin/sleep 10");
    await using server = await TandemServer.start({ environment });
    const api = new ApiClient(server.url, ADMIN_TOKEN);
    const { id } = await api.create({ name: "Stalled", withBackup: false });
    const { inputs } = await api.start(id);
    await using _encoder = ffmpegEncoder({ url: inputs[0]?.url ?? "" });
    await api.when(id, "an active ingest", (livestream) => livestream.inputs.some((input) => input.active));
    await api.publish(id);
    await until("the decoder", async () => (await childrenOf(server)).includes("sleep 10"));
    await using viewer = new Viewer(`${server.url}/live/${id}/index.m3u8`);
    const isOver = () => server.logs.includes("the decoder was ended by SIGKILL");
    await viewer.follow("a segment", () => viewer.segmentCount >= 1);
    expect(isOver()).toBe(false);
    await viewer.follow("the decoder's end", isOver);
    expect(viewer.discontinuities).toBe(0);
    await decodeAll(await viewer.save());
    rmSync(folder, { recursive: true });
  },
  60_000,
);

const LIVESTREAMS = 6;

/** Every other decoder is killed, as by somebody who is short of memory. */
async function killEveryOther(server: TandemServer, seen: Set<string>, killed: Set<string>): Promise<void> {
  const children = await childrenOf(server);
  for (const [, pid = ""] of children.matchAll(/^\s*(\d+) .*pipe:0/gm)) {
    if (seen.has(pid)) continue;
    if (seen.size % 2 === 0) {
      process.kill(Number(pid), "SIGKILL");
      killed.add(pid);
    }
    seen.add(pid);
  }
}

test.skipIf(!areInstalled("ffmpeg", "ps"))(
  "decoders that are killed at random cost a picture each, and nothing else",
  async () => {
    const { folder, environment } = withFfmpeg(`/bin/sleep 0.4\nexec ${Bun.which("ffmpeg")} "$@"`);
    await using server = await TandemServer.start({ environment });
    const api = new ApiClient(server.url, ADMIN_TOKEN);
    const ids: string[] = [];
    const urls: string[] = [];
    for (let each = 0; each < LIVESTREAMS; each += 1) {
      const { id } = await api.create({ name: `Picture ${each}`, withBackup: false });
      ids.push(id);
      urls.push((await api.start(id)).inputs[0]?.url ?? "");
    }
    await using _encoder = ffmpegEncoder({ urls });
    for (const id of ids) {
      await api.when(id, "an active ingest", ({ inputs }) => inputs.some(({ active }) => active));
      await api.publish(id);
    }
    await using viewer = new Viewer(`${server.url}/live/${ids[0]}/index.m3u8`);
    const watching = viewer.follow("ten segments seen", () => viewer.segmentCount >= 10, 40);
    const [seen, killed] = [new Set<string>(), new Set<string>()];
    await until("every livestream's turn", async () => {
      await killEveryOther(server, seen, killed);
      return seen.size >= LIVESTREAMS;
    });
    await watching;
    expect(killed.size).toBe(LIVESTREAMS / 2);
    expect(viewer.discontinuities).toBe(0);
    await decodeAll(await viewer.save());
    const pictures = async (): Promise<number> => {
      const livestreams = await Promise.all(ids.map((id) => api.get(id)));
      return livestreams.filter(({ thumbnailUrl }) => thumbnailUrl !== null).length;
    };
    // The last one may just be on its way.
    await until("the pictures of the others", async () => (await pictures()) >= LIVESTREAMS - killed.size);
    expect(await pictures()).toBe(LIVESTREAMS - killed.size);
    const troubles = server.logs.split("\n").filter((line) => /"level":"(warn|error)"/.test(line));
    expect(troubles).toHaveLength(killed.size);
    for (const line of troubles) expect(line).toContain("the decoder was ended by SIGKILL");
    rmSync(folder, { recursive: true });
  },
  90_000,
);
