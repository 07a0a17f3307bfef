// A whole event through the console alone, in a real browser, with two real encoders that fail in every way there is.

import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { ApiClient } from "#test/support/api-client.ts";
import { currentTime, hasPlayed, launchBrowser, openPage, seriousFaults } from "#test/support/browser.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { ROOT } from "#test/support/imports.ts";
import { Line } from "#test/support/line.ts";
import { areInstalled, type Program } from "#test/support/program.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

const NAME = '<b>Derby</b> & "more"';

/** Small pictures, and few: a browser without a graphics card shows three of them. */
const SIZE = "320x180";
const FRAME_RATE = "10";

/** A tenth of what an encoder sends. */
const STARVING_BYTES_PER_SECOND = 12_000;

describe.skipIf(!areInstalled("chromium", "ffmpeg"))("the console, in Chromium", () => {
  test("runs a whole event, and says what is wrong with its encoders", async () => {
    await using server = await TandemServer.start({ environment: { TANDEM_SAMPLE_INTERVAL_SECONDS: "1" } });
    await using browser = await launchBrowser();
    const faults: string[] = [];
    const { page, id } = await createdAndStarted(browser, server, faults);
    const api = new ApiClient(server.url, ADMIN_TOKEN);

    using line = await Line.to(server.rtmpPort);
    const urls = {
      primary: await encoderUrl(page, "primary"),
      secondary: (await encoderUrl(page, "secondary")).replace(`:${server.rtmpPort}`, `:${line.port}`),
    };
    await using primary = ffmpegEncoder({
      url: urls.primary,
      size: SIZE,
      frameRate: FRAME_RATE,
      maxSeconds: 200,
    });
    await using secondary = ffmpegEncoder({
      url: urls.secondary,
      size: SIZE,
      frameRate: FRAME_RATE,
      maxSeconds: 200,
    });
    await says(page, ".state-word", "Ready");
    await card(page, "secondary").getByText("Receiving").waitFor();

    // Another operator publishes a moment before this one does.
    await page.route("**/publish", async (route) => {
      await api.publish(id);
      await route.continue();
    });
    await press(page, "Publish");
    await says(page, ".notices", "The livestream is live already. Somebody else may have been quicker");
    await says(page, ".state-word", "Live");
    await allPlay(page);
    expect(await seriousFaults(page, "console-live")).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 800 });

    await encodersFail(page, primary, line);
    await secondary.kill();
    await card(page, "secondary").getByText("The encoder has disconnected").waitFor();
    await says(page, ".state-word", "Live, degraded");

    await using again = ffmpegEncoder({
      url: urls.secondary,
      size: SIZE,
      frameRate: FRAME_RATE,
      maxSeconds: 200,
    });
    await card(page, "secondary").getByText("Receiving").waitFor();
    await press(page, "Switch to secondary");
    await says(page, ".state-banner", "Viewers see the secondary input");
    await says(page, ".timeline", "secondary");
    await thumbnailIsDropped(page);

    await press(page, "Stop");
    await page.keyboard.press("Escape"); // Not yet.
    await says(page, ".state-word", "Live");
    await press(page, "Stop");
    await press(page, "Stop it");
    await page.getByRole("link", { name: "Open the recording" }).click();
    await again.kill();
    await recordingIsCut(page);
    await serverComesAndGoes(page, server);
    expect(faults).toEqual([]);
  }, 180_000);

  test("finds one of a thousand livestreams, of which it draws those that are looked at", async () => {
    await using server = await TandemServer.start();
    const { operations } = new ApiClient(server.url, ADMIN_TOKEN);
    for (let number = 1; number <= 1000; number += 1) {
      await operations.createLivestream({ name: `Show number ${number}` });
    }
    await using browser = await launchBrowser();
    const page = await openPage(browser, `${server.url}/console`, []);
    await signIn(page, ADMIN_TOKEN);
    await page.getByText("Show number 1000", { exact: true }).waitFor();
    expect(await page.locator(".long-list > li").count()).toBeLessThan(40);
    await page.evaluate("scrollTo(0, document.body.scrollHeight)");
    await page.getByText("Show number 1", { exact: true }).waitFor();
    expect(await page.locator(".long-list > li").count()).toBeLessThan(40);
    await page.keyboard.press("/");
    await page.keyboard.type("number 77");
    await until("those alone", async () => (await page.locator(".row").count()) === 11);
    await page.selectOption('label:has-text("Status") select', "live");
    await page.getByText("No livestream is like that.").waitFor();
    await page.selectOption('label:has-text("Status") select', "all");
    await page.locator(".row").first().waitFor();
    expect(await seriousFaults(page, "console-list")).toEqual([]);
  }, 120_000);

  test("tells other systems, and lets others in", async () => {
    await using server = await TandemServer.start({ environment: { TANDEM_WEBHOOK_ALLOW_PRIVATE: "true" } });
    await new ApiClient(server.url, ADMIN_TOKEN).create({ name: "Show" });
    const received: Request[] = [];
    const receiver = Bun.serve({
      ...{ hostname: "127.0.0.1", port: 0 },
      fetch: (request) => {
        received.push(request);
        return new Response("noted");
      },
    });
    await using browser = await launchBrowser();
    const page = await openPage(browser, `${server.url}/console#/webhooks`, []);
    await signIn(page, ADMIN_TOKEN);
    await press(page, "Create");
    await page.fill("[name=url]", receiver.url.href);
    await page.click("dialog >> button[type=submit]");
    expect(await page.textContent(".secret code")).toStartWith("whsec_");
    expect(await seriousFaults(page, "console-webhook-secret")).toEqual([]);
    await press(page, "I have noted it");
    await page.click(`text=${receiver.url.href}`);
    await press(page, "Send a test");
    await page.getByText("Delivered").waitFor();
    await press(page, "Send again webhook.test");
    await until("the second delivery", () => received.length === 2);
    await page
      .getByText(/^\d attempts?$/)
      .first()
      .click(); // It may say already that it was sent twice.
    expect(await seriousFaults(page, "console-webhook")).toEqual([]);
    await press(page, "Rotate the secret");
    await press(page, "Rotate it");
    expect(await page.textContent(".secret code")).toStartWith("whsec_");
    await press(page, "I have noted it");
    await receiver.stop(true);

    await page.click("nav >> text=Tokens");
    await press(page, "Create");
    await page.fill("[name=name]", "Desk");
    await page.click("dialog >> button[type=submit]");
    const secret = (await page.textContent(".secret code")) ?? "";
    await press(page, "I have noted it");
    expect(await seriousFaults(page, "console-tokens")).toEqual([]);

    const reader = await openPage(browser, `${server.url}/console`, []);
    await signIn(reader, secret);
    await reader.getByText("Show", { exact: true }).click();
    await reader.getByText("Not started").waitFor();
    expect(await reader.getByRole("button").allTextContents()).toEqual(["Skip to the content", "Sign out"]);
    await press(page, "Revoke Desk");
    await press(page, "Revoke it");
    await reader.getByText("The server does not know this token any more.").waitFor();
    expect(await seriousFaults(reader, "console-sign-in")).toEqual([]);
  }, 120_000);
});

/** The page of a new livestream, signed in to and made by the console, whose inputs are open. */
async function createdAndStarted(browser: Browser, server: TandemServer, faults: string[]) {
  const page = await openPage(browser, `${server.url}/console`, faults);
  await signIn(page, "not-the-token");
  await page.getByText("The server does not know this token.").waitFor();
  await signIn(page, ADMIN_TOKEN);
  await page.getByText("There is no livestream yet.").waitFor();
  await press(page, "Create");
  await page.fill("[name=name]", NAME);
  await page.keyboard.press("Enter");
  await says(page, ".state-word", "Not started");
  expect(await page.textContent("h1")).toBe(NAME);
  await press(page, "Start");
  await says(page, ".state-word", "Not receiving");
  const id = new URL(page.url()).hash.split("/").at(-1) ?? "";
  return { page, id };
}

async function signIn(page: Page, token: string): Promise<void> {
  await page.fill("[name=token]", token);
  await page.keyboard.press("Enter");
}

/** As an operator reads it from the page: the key is there when it is asked for. */
async function encoderUrl(page: Page, instance: string): Promise<string> {
  const settings = card(page, instance).locator(".settings-list code");
  expect(await settings.nth(1).textContent()).toBe("•".repeat(16));
  await page.click(`[aria-label="Show the stream key of the ${instance} input"]`);
  return (await settings.allTextContents()).join("/").replace("localhost", "127.0.0.1");
}

/** Frozen, thawed, starved: each is said on the card of the input, and the other one is on air. */
async function encodersFail(page: Page, primary: Program, line: Line): Promise<void> {
  primary.freeze();
  await card(page, "primary").getByText("Nothing has arrived for more than a second.").waitFor();
  await says(page, ".state-word", "Live, degraded");
  await card(page, "secondary").getByText("On air").waitFor();
  primary.thaw();
  await card(page, "primary").getByText("Receiving").waitFor();
  line.narrow(STARVING_BYTES_PER_SECOND);
  await card(page, "secondary").getByText("The encoder is starved").first().waitFor();
  line.narrow(Number.POSITIVE_INFINITY);
}

async function thumbnailIsDropped(page: Page): Promise<void> {
  const picture = await Bun.file(join(ROOT, "test/fixtures/images/quarters.png")).bytes();
  await page.evaluate(`(() => {
    const files = new DataTransfer();
    const bytes = Uint8Array.fromBase64("${picture.toBase64()}");
    files.items.add(new File([bytes], "quarters.png", { type: "image/png" }));
    document.querySelector(".thumbnail").dispatchEvent(
      new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }),
    );
  })()`);
  await says(page, ".thumbnail", "Uploaded by hand.");
}

/** The recording is played, sought in by its timeline, cut, fetched, deleted and got back. */
async function recordingIsCut(page: Page): Promise<void> {
  await page.locator(".clip-editor").waitFor();
  await page.click("video");
  await page.evaluate('document.querySelector("video").play()');
  await hasPlayed(page, 1);
  await page.locator(".timeline li", { hasText: "disconnected" }).first().getByRole("button").click();
  await until("the picture of that moment", async () => (await currentTime(page)) > 3);
  expect(await seriousFaults(page, "console-asset")).toEqual([]);
  await page.getByLabel("Beginning of the clip").focus();
  for (let times = 0; times < 5; times += 1) await page.keyboard.press("ArrowRight");
  await says(page, ".clip-span", "0:00.5");
  await page.fill("[name=clip-name]", "The goal");
  await press(page, "Make the clip");
  await says(page, "h1", "The goal");
  const download = await page.getAttribute("a[download]", "href");
  const file = await fetch(new URL(download ?? "", page.url()), { headers: { Range: "bytes=4-7" } });
  expect([file.status, await file.text()]).toEqual([206, "ftyp"]);
  await press(page, "Delete");
  await press(page, "Recover");
  await page.locator(".clip-editor").waitFor();
  await page.click("nav >> text=Library");
  await until("the recording and the clip", async () => (await page.locator(".row").count()) === 2);
  expect(await seriousFaults(page, "console-library")).toEqual([]);
}

async function serverComesAndGoes(page: Page, server: TandemServer): Promise<void> {
  await server.stop();
  await says(page, ".connection", "The server does not answer.");
  await server.startAgain();
  await page.getByText("The server does not answer.").waitFor({ state: "detached" });
}

/** The button of this name. */
async function press(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name, exact: true }).click();
}

function card(page: Page, instance: string): Locator {
  return page.locator(`article[aria-labelledby="${instance}-title"]`);
}

async function says(page: Page, selector: string, text: string): Promise<void> {
  await page.locator(selector, { hasText: text }).first().waitFor();
}

/** The programme and both inputs. */
async function allPlay(page: Page): Promise<void> {
  await until(
    "three pictures that move",
    async () => {
      const videos = await page.evaluate<readonly { time: number; state: string }[]>(
        `[...document.querySelectorAll("video")].map((video) => ({
          time: video.currentTime,
          state: \`\${video.currentTime} s, readyState \${video.readyState}, \${video.error?.message ?? "no error"}\`,
        }))`,
      );
      if (videos.length === 3 && videos.every(({ time }) => time > 1)) return true;
      throw new Error(videos.map(({ state }) => state).join("; "));
    },
    40,
  );
}
