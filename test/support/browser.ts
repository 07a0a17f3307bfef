// Chromium without a window, and what a viewer would notice of a playing page.

import { type Browser, chromium, type Page } from "playwright-core";
import { until } from "./until.ts";

const EXECUTABLE = "/usr/bin/chromium";

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--autoplay-policy=no-user-gesture-required",
];

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: EXECUTABLE, args: ARGUMENTS, headless: true });
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

/** Of the page's video, seconds. */
export function currentTime(page: Page): Promise<number> {
  return page.evaluate<number>(`document.querySelector("video").currentTime`);
}

/** Resolves when the page says that it is in this phase. */
export async function isInPhase(page: Page, phase: string): Promise<void> {
  await page.waitForSelector(`main[data-phase="${phase}"]`);
}
