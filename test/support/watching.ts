// Whether a page's video is seen and heard: both measured, while it plays.

import type { Page } from "playwright-core";

/** What a page's video has come to. */
interface Watched {
  readonly currentTime: number;
  readonly pictures: number;
  readonly soundBytes: number;
  /** Bytes of the picture that is shown now, drawn very small. */
  readonly shown: string;
  /** Whether it has anything but black in it. */
  readonly isBlack: boolean;
}

const LOOK = `(() => {
  const video = document.querySelector("video");
  const canvas = document.createElement("canvas");
  canvas.width = 16;
  canvas.height = 9;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(video, 0, 0, 16, 9);
  const bytes = context.getImageData(0, 0, 16, 9).data.filter((_, index) => index % 4 !== 3);
  return {
    currentTime: video.currentTime,
    pictures: video.getVideoPlaybackQuality().totalVideoFrames,
    soundBytes: video.webkitAudioDecodedByteCount,
    shown: String(bytes),
    isBlack: bytes.every((byte) => byte < 16),
  };
})()`;

function look(page: Page): Promise<Watched> {
  return page.evaluate<Watched>(LOOK);
}

/** AAC at 64 kbit/s or more, of which not a quarter may be missing. */
const LEAST_SOUND_BYTES_A_SECOND = 4000;

/**
 * What is not seen, or not heard, of these pages in so many seconds; empty where all play. Time must have passed for three
 * quarters of it, with sound for as long, and pictures must have come that are not black.
 */
export async function missingIn(pages: ReadonlyMap<string, Page>, seconds: number): Promise<string[]> {
  const before = new Map<string, Watched>();
  for (const [name, page] of pages) before.set(name, await look(page));
  await Bun.sleep(seconds * 1000);
  const missing: string[] = [];
  for (const [name, page] of pages) {
    const from = before.get(name);
    const to = await look(page);
    if (from === undefined) continue;
    const played = to.currentTime - from.currentTime;
    if (played < seconds * 0.75) missing.push(`${name} played ${played.toFixed(1)} of ${seconds} s`);
    const soundBytes = to.soundBytes - from.soundBytes;
    if (soundBytes < seconds * 0.75 * LEAST_SOUND_BYTES_A_SECOND)
      missing.push(`${name} had ${soundBytes} bytes of sound in ${seconds} s`);
    if (to.pictures === from.pictures) missing.push(`${name} had no picture in ${seconds} s`);
    if (to.isBlack) missing.push(`${name} is black`);
  }
  return missing;
}
