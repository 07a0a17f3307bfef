// The player in a real browser, as its viewers use it: sound, controls, keyboard, quality, delay, and a link of one's own.

import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { hasPlayed, isInPhase, launchBrowser, openPage, seriousFaults } from "#test/support/browser.ts";
import { areInstalled } from "#test/support/program.ts";
import { TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

const TOKEN = "ey.of-one.viewer";

test.skipIf(!areInstalled("chromium"))(
  "the page plays by itself where sound must be asked for, and its controls do what they say",
  async () => {
    await using server = await TandemServer.start({ command: "demo" });
    const path = await until("the page's address", () => /\/watch\/[0-9a-f-]+/.exec(server.output)?.[0]);
    const faults: string[] = [];
    await using browser = await launchBrowser("asked");
    const page = await openPage(browser, "about:blank", faults);
    faults.length = 0;
    await page.addInitScript("Date.now = ((now) => () => now() + 3_600_000)(Date.now)"); // A clock an hour fast.
    await page.addInitScript(TELL_OF_PLAYING);
    const asked = await listed(page);
    await offerTwoQualities(page);
    // Until it plays nothing is asked of the page: to the browser that would be a viewer who has done something with it.
    const plays = page.waitForEvent("console", (message) => message.text().startsWith("plays"));
    await page.goto(`${server.url}${path}?token=${TOKEN}`);
    expect((await plays).text()).toBe("plays without sound");
    await hasPlayed(page, 2);

    expect(await page.textContent("#unmute")).toContain("Sound is off: turn it on");
    expect([await page.isVisible("#unmute"), await videoHas(page, "muted")]).toEqual([true, true]);
    await page.click("#unmute");
    expect([await page.isVisible("#unmute"), await videoHas(page, "muted")]).toEqual([false, false]);
    expect(Number(await page.getAttribute("#behind", "value"))).toBeWithin(0.1, 60);

    await page.mouse.move(400, 300);
    expect(await shownControls(page)).toEqual([
      "play",
      "mute",
      "volume",
      "rendition-menu",
      "pip",
      "fullscreen",
    ]);
    expect(await seriousFaults(page, "player")).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.locator("media-rendition-menu-button").focus();
    await page.keyboard.press("Enter");
    const smaller = page.locator("media-rendition-menu").getByRole("menuitemradio", { name: "360p" });
    await smaller.waitFor();
    expect(await seriousFaults(page, "player-quality")).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 800 });
    await smaller.click();
    await until("the smaller one", () => asked.some((url) => url.searchParams.has("smaller")));

    await page.locator("media-play-button").focus();
    await page.keyboard.press("k");
    await page.locator("media-play-button[mediapaused]").waitFor(); // What the key does next follows from what the button says.
    expect(await videoHas(page, "paused")).toBe(true);
    await page.keyboard.press("k");
    await page.keyboard.press("m");
    await until("silence, and the picture", async () => {
      return (await videoHas(page, "muted")) && !(await videoHas(page, "paused"));
    });

    await page.selectOption("#delay select", "steady");
    await page.reload();
    await hasPlayed(page, 1);
    expect(await page.inputValue("#delay select")).toBe("steady");

    await page.route(/index\.m3u8/, (route) => route.fulfill({ status: 403 }));
    await page.reload();
    await isInPhase(page, "denied");
    expect(await page.textContent("#notice")).toContain("This broadcast needs a link of your own");
    await page.unroute(/index\.m3u8/);
    await isInPhase(page, "live"); // By itself, for example where a proxy had been in the way.
    await hasPlayed(page, 1);

    // The token goes where it is needed.
    const withToken = asked.filter((url) => url.searchParams.get("token") === TOKEN);
    expect(new Set(withToken.map((url) => url.pathname.split("/").at(-1)))).toEqual(
      new Set([path.slice("/watch/".length), "index.m3u8"]),
    );
    expect(faults.filter((fault) => !fault.startsWith("asked for"))).toEqual([]);
    expect(asked.filter(({ origin }) => origin !== server.url)).toEqual([]);
  },
  120_000,
);

const TELL_OF_PLAYING = `addEventListener("playing", ({ target }) => {
  console.log(target.muted ? "plays without sound" : "plays with sound");
}, true)`;

/** Every address that the page asks for from now on, none of which may be told to another as its `Referer`. */
async function listed(page: Page): Promise<readonly URL[]> {
  const asked: URL[] = [];
  page.on("request", (request) => {
    if (request.url().startsWith("blob:")) return;
    asked.push(new URL(request.url()));
    expect(request.headers().referer ?? "").not.toContain(TOKEN);
  });
  return asked;
}

/** The programme twice, the second time as if it were smaller. */
async function offerTwoQualities(page: Page): Promise<void> {
  await page.route(/\/live\/[^/]+\/index\.m3u8/, async (route) => {
    const response = await route.fetch();
    if (!response.ok()) return route.fulfill({ response });
    const lines = (await response.text()).split("\n");
    const at = lines.findIndex((line) => line.startsWith("#EXT-X-STREAM-INF"));
    const [tag = "", uri = ""] = lines.slice(at, at + 2);
    const smaller = [tag.replace(/RESOLUTION=\d+x\d+/, "RESOLUTION=640x360"), `${uri}&smaller`];
    await route.fulfill({ response, body: [...lines.slice(0, at + 2), ...smaller, ""].join("\n") });
  });
}

/** What can be seen of the control bar, in its order. */
function shownControls(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`[...document.querySelector("media-control-bar").children]
    .filter((each) => each.localName.startsWith("media-") && each.checkVisibility())
    .map(({ localName }) => localName.replace(/^media-|-button$|-range$/g, ""))`);
}

function videoHas(page: Page, property: "muted" | "paused"): Promise<boolean> {
  return page.evaluate<boolean>(`document.querySelector("video").${property}`);
}
