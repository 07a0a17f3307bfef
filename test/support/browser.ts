// Chromium without a window, and what a viewer would notice of a playing page.

import { join } from "node:path";
import axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { until } from "./until.ts";
import { judgePlaylists } from "./watched-playlists.ts";

const EXECUTABLE = "/usr/bin/chromium";

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Whether a page may play with sound by itself, or only once its viewer has done something with it, as browsers have it. */
const AUTOPLAY = {
  allowed: "--autoplay-policy=no-user-gesture-required",
  asked: "--autoplay-policy=document-user-activation-required",
} as const;

export function launchBrowser(sound: keyof typeof AUTOPLAY = "allowed"): Promise<Browser> {
  const args = [...ARGUMENTS, AUTOPLAY[sound]];
  return chromium.launch({ executablePath: EXECUTABLE, args, headless: true });
}

/** Resolves when the page's video has advanced by `seconds` since now. */
export async function hasPlayed(page: Page, seconds: number): Promise<void> {
  const from = await currentTime(page);
  await until(
    `${seconds} s to be played`,
    async () => (await currentTime(page)) > from + seconds || null,
    30,
  );
}

/** Whether the page has loaded any of a recording's media. */
export function hasLoadedRecording(page: Page): Promise<boolean> {
  return page.evaluate<boolean>(
    `performance.getEntriesByType("resource").some(({ name }) => /\\/media\\/.*\\.m4s$/.test(name))`,
  );
}

/** The time of the page's video, seconds. */
export function currentTime(page: Page): Promise<number> {
  return page.evaluate<number>(`document.querySelector("video").currentTime`);
}

/** Resolves when the page says that it is in this phase. */
export async function isInPhase(page: Page, phase: string): Promise<void> {
  await page.waitForSelector(`main[data-phase="${phase}"]`);
}

/** Opens the page in a tab of its own; what no page of ours may do, nor any playlist it gets, is written into `faults`. */
export async function openPage(browser: Browser, url: string, faults: string[]): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.on("pageerror", (error) => faults.push(`threw ${error.message}`));
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) faults.push(message.text());
  });
  page.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol !== "blob:" && origin !== new URL(url).origin) faults.push(`asked for ${request.url()}`);
  });
  judgePlaylists(page, faults);
  await page.goto(url);
  return page;
}

/** On a desktop and on a phone, CSS pixels. */
const VIEWPORTS = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];
const SCHEMES = ["light", "dark"] as const;

/**
 * What axe-core (WCAG 2 A and AA, and good practice) finds serious or critical about the page as it stands, on a desktop and on
 * a phone, light and dark; or about what is `within` a selector, where the rest is looked at elsewhere: the API reference takes
 * many seconds. With `SCREENSHOTS=<folder>` in the environment each of the four is photographed too.
 */
export async function seriousFaults(page: Page, name: string, within = ":root"): Promise<string[]> {
  const found: string[] = [];
  await page.evaluate(axe.source);
  for (const viewport of VIEWPORTS) {
    for (const colorScheme of SCHEMES) {
      const look = `${name}-${viewport.width}-${colorScheme}`;
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      await page.evaluate("new Promise(requestAnimationFrame)"); // By then the page's own scripts know of it.
      const { violations } = await page.evaluate<axe.AxeResults>(`axe.run("${within}")`);
      const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      found.push(
        ...serious.map(({ id, nodes }) => `${look}: ${id} ${nodes.map(({ target }) => target).join(" ")}`),
      );
      const folder = process.env.SCREENSHOTS;
      if (folder !== undefined) await page.screenshot({ path: join(folder, `${look}.png`), fullPage: true });
    }
  }
  return found;
}
