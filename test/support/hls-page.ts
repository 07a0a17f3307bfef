// A page that plays one playlist with hls.js and nothing else: a player that knows nothing of ours.

import { join } from "node:path";
import type { Browser } from "playwright-core";
import { ROOT } from "./imports.ts";
import { until } from "./until.ts";

export interface PlayedToEnd {
  /** As the player says it, and where it ended. */
  readonly durationSeconds: number;
  readonly endedAtSeconds: number;
  readonly pictures: number;
  readonly soundBytes: number;
  /** What hls.js and the video element said went wrong, and could not be mended. */
  readonly errors: readonly string[];
}

const PAGE = `<!doctype html><video muted></video><script src="/hls.js"></script><script>
const video = document.querySelector("video");
const errors = [];
const hls = new Hls();
hls.on(Hls.Events.ERROR, (_, { details, fatal }) => fatal && errors.push(details));
video.addEventListener("error", () => errors.push(video.error.message));
hls.attachMedia(video);
hls.loadSource(new URLSearchParams(location.search).get("url"));
video.play();
</script>`;

const PLAYED = `(() => ({
  isEnded: video.ended || video.currentTime > video.duration - 0.1,
  durationSeconds: video.duration,
  endedAtSeconds: video.currentTime,
  pictures: video.getVideoPlaybackQuality().totalVideoFrames,
  soundBytes: video.webkitAudioDecodedByteCount,
  errors,
}))()`;

/** Plays it from its beginning to its last tenth of a second: behind a hole, hls.js comes no nearer to the end. */
export async function playToEnd(browser: Browser, playlistUrl: string): Promise<PlayedToEnd> {
  const script = Bun.file(Bun.resolveSync("hls.js/dist/hls.min.js", join(ROOT, "server")));
  using server = Bun.serve({
    port: 0,
    routes: {
      "/": () => new Response(PAGE, { headers: { "Content-Type": "text/html" } }),
      "/hls.js": () => new Response(script),
    },
  });
  const page = await browser.newPage();
  try {
    await page.goto(`${server.url}?url=${encodeURIComponent(playlistUrl)}`);
    return await until("the end of what is played", async () => {
      const played = await page.evaluate<PlayedToEnd & { isEnded: boolean }>(PLAYED);
      return played.isEnded || played.errors.length > 0 ? played : null;
    });
  } finally {
    await page.close();
  }
}
