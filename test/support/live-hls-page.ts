// A page that plays one live playlist with hls.js and nothing else, in low latency or without.

import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { ROOT } from "./imports.ts";
import { until } from "./until.ts";

const PAGE = `<!doctype html><video muted></video><script src="/hls.js"></script><script>
const video = document.querySelector("video");
const query = new URLSearchParams(location.search);
const errors = [];
const hls = new Hls({ lowLatencyMode: query.has("low") });
hls.on(Hls.Events.ERROR, (_, { details, fatal }) => fatal && errors.push(details));
hls.attachMedia(video);
hls.loadSource(query.get("url"));
video.play();
</script>`;

export class LiveHlsPage implements AsyncDisposable {
  readonly #page: Page;
  readonly #server: Bun.Server<undefined>;

  private constructor(page: Page, server: Bun.Server<undefined>) {
    this.#page = page;
    this.#server = server;
  }

  static async open(
    browser: Browser,
    playlistUrl: string,
    { lowLatencyMode }: { lowLatencyMode: boolean },
  ): Promise<LiveHlsPage> {
    const script = Bun.file(Bun.resolveSync("hls.js/dist/hls.min.js", join(ROOT, "server")));
    const server = Bun.serve({
      port: 0,
      routes: {
        "/": () => new Response(PAGE, { headers: { "Content-Type": "text/html" } }),
        "/hls.js": () => new Response(script),
      },
    });
    const page = await browser.newPage();
    const url = `${server.url}?url=${encodeURIComponent(playlistUrl)}${lowLatencyMode ? "&low" : ""}`;
    await page.goto(url);
    return new LiveHlsPage(page, server);
  }

  /** Resolves when it has shown this much since it was opened. */
  async hasPlayed(seconds: number): Promise<void> {
    const played = `[...Array(video.played.length).keys()].reduce((sum, i) => sum + video.played.end(i) - video.played.start(i), 0)`;
    await until(
      `${seconds} s to be played`,
      async () => (await this.#page.evaluate<number>(played)) > seconds || null,
      30,
    );
  }

  /** What hls.js could not mend. */
  errors(): Promise<string[]> {
    return this.#page.evaluate<string[]>("errors");
  }

  loadedParts(): Promise<number> {
    const names = `performance.getEntriesByType("resource").filter(({ name }) => name.includes(".part-")).length`;
    return this.#page.evaluate<number>(names);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#page.close();
    await this.#server.stop(true);
  }
}
