// What a viewer in low-latency mode sees of ten switches of mixed causes, and of a server that is killed: how often the picture
// stands still, and how old it is.

import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { ApiClient } from "#test/support/api-client.ts";
import { hasPlayed, isInPhase, launchBrowser, openPage } from "#test/support/browser.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { areInstalled, type Program } from "#test/support/program.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

type Side = "primary" | "secondary";
const COLORS = { primary: "red", secondary: "blue" } as const;

const CAUSES = ["ask", "kill", "ask", "freeze", "ask", "kill", "ask", "freeze", "ask", "ask"] as const;

test.skipIf(!areInstalled("ffmpeg", "chromium"))(
  "by parts, a page plays through ten switches without a stall, and through a kill of the server with one",
  async () => {
    await using server = await TandemServer.start();
    const api = new ApiClient(server.url, ADMIN_TOKEN);
    const { id } = await api.create({ name: "Ten switches" });
    const { inputs } = await api.start(id);
    const encoderOf = (side: Side): Program => {
      const url = inputs.find(({ instance }) => instance === side)?.url ?? "";
      return ffmpegEncoder({ url, color: COLORS[side], size: "320x180", maxSeconds: 180 });
    };
    const encoders = { primary: encoderOf("primary"), secondary: encoderOf("secondary") };
    const bothActive = () => api.when(id, "both inputs", (each) => each.inputs.every(({ active }) => active));
    await bothActive();
    await api.publish(id);

    const faults: string[] = [];
    await using browser = await launchBrowser();
    const page = await openPage(browser, `${server.url}/watch/${id}`, faults);
    await isInPhase(page, "live");
    await hasPlayed(page, 3);
    await page.evaluate(WATCH);
    const refused: string[] = [];
    page.on("response", (response) => {
      if (!response.ok()) refused.push(`${response.status()} ${new URL(response.url()).pathname}`);
    });

    for (const cause of CAUSES) {
      await bothActive();
      const { onAir } = await api.get(id);
      const from = onAir ?? "primary";
      const to = from === "primary" ? "secondary" : "primary";
      if (cause === "ask") await api.switchTo(id, to);
      else if (cause === "kill") await encoders[from].kill();
      else encoders[from].freeze();
      await until(`the picture of the ${to}`, () => isShown(page, COLORS[to]));
      if (cause === "ask") continue;
      await encoders[from].kill();
      encoders[from] = encoderOf(from);
    }
    const { stalls, ages } = await watched(page);
    expect({ stalls, refused }).toEqual({ stalls: [], refused: [] });
    expect(await isByParts(page)).toBe(true);
    report("ten switches", stalls, ages);
    expect(median(ages)).toBeLessThan(4); // By segments it would be six and more, on any machine.

    await page.evaluate(WATCH);
    await server.kill();
    for (const side of ["primary", "secondary"] as const) await encoders[side].kill();
    await server.startAgain();
    for (const side of ["primary", "secondary"] as const) encoders[side] = encoderOf(side);
    await api.when(id, "the encoders' return", ({ onAir }) => onAir !== null);
    await hasPlayed(page, 4);
    const after = await watched(page);
    report("a kill", after.stalls, after.ages);
    expect(after.stalls.length).toBeLessThanOrEqual(1);
    expect(faults).toEqual([]);
    for (const side of ["primary", "secondary"] as const) await encoders[side].kill();
  },
  180_000,
);

/** Where the picture stood still for as long as a person notices, and how old it was, several times a second. */
interface Watched {
  readonly stalls: readonly string[];
  /** Seconds, by the page's own word. */
  readonly ages: readonly number[];
}

const WATCH = `(() => {
  clearInterval(window.watching);
  const video = document.querySelector("video");
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  window.watched = { stalls: [], ages: [], color: null };
  let time = video.currentTime;
  let movedAt = performance.now();
  let isStalled = false;
  let stoodFrom = 0;
  let stoodUntil = -Infinity;
  window.watching = setInterval(() => {
    context.drawImage(video, 0, 0, 1, 1);
    const [red, , blue] = context.getImageData(0, 0, 1, 1).data;
    window.watched.color = red > 150 && blue < 100 ? "red" : blue > 150 && red < 100 ? "blue" : null;
    const age = document.querySelector("#behind").value;
    if (age !== "") window.watched.ages.push(Number(age));
    const now = performance.now();
    if (video.currentTime !== time) {
      if (isStalled) {
        // What goes on for less than a second has not gone on.
        if (movedAt - stoodUntil < 1000) window.watched.stalls.pop();
        else stoodFrom = movedAt;
        window.watched.stalls.push("still for " + Math.round(now - stoodFrom) + " ms at " + time.toFixed(2));
        stoodUntil = now;
      }
      [time, movedAt, isStalled] = [video.currentTime, now, false];
    } else if (now - movedAt > 250) isStalled = true;
  }, 50);
})()`;

function watched(page: Page): Promise<Watched> {
  return page.evaluate<Watched>("window.watched");
}

function isByParts(page: Page): Promise<boolean> {
  return page.evaluate<boolean>(
    `performance.getEntriesByType("resource").some(({ name }) => /\\.part-\\d+\\.m4s$/.test(name))`,
  );
}

function isShown(page: Page, color: string): Promise<boolean> {
  return page.evaluate<boolean>(`window.watched.color === "${color}"`);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** How it was on this machine: no figure of time is a reason to fail. */
function report(what: string, stalls: readonly string[], ages: readonly number[]): void {
  const sorted = ages.toSorted((a, b) => a - b);
  const [least, middle, most] = [sorted[0], median(ages), sorted.at(-1)];
  process.stdout.write(
    `${what}: ${stalls.length} stalls ${JSON.stringify(stalls)}, ${least} s / ${middle} s / ${most} s old (least, median, most)\n`,
  );
}
