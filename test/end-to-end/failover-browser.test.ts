// What a viewer sees of ten switches of mixed causes: the other picture, and nothing else.

import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { ApiClient } from "#test/support/api-client.ts";
import { hasPlayed, isInPhase, launchBrowser } from "#test/support/browser.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { fetchPlaylist, fetchVariantUrl } from "#test/support/judges.ts";
import { areInstalled, type Program } from "#test/support/program.ts";
import { stallsOf, watchStalls } from "#test/support/stalls.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

const SIDES = ["primary", "secondary"] as const;
type Side = (typeof SIDES)[number];
const COLORS = { primary: "red", secondary: "blue" } as const;

const CAUSES = ["ask", "ask", "kill", "ask", "freeze", "ask", "kill", "ask", "freeze", "ask"] as const;

test.skipIf(!areInstalled("ffmpeg", "chromium"))(
  "a page plays through ten switches without a stall, and shows whoever is on air",
  async () => {
    await using server = await TandemServer.start();
    const api = new ApiClient(server.url, ADMIN_TOKEN);
    const { id } = await api.create({ name: "Ten switches" });
    const { inputs } = await api.start(id);
    const encoderOf = (side: Side): Program => {
      const url = inputs.find(({ instance }) => instance === side)?.url ?? "";
      return ffmpegEncoder({ url, color: COLORS[side], maxSeconds: 180 });
    };
    const encoders = { primary: encoderOf("primary"), secondary: encoderOf("secondary") };
    const bothActive = () => api.when(id, "both inputs", (each) => each.inputs.every(({ active }) => active));
    await bothActive();
    await api.publish(id);

    await using browser = await launchBrowser();
    const page = await browser.newPage({ viewport: { width: 640, height: 480 } });
    await page.goto(`${server.url}/watch/${id}`);
    await isInPhase(page, "live");
    await hasPlayed(page, 4);
    await watchStalls(page);
    await page.evaluate(WATCH_COLORS);

    const onAirs: Side[] = [];
    for (const cause of CAUSES) {
      await bothActive();
      const { onAir } = await api.get(id);
      const from = onAir ?? "primary";
      const to = from === "primary" ? "secondary" : "primary";
      if (cause === "ask") await api.switchTo(id, to);
      else if (cause === "kill") await encoders[from].kill();
      else encoders[from].freeze();
      await api.when(id, `the ${to} on air`, (each) => each.onAir === to);
      onAirs.push(from);
      await aSegmentMore(`${server.url}/live/${id}/index.m3u8`); // Long enough to be seen.
      if (cause === "ask") continue;
      await encoders[from].kill();
      encoders[from] = encoderOf(from);
    }
    const last = (await api.get(id)).onAir ?? "primary";
    const shown = [...onAirs, last].map((side) => COLORS[side]);
    // The viewer is some seconds behind.
    await until("the last picture", async () => (await colorsOf(page)).length >= shown.length);
    expect(await colorsOf(page)).toEqual(shown);
    expect(await stallsOf(page)).toEqual([]);
    for (const side of SIDES) await encoders[side].kill();
  },
  180_000,
);

async function aSegmentMore(url: string): Promise<void> {
  const mediaUrl = await fetchVariantUrl(url);
  const newest = async () => (await fetchPlaylist(mediaUrl)).segments.at(-1)?.url;
  const before = await newest();
  await until("another segment", async () => (await newest()) !== before);
}

/** Writes down each colour that is seen, in turn. */
const WATCH_COLORS = `(() => {
  const video = document.querySelector("video");
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  window.colors = [];
  setInterval(() => {
    context.drawImage(video, 0, 0, 1, 1);
    const [red, , blue] = context.getImageData(0, 0, 1, 1).data;
    const color = red > 150 && blue < 100 ? "red" : blue > 150 && red < 100 ? "blue" : null;
    if (color !== null && color !== window.colors.at(-1)) window.colors.push(color);
  }, 100);
})()`;

function colorsOf(page: Page): Promise<string[]> {
  return page.evaluate<string[]>("window.colors");
}
