// Plays a playlist into a video element for as long as it is wanted: what cannot be played now is tried again.

import type { HlsConfig } from "hls.js";
import { loadHls } from "#server/web/console/load-hls.ts";

/** A playlist that is not there yet, or no more, is tried again. */
const AGAIN_MS = 2000;

type Configure = (defaults: HlsConfig) => Partial<HlsConfig>;

/** Fragmented MP4 passes through hls.js as it is: a worker to remux in would have nothing to do. */
const COMMON = { enableWorker: false, liveDurationInfinity: true };

/** Returns what ends it. */
export function attachHls(video: HTMLVideoElement, url: string, configure: Configure): () => void {
  let end = () => {};
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isEnded = false;
  const begin = async () => {
    const Hls = await loadHls();
    if (isEnded) return;
    const hls = new Hls({ ...COMMON, ...configure(Hls.DefaultConfig) });
    end = () => hls.destroy();
    hls.on(Hls.Events.ERROR, (_event, { fatal }) => {
      if (!fatal) return;
      hls.destroy();
      later();
    });
    hls.loadSource(url);
    hls.attachMedia(video);
  };
  const later = () => {
    clearTimeout(timer);
    if (!isEnded) timer = setTimeout(() => begin().catch(later), AGAIN_MS);
  };
  begin().catch(later);
  return () => {
    isEnded = true;
    clearTimeout(timer);
    end();
  };
}
