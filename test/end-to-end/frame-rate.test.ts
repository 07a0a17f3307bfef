// FRAME-RATE is the encoders', to three decimals, from the first playlist on, and stays it when another side goes on air.

import { expect, test } from "bun:test";
import { ApiClient } from "#test/support/api-client.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { fetchPlaylist, fetchVariantUrl, type Playlist } from "#test/support/judges.ts";
import { areInstalled } from "#test/support/program.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

/** As FFmpeg is told, and as the playlist and the API say it. */
const RATES = [
  ["25", "25.000"],
  ["30000/1001", "29.970"],
  ["30", "30.000"],
  ["50", "50.000"],
  ["60000/1001", "59.940"],
  ["60", "60.000"],
] as const;

test.skipIf(!areInstalled("ffmpeg"))(
  "the frame rate of real encoders is in the first playlist, and the same after a switch (item 4)",
  async () => {
    await using server = await TandemServer.start();
    const api = new ApiClient(server.url, ADMIN_TOKEN);
    for (const [frameRate, expected] of RATES) {
      const { id } = await api.create({ name: `At ${expected}` });
      const { inputs } = await api.start(id);
      const [primary, secondary] = inputs.map(({ url }) => url ?? "");
      await using _first = ffmpegEncoder({ url: primary ?? "", frameRate });
      await using _second = ffmpegEncoder({ url: secondary ?? "", frameRate });
      await api.when(id, "both inputs", (each) => each.inputs.every(({ active }) => active));
      await api.publish(id);
      const url = `${server.url}/live/${id}/index.m3u8`;
      expect(await until("the first playlist", () => frameRateOf(url))).toBe(expected);

      const { onAir } = await api.get(id);
      const other = onAir === "primary" ? "secondary" : "primary";
      await api.switchTo(id, other);
      await api.when(id, "the other side on air", (each) => each.onAir === other);
      const media = await fetchVariantUrl(url);
      const before = endOf(await fetchPlaylist(media));
      const seen = new Set<string | null>();
      await until("two segments of the other side", async () => {
        seen.add(await frameRateOf(url));
        return endOf(await fetchPlaylist(media)) >= before + 2;
      });
      expect([...seen]).toEqual([expected]);
      for (const { video } of (await api.get(id)).inputs) expect(video?.frameRate?.toFixed(3)).toBe(expected);
      await api.stop(id);
    }
  },
  180_000,
);

/** The number of the segment that comes next. */
function endOf({ mediaSequence, segments }: Playlist): number {
  return mediaSequence + segments.length;
}

/** Null while there is no playlist. */
async function frameRateOf(url: string): Promise<string | null> {
  const response = await fetch(url);
  if (response.status !== 200) return null;
  return /FRAME-RATE=([\d.]+)/.exec(await response.text())?.[1] ?? "";
}
