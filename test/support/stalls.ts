// When the video of a page stands still for as long as a person notices.

import type { Page } from "playwright-core";

/** From now on it is written down, with what the video had to play then. */
export async function watchStalls(page: Page): Promise<void> {
  await page.evaluate(WATCH_STALLS);
}

export function stallsOf(page: Page): Promise<string[]> {
  return page.evaluate<string[]>("window.stalls");
}

const WATCH_STALLS = `(() => {
  const video = document.querySelector("video");
  window.stalls = [];
  let time = video.currentTime;
  let movedAt = performance.now();
  video.addEventListener("waiting", () => window.stalls.push("waiting at " + video.currentTime));
  setInterval(() => {
    if (video.currentTime !== time) {
      time = video.currentTime;
      movedAt = performance.now();
    } else if (performance.now() - movedAt > 250) {
      const buffered = Array.from({ length: video.buffered.length }, (_, index) =>
        video.buffered.start(index).toFixed(3) + "-" + video.buffered.end(index).toFixed(3));
      window.stalls.push("still at " + time + ", buffered " + buffered + ", readyState " + video.readyState);
      movedAt = performance.now();
    }
  }, 20);
})()`;
