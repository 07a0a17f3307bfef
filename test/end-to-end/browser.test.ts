// The watch page in a real browser: plays, says what it waits for, and goes on to the recording by itself.

import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { ApiClient } from "#test/support/api-client.ts";
import {
  currentTime,
  hasLoadedRecording,
  hasPlayed,
  isInPhase,
  launchBrowser,
  openPage,
} from "#test/support/browser.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { areInstalled } from "#test/support/program.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

describe.skipIf(!areInstalled("chromium"))("in Chromium", () => {
  test("the demo's page plays, a second tab joins it, and both go on to the recording, even where the video does not end", async () => {
    await using server = await TandemServer.start({ command: "demo" });
    const path = await until("the page's address", () => /\/watch\/[0-9a-f-]+/.exec(server.output)?.[0]);
    const url = `${server.url}${path}`;
    const faults: string[] = [];
    await using browser = await launchBrowser();

    const page = await openPage(browser, url, faults);
    await isInPhase(page, "live");
    await hasPlayed(page, 2);
    expect(await page.isVisible("#notice")).toBe(false);
    expect(await isYellowBar(page)).toBe(true);
    await page.screenshot({ path: join(server.dataDir, "watch.png") });

    const late = await openPage(browser, url, faults);
    await hidesEnd(late);
    await hasPlayed(late, 1);
    expect(Math.abs((await currentTime(late)) - (await currentTime(page)))).toBeLessThan(10);

    const api = new ApiClient(server.url, ADMIN_TOKEN);
    await api.stop(path.slice("/watch/".length));
    await Promise.all(
      [page, late].map(async (tab) => {
        await isInPhase(tab, "recording");
        await until("the recording", () => hasLoadedRecording(tab), 40);
        await hasPlayed(tab, 1);
      }),
    );
    expect(faults).toEqual([]);
  }, 120_000);

  test.skipIf(!areInstalled("ffmpeg"))(
    "the page says what it waits for: the start, the encoder's return, and that there is nothing",
    async () => {
      await using server = await TandemServer.start({ environment: { TANDEM_INGEST_TIMEOUT_SECONDS: "1" } });
      const api = new ApiClient(server.url, ADMIN_TOKEN);
      const { id } = await api.create({ name: "Waiting & <watching>" });
      const faults: string[] = [];
      await using browser = await launchBrowser();
      const page = await openPage(browser, `${server.url}/watch/${id}`, faults);
      await isInPhase(page, "waiting");
      expect(await page.textContent("#title")).toBe("Waiting & <watching>");
      expect(await page.textContent("#notice")).toContain("The broadcast has not begun");

      const { inputs } = await api.start(id);
      const url = inputs[0]?.url ?? "";
      const encoder = ffmpegEncoder({ url });
      await api.when(id, "an active ingest", (livestream) => livestream.inputs.some((input) => input.active));
      await api.publish(id);
      await isInPhase(page, "live");
      await hasPlayed(page, 1);

      await encoder.kill();
      await isInPhase(page, "gap");
      await page.waitForSelector("#notice:visible");
      expect(await page.textContent("#notice")).toContain("The broadcast is interrupted");

      await using _again = ffmpegEncoder({ url });
      await isInPhase(page, "live");
      await hasPlayed(page, 3);

      await page.goto(`${server.url}/watch/nothing`);
      await isInPhase(page, "not-found");
      expect(await page.textContent("#notice")).toContain("There is no such livestream");
      expect(faults).toEqual([]);
    },
    120_000,
  );
});

/** Of the livestream's end its player is not told: no answer comes that says it, so the video stands still and never ends. */
async function hidesEnd(page: Page): Promise<void> {
  await page.route(/\/live\/.*\.m3u8/, async (route) => {
    const response = await route.fetch();
    const body = await response.text();
    if (!body.includes("#EXT-X-ENDLIST")) await route.fulfill({ response, body });
  });
}

/** Whether the clip's third colour bar is seen where it belongs: the picture is really shown. */
async function isYellowBar(page: Page): Promise<boolean> {
  const [red = 0, green = 0, blue = 0] = await page.evaluate<number[]>(`(() => {
    const video = document.querySelector("video");
    const canvas = document.createElement("canvas");
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    const context = canvas.getContext("2d");
    context.drawImage(video, 0, 0);
    return [...context.getImageData(350, 590, 1, 1).data];
  })()`);
  return red > 150 && green > 150 && blue < 60;
}
