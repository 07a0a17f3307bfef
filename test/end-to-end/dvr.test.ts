// Viewers seek back in a broadcast while it is live: to its beginning, an hour back, past a crash, and back to live.

import { expect, test } from "bun:test";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { ApiClient } from "#test/support/api-client.ts";
import {
  currentTime,
  hasPlayed,
  isInPhase,
  launchBrowser,
  openPage,
  seriousFaults,
} from "#test/support/browser.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { decodeAll, fetchPlaylist, fetchVariantUrl } from "#test/support/judges.ts";
import { recordLong } from "#test/support/long-recording.ts";
import { areInstalled } from "#test/support/program.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

const HOUR_SECONDS = 3600;

test.skipIf(!areInstalled("ffmpeg"))(
  "the playlist goes on reaching back after a crash, and an old segment is what it was when it was new",
  async () => {
    await using server = await TandemServer.start();
    const api = new ApiClient(server.url, ADMIN_TOKEN);
    const { id, url } = await create(api);
    const first = ffmpegEncoder({ url, maxSeconds: 100 });
    await publish(api, id);
    const mediaUrl = await until("a playlist", () => fetchVariantUrl(`${server.url}/live/${id}/index.m3u8`));
    const listed = (count: number) =>
      until(
        `${count} segments`,
        async () => {
          const playlist = await fetchPlaylist(mediaUrl);
          return playlist.segments.length >= count ? playlist : null;
        },
        40,
      );
    const newest = (await listed(2)).segments[1]?.url ?? "";
    const whenNew = await bytesAt(newest);
    const before = await listed(12);
    expect(before.playlistType).toBe("EVENT");

    await server.kill();
    await first.kill();
    await server.startAgain();
    await using _second = ffmpegEncoder({ url, maxSeconds: 100 });
    const after = await listed(before.segments.length + 8);
    // What was listed and not yet on the disk is cut where the disk ends.
    const lasting = (text: string) => text.replace(/^#EXT-X-(PART|PRELOAD-HINT):.*\n/gm, "");
    expect(lasting(after.text)).toStartWith(
      lasting(before.text).split("#EXTINF").slice(0, -2).join("#EXTINF"),
    );
    expect(after.segments.map(({ url: each }) => each)).toEqual(
      after.segments.map((_, index) => new URL(`segment-${before.mediaSequence + index}.m4s`, mediaUrl).href),
    );
    expect(after.segments.filter(({ hasDiscontinuity }) => hasDiscontinuity)).toHaveLength(1);
    expect(after.targetDurationSeconds).toBe(before.targetDurationSeconds);
    expect(await bytesAt(newest)).toEqual(whenNew);

    await api.stop(id);
    const finished = await api.when(id, "the recording", ({ status }) => status === "finished");
    await decodeAll((await api.media(finished.mediaId ?? "")).playlistUrl);
  },
  120_000,
);

test.skipIf(!areInstalled("ffmpeg", "chromium"))(
  "a page seeks back an hour in a live broadcast, by keyboard and by pointer, and returns to live",
  async () => {
    await using server = await TandemServer.start();
    const api = new ApiClient(server.url, ADMIN_TOKEN);
    const { id, url } = await create(api);
    const first = ffmpegEncoder({ url });
    await publish(api, id);
    await server.kill();
    await first.kill();
    await recordLong(join(server.dataDir, "recordings"), id, HOUR_SECONDS);
    await server.startAgain();
    await using _encoder = ffmpegEncoder({ url, maxSeconds: 110 });
    await api.when(id, "the encoder", ({ onAir }) => onAir !== null);

    const faults: string[] = [];
    await using browser = await launchBrowser();
    const page = await openPage(browser, `${server.url}/watch/${id}`, faults);
    await isInPhase(page, "live");
    await hasPlayed(page, 3);
    const slider = page.getByRole("slider", { name: "Position in the broadcast" });
    expect(await position(page)).toBeGreaterThan(0.99);
    // The little that keeps it where it should be is nobody's choice, and is not shown as one.
    await page.evaluate(`new Promise((resolve) => {
      const video = document.querySelector("video");
      video.addEventListener("ratechange", resolve, { once: true });
      video.playbackRate = 1.07;
    })`);
    expect(await page.getAttribute("#speed", "data-speed")).toBe("1x");
    expect(await seriousFaults(page, "dvr-live")).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 800 });

    // To the beginning, by keyboard.
    await slider.focus();
    await page.keyboard.press("Home");
    await hasPlayed(page, 2);
    expect(await currentTime(page)).toBeLessThan(10);
    expect(await page.textContent("#behind")).toMatch(/^1 h [0-5] min behind live$/);
    expect(await slider.getAttribute("aria-valuetext")).toMatch(/^\D*[\d:]+.*, (1 h|59 min).* behind live$/);
    const began = secondsOfDay((await page.textContent("#shift-begin")) ?? "");
    expect(secondsOfDay((await page.textContent("#shown-at")) ?? "") - began).toBeWithin(1, 12);
    expect(await page.isVisible("#go-live")).toBe(true);
    expect(await seriousFaults(page, "dvr-beginning")).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 800 });

    // A little on, and on by pages, from where it is.
    await slider.focus();
    const atBeginning = await currentTime(page);
    await page.keyboard.press("ArrowRight");
    expect((await currentTime(page)) - atBeginning).toBeWithin(9, 12);
    await page.keyboard.press("PageUp");
    expect((await currentTime(page)) - atBeginning).toBeWithin(309, 313);
    await page.keyboard.press("ArrowLeft");
    expect((await currentTime(page)) - atBeginning).toBeWithin(299, 304);
    await hasPlayed(page, 1);

    // Half an hour in, by pointer: what is below it is said before, and is what is played then.
    const track = await slider.boundingBox();
    if (track === null) throw new Error("there is no slider");
    const [middleX, y] = [track.x + track.width / 2, track.y + track.height / 2];
    await page.mouse.move(middleX, y);
    await page.waitForSelector("#shift-preview:visible");
    const said = (await page.textContent("#shift-preview")) ?? "";
    expect(said).toMatch(/\d{1,2}:\d{2}:\d{2}/);
    expect(await seriousFaults(page, "dvr-preview")).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.mouse.click(middleX, y);
    await hasPlayed(page, 2);
    expect(await currentTime(page)).toBeWithin(HOUR_SECONDS / 2 - 30, HOUR_SECONDS / 2 + 60);
    const shown = (await slider.getAttribute("aria-valuetext")) ?? "";
    expect(Math.abs(secondsOfDay(shown) - secondsOfDay(said))).toBeLessThan(30);

    // Dragged, nothing is sought before it is let go of.
    const atMiddle = await currentTime(page);
    await page.mouse.move(middleX, y);
    await page.mouse.down();
    await page.mouse.move(track.x + track.width / 4, y, { steps: 5 });
    expect(Math.abs((await currentTime(page)) - atMiddle)).toBeLessThan(20);
    await page.mouse.up();
    await hasPlayed(page, 1);
    expect(await currentTime(page)).toBeWithin(HOUR_SECONDS / 4 - 40, HOUR_SECONDS / 4 + 60);

    // Back to live, by the button, and by the slider's end.
    await page.click("#go-live");
    await page.waitForSelector("#go-live", { state: "hidden" });
    await hasPlayed(page, 2);
    expect(await currentTime(page)).toBeGreaterThan(HOUR_SECONDS);
    await slider.focus();
    await page.keyboard.press("Home");
    await page.waitForSelector("#go-live:visible");
    await page.keyboard.press("End");
    await page.waitForSelector("#go-live", { state: "hidden" });
    await hasPlayed(page, 2);
    expect(await position(page)).toBeGreaterThan(0.99);

    const embedded = await openPage(browser, `${server.url}/watch/${id}?embed`, faults);
    await hasPlayed(embedded, 1);
    await embedded.waitForSelector("#time-shift:visible");
    expect(await seriousFaults(embedded, "dvr-embedded")).toEqual([]);
    expect(faults).toEqual([]);
  },
  180_000,
);

/** A livestream that may be sought back in, and where to send it to. */
async function create(api: ApiClient): Promise<{ id: string; url: string }> {
  const { id } = await api.create({ name: "The long night of the short film", withDvr: true });
  const { inputs } = await api.start(id);
  return { id, url: inputs[0]?.url ?? "" };
}

async function publish(api: ApiClient, id: string): Promise<void> {
  await api.when(id, "an active ingest", ({ inputs }) => inputs.some(({ active }) => active));
  await api.publish(id);
}

async function bytesAt(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  return response.bytes();
}

/** Where the slider stands, from 0 to 1. */
function position(page: Page): Promise<number> {
  return page.evaluate<number>(`Number(document.querySelector("#shift").value)`);
}

/** Of a text with a time of day on a clock of 12 or of 24 hours. */
function secondsOfDay(text: string): number {
  const [, hours = "", minutes = "", seconds = "", half = ""] =
    /(\d{1,2}):(\d{2}):(\d{2})(?:\s*([AP]M))?/.exec(text) ?? [];
  const afternoon = half === "PM" ? 12 : 0;
  return (
    ((Number(hours) % (half === "" ? 24 : 12)) + afternoon) * 3600 + Number(minutes) * 60 + Number(seconds)
  );
}
