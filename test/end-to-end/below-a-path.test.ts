// Behind nginx with HTTPS, below a path: every address of every answer leads somewhere, and the pages work.

import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { type Livestream, TandemClient } from "#openapi/client.ts";
import { AddressWalk } from "#test/support/address-walk.ts";
import { opened } from "#test/support/api-client.ts";
import { hasPlayed, isInPhase, launchBrowser, seriousFaults } from "#test/support/browser.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { ROOT } from "#test/support/imports.ts";
import { PathProxy } from "#test/support/path-proxy.ts";
import { areInstalled, type Program } from "#test/support/program.ts";
import { ADMIN_TOKEN } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

/** What our own texts name of others, but for the licences; bundled scripts and styles are others' texts. */
const KNOWN_OTHERS = [
  "https://jqlang.org/",
  "https://studio.example.com/tandem",
  "https://www.standardwebhooks.com/",
];
const TEXTS_OF_OTHERS = /\/(licences$|assets\/|docs\/)/;

/** In the API reference. */
const LIST_LIVESTREAMS = "#operations-Livestreams-listLivestreams";

interface Document {
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A livestream's whole life through the walk, which sees every answer. */
class Broadcast implements AsyncDisposable {
  readonly #walk: AddressWalk;
  readonly #client: TandemClient;
  #encoder: Program | null = null;
  id = "";
  mediaId = "";
  /** Of one that nothing is sent to. */
  webhookId = "";

  constructor(proxy: PathProxy, walk: AddressWalk) {
    this.#walk = walk;
    this.#client = new TandemClient({ url: proxy.url, token: ADMIN_TOKEN, fetch: walk.fetch });
  }

  async goLive(): Promise<void> {
    const client = this.#client;
    const { id } = await client.createLivestream({ name: "Below a path", withDvr: true });
    this.id = id;
    const { inputs } = opened(await client.startLivestream(id));
    const urls = inputs.map(({ url }) => url);
    this.#encoder = ffmpegEncoder({ urls, maxSeconds: 100 });
    await this.#when("both inputs", (livestream) => livestream.inputs.every(({ active }) => active));
    await client.publishLivestream(id);
    await client.updateLivestreamThumbnail(id, Bun.file(join(ROOT, "test/fixtures/images/quarters.png")));
    await this.#walk.ask("GET", `/v2/livestreams/${id}/events`);
    await this.#walk.ask("GET", `/watch/${id}`);
    await this.#walk.ask("GET", `/watch/${id}/state`);
    await this.#walk.ask("GET", `/watch/${id}?embed`);
    await client.listLivestreams();
  }

  /** Resolves once it is a recording, which was deleted and recovered. */
  async becomeRecording(): Promise<void> {
    const client = this.#client;
    await client.stopLivestream(this.id);
    await this.#encoder?.result;
    const { mediaId } = await this.#when("the recording", (livestream) => livestream.mediaId !== null);
    this.mediaId = mediaId ?? "";
    const webhook = await client.createWebhook({
      url: "https://studio.example.com/tandem",
      events: ["livestream.deleted"],
    });
    this.webhookId = webhook.id;
    await client.getMedia(this.mediaId);
    await client.listMedia();
    await client.updateMedia(this.mediaId, { name: "Watched below a path" });
    await client.deleteMedia(this.mediaId);
    await client.listMedia({ status: "softDeleted" });
    await client.recoverMedia(this.mediaId);
    for (const path of [`/watch/${this.id}`, `/watch/${this.id}/state`, `/live/${this.id}/index.m3u8`]) {
      await this.#walk.ask("GET", path);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#encoder?.kill();
  }

  #when(what: string, condition: (livestream: Livestream) => boolean): Promise<Livestream> {
    return until(what, async () => {
      const livestream = await this.#client.getLivestream(this.id);
      return condition(livestream) ? livestream : null;
    });
  }
}

describe.skipIf(!areInstalled("nginx", "openssl", "ffmpeg"))("behind nginx with HTTPS, below a path", () => {
  test("every address of every answer is of there, and leads somewhere (K11, K12)", async () => {
    await using proxy = await PathProxy.start();
    const { url: publicUrl, tls } = proxy;
    const walk = new AddressWalk({ publicUrl, inputUrl: "rtmp://localhost:", token: ADMIN_TOKEN, tls });
    await using broadcast = new Broadcast(proxy, walk);
    for (const path of ["", "/", "/docs", "/openapi.json", "/healthz", "/readyz", "/metrics", "/nothing"]) {
      await walk.ask("GET", path);
    }
    await broadcast.goLive();
    await walk.followAll();
    await broadcast.becomeRecording();
    await walk.followAll();

    expect([...walk.strays]).toEqual([]);
    const shown = (address: string) =>
      address.replace(publicUrl, "").replace(broadcast.id, "{id}").replace(broadcast.mediaId, "{media}");
    expect(Array.from(walk.deadEnds, ([address, status]) => ({ address: shown(address), status }))).toEqual(
      [],
    );
    const others = [...walk.others].filter(([, carrier]) => !TEXTS_OF_OTHERS.test(carrier));
    expect(others.map(([address]) => address)).toEqual(KNOWN_OTHERS);
    expect([...walk.followed].map(shown)).toEqual(
      expect.arrayContaining([
        ...[
          "",
          "/",
          "/docs",
          "/openapi.json",
          "/licences",
          "/v2/livestreams/{id}",
          "/watch/{id}",
          "/watch/{id}?embed",
        ],
        ...["/live/{id}/index.m3u8", "/live/{id}/primary/index.m3u8", "/live/{id}/secondary/index.m3u8"],
        "/media/{media}/index.m3u8",
        "/media/{media}/download.mp4",
        expect.stringMatching(/^\/live\/\{id\}\/primary\/[\w-]+\/init-\d+\.mp4$/),
        expect.stringMatching(/^\/live\/\{id\}\/[\w-]+\/segment-\d+\.m4s$/),
        expect.stringMatching(/^\/thumbnails\/\{id\}\/[0-9a-f]{32}$/),
        expect.stringMatching(/^\/oembed\?url=/),
        expect.stringMatching(/^\/media\/\{media\}\/([\w-]+\/)?segment-\d+\.m4s$/),
      ]),
    );

    // Of the document: every operation, at every server that it names.
    const documentUrl = `${publicUrl}/openapi.json`;
    const { servers, paths } = (await (await walk.ask("GET", documentUrl)).json()) as Document;
    for (const server of servers) {
      const root = new URL(server.url, documentUrl).href.replace(/\/$/, "");
      for (const [path, operations] of Object.entries(paths)) {
        const id = idOf(path, broadcast);
        const address = `${root}${path.replace("{id}", id).replace("{instance}", "primary")}`;
        if ("get" in operations)
          expect([address, (await walk.ask("GET", address)).status]).toEqual([address, 200]);
        const allowed = (await walk.ask("OPTIONS", address)).headers.get("Allow")?.toLowerCase().split(", ");
        expect(allowed).toEqual(expect.arrayContaining(Object.keys(operations)));
      }
    }
  }, 120_000);

  test.skipIf(!areInstalled("chromium"))(
    "the pages lead to each other, play, and try calls out, without a request that fails",
    async () => {
      await using proxy = await PathProxy.start("demo");
      await until("a picture", async () => {
        const { output } = proxy.server;
        const html = await (await fetch(`${proxy.url}/`, { tls: proxy.tls })).text();
        return output.includes(`${proxy.url}/watch/`) && html.includes("thumbnails/");
      });
      await using browser = await launchBrowser();
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, ignoreHTTPSErrors: true });
      const faults = faultsOf(page, proxy.url);

      await page.goto(`${proxy.url}/`);
      await page.waitForSelector('#health[data-state="ready"]');
      await until("the picture", () =>
        page.evaluate<boolean>(`document.querySelector(".card img")?.naturalWidth > 0`),
      );
      await page.click(".card");
      await isInPhase(page, "live");
      await hasPlayed(page, 3);
      await page.click(".home a");
      expect(page.url()).toBe(`${proxy.url}/`);

      await page.click('a[href="./docs"]');
      await page.waitForSelector(".opblock");
      await page.click(".btn.authorize");
      await page.fill(".modal-ux input", ADMIN_TOKEN);
      await page.click(".modal-ux .modal-btn.authorize");
      await page.click(".modal-ux .btn-done");
      const operation = page.locator(LIST_LIVESTREAMS);
      await operation.locator(".opblock-summary-control").click();
      await operation.locator(".try-out__btn").click();
      await operation.locator(".execute").click();
      await operation.locator(".live-responses-table .response-col_status", { hasText: "200" }).waitFor();
      expect(await operation.locator(".request-url pre").textContent()).toStartWith(
        `${proxy.url}/v2/livestreams?`,
      );
      expect(await seriousFaults(page, "docs-answer", LIST_LIVESTREAMS)).toEqual([]);

      await page.goto(`${proxy.url}/console`);
      await page.fill("[name=token]", ADMIN_TOKEN);
      await page.keyboard.press("Enter");
      await page.click(".row");
      await until("a picture in the console", () =>
        page.evaluate<boolean>(`document.querySelector("video")?.currentTime > 0`),
      );
      expect(faults).toEqual([]);
    },
    120_000,
  );
});

/** Of what an operation at this path is about. */
function idOf(path: string, { id, mediaId, webhookId }: Broadcast): string {
  if (path.startsWith("/v2/media")) return mediaId;
  return path.startsWith("/v2/webhooks") ? webhookId : id;
}

/** What goes wrong on the way of the page's requests from now on, or goes elsewhere. */
function faultsOf(page: Page, rootUrl: string): string[] {
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(`threw ${error.message}`));
  page.on("request", (request) => {
    const isOurs = request.url().startsWith(`${rootUrl}/`) || /^(blob|data):/.test(request.url());
    if (!isOurs) faults.push(`asked for ${request.url()}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) faults.push(`${response.status()} ${response.url()}`);
  });
  page.on("requestfailed", (request) => {
    const why = request.failure()?.errorText;
    if (why !== "net::ERR_ABORTED") faults.push(`${why} ${request.url()}`); // What is left is not waited for.
  });
  return faults;
}
