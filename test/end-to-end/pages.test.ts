// How the pages look and behave in a real browser: for everybody, on every screen, in every state, in a frame.

import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { NOTICES } from "#server/web/pages/notices.ts";
import { ApiClient } from "#test/support/api-client.ts";
import { hasPlayed, isInPhase, launchBrowser, openPage, seriousFaults } from "#test/support/browser.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { ROOT } from "#test/support/imports.ts";
import { areInstalled, type Program } from "#test/support/program.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

/** With `README_PICTURES=1` in the environment the README's pictures are taken anew. */
const README_FOLDER = join(ROOT, "test/fixtures/readme");

describe.skipIf(!areInstalled("chromium", "ffmpeg"))("in Chromium", () => {
  test("the start page shows what is live, follows it, and is for everybody", async () => {
    await using server = await TandemServer.start({ environment: { TANDEM_INGEST_TIMEOUT_SECONDS: "1" } });
    const api = new ApiClient(server.url, ADMIN_TOKEN);
    const faults: string[] = [];
    await using browser = await launchBrowser();
    const page = await openPage(browser, server.url, faults);
    await page.waitForSelector('#health[data-state="ready"]');
    expect(await page.textContent("#live-now")).toContain("Nothing is live at the moment.");
    expect(await seriousFaults(page, "start-empty")).toEqual([]);

    const interrupted = await goLive(
      api,
      'Press conference <b>"Tomorrow"</b> & what follows from it for all of us',
    );
    await interrupted.encoder.kill();
    const derby = await goLive(api, "Derby");
    await using _encoder = derby.encoder;
    await Promise.all(
      [interrupted, derby].map(({ id }) =>
        api.when(id, "a thumbnail", ({ thumbnailUrl }) => thumbnailUrl !== null),
      ),
    );
    await api.when(interrupted.id, "the interruption", ({ onAir }) => onAir === null);
    await page.waitForSelector(".card"); // By itself.
    await page.reload();
    expect(await page.locator(".card-name").allTextContents()).toEqual([
      "Derby",
      'Press conference <b>"Tomorrow"</b> & what follows from it for all of us',
    ]);
    expect(await page.locator(".card .badge").allTextContents()).toEqual(["Live", "Interrupted"]);
    await until("both pictures", () => everyPictureIsShown(page));
    expect(await seriousFaults(page, "start")).toEqual([]);

    await page.click(".card");
    await isInPhase(page, "live");
    expect(faults).toEqual([]);
  }, 120_000);

  test("the API reference is for everybody, and so are its forms", async () => {
    await using server = await TandemServer.start();
    const faults: string[] = [];
    await using browser = await launchBrowser();
    const page = await openPage(browser, `${server.url}/docs`, faults);
    await page.waitForSelector(".opblock");
    expect(await seriousFaults(page, "docs")).toEqual([]);
    const operation = page.locator("#operations-Livestreams-createLivestream");
    await operation.locator(".opblock-summary-control").focus();
    await page.keyboard.press("Enter");
    await operation.locator(".try-out__btn").click();
    await operation.locator(".execute").waitFor();
    expect(await seriousFaults(page, "docs-form")).toEqual([]);
    await page.click(".btn.authorize");
    await page.waitForSelector(".modal-ux");
    expect(await seriousFaults(page, "docs-token")).toEqual([]);
    expect(faults).toEqual([]);
  }, 120_000);

  test("the watch page says how far behind live it is, and leads back there", async () => {
    await using server = await TandemServer.start({ command: "demo" });
    const path = await until("the page's address", () => /\/watch\/[0-9a-f-]+/.exec(server.output)?.[0]);
    const faults: string[] = [];
    await using browser = await launchBrowser();
    const page = await openPage(browser, `${server.url}${path}`, faults);
    await hasPlayed(page, 2);
    expect(await page.textContent("#behind")).toMatch(/^\d+ s behind live$/);
    expect(await page.textContent("#quality")).toBe("720p");
    expect(await page.isVisible("#delay")).toBe(true);
    expect(await page.isVisible("#go-live")).toBe(false);
    expect(await seriousFaults(page, "watch-playing")).toEqual([]);
    if (process.env.README_PICTURES === "1") await takeReadmePicture(page);

    await page.evaluate('document.querySelector("video").pause()');
    await page.waitForSelector("#go-live:visible");
    const before = await secondsBehind(page);
    expect(await seriousFaults(page, "watch-behind")).toEqual([]);
    await page.click("#go-live");
    await page.waitForSelector("#go-live", { state: "hidden" });
    await hasPlayed(page, 1);
    expect(await secondsBehind(page)).toBeLessThan(before);

    await page.selectOption("#delay select", "steady");
    await until("the longer delay", async () => (await secondsBehind(page)) >= 9);
    await hasPlayed(page, 1);
    expect(await page.isVisible("#go-live")).toBe(false);
    await page.selectOption("#delay select", "short");
    await until("the shorter delay", async () => (await secondsBehind(page)) < 9);
    await hasPlayed(page, 1);

    const embedded = await openPage(browser, `${server.url}${path}?embed`, faults);
    await hasPlayed(embedded, 1);
    expect(await fillsTheFrame(embedded)).toBe(true);
    expect(await seriousFaults(embedded, "watch-embedded")).toEqual([]);
    expect(faults).toEqual([]);
  }, 120_000);

  test("the watch page is for everybody in each of its states", async () => {
    await using server = await TandemServer.start();
    const { id } = await new ApiClient(server.url, ADMIN_TOKEN).create({
      name: "The long night of the short film",
    });
    await using browser = await launchBrowser();
    const page = await openPage(browser, `${server.url}/watch/${id}`, []);
    for (const phase of Object.keys(NOTICES)) {
      await page.unroute("**/state");
      await page.route("**/state", (route) => {
        if (phase === "offline") return route.abort();
        if (phase === "not-found") return route.fulfill({ status: 404, json: null });
        return route.fulfill({
          json: { phase, title: "The long night of the short film", playlistUrl: null, posterUrl: null },
        });
      });
      await isInPhase(page, phase);
      expect(await seriousFaults(page, `watch-${phase}`)).toEqual([]);
    }
  }, 120_000);
});

/** Resolves once the livestream has an encoder that sends and is published. */
async function goLive(api: ApiClient, name: string): Promise<{ id: string; encoder: Program }> {
  const { id } = await api.create({ name });
  const { inputs } = await api.start(id);
  const encoder = ffmpegEncoder({ url: inputs[0]?.url ?? "", maxSeconds: 100 });
  await api.when(id, "an active ingest", (livestream) => livestream.inputs.some((input) => input.active));
  await api.publish(id);
  await api.when(id, "a picture on air", ({ thumbnailUrl }) => thumbnailUrl !== null);
  return { id, encoder };
}

function everyPictureIsShown(page: Page): Promise<boolean> {
  return page.evaluate<boolean>(
    `[...document.querySelectorAll(".card")].every((card) => card.querySelector("img")?.naturalWidth > 0)`,
  );
}

async function secondsBehind(page: Page): Promise<number> {
  return Number.parseInt((await page.textContent("#behind")) ?? "", 10);
}

/** Whether there is nothing but the picture, and no scroll bar. */
function fillsTheFrame(page: Page): Promise<boolean> {
  return page.evaluate<boolean>(`(() => {
    const { width, height } = document.querySelector("video").getBoundingClientRect();
    const { scrollWidth, scrollHeight } = document.documentElement;
    return [width, scrollWidth].every((each) => each === innerWidth) && [height, scrollHeight].every((each) => each === innerHeight);
  })()`);
}

async function takeReadmePicture(page: Page): Promise<void> {
  await until("the delay that a viewer usually has", async () => (await secondsBehind(page)) === 1, 60);
  await page.setViewportSize({ width: 960, height: 610 });
  await page.emulateMedia({ colorScheme: "light" });
  await page.screenshot({ path: join(README_FOLDER, "watch.png") });
}
