// When a viewer begins to see a playlist, and where: with enough listed to stay behind live by, and by parts no further behind
// than that from the first picture on.

import Hls, { type LevelDetails } from "hls.js";
import { WET_SECONDS } from "./catch-up.ts";
import { aheadSeconds } from "./media-times.ts";

/**
 * A viewer who is there from the first second waits for as many segments: no player should be closer to the live edge than
 * three target durations (RFC 8216 §6.3.3), and one that is has nothing to play when a segment comes a second late.
 */
const LEAST_SEGMENTS = 3;

/** Whoever has not come near to live by then begins where they are. */
const PATIENCE_MS = 3000;

/** Calls `begin` once; never where hls.js is destroyed before. */
export function beginOnceReady(hls: Hls, video: HTMLVideoElement, begin: () => void): void {
  hls.on(Hls.Events.LEVEL_UPDATED, function listed(_event, { details }) {
    if (details.live && !isEnough(hls, details)) return;
    hls.off(Hls.Events.LEVEL_UPDATED, listed);
    if (details.live && isByParts(hls, details)) beginNearLive(hls, video, begin);
    else begin();
  });
}

function isEnough(hls: Hls, details: LevelDetails): boolean {
  if (!isByParts(hls, details)) return details.fragments.length >= LEAST_SEGMENTS;
  return details.edge - details.fragmentStart >= (hls.targetLatency ?? 0);
}

function isByParts(hls: Hls, { partTarget }: LevelDetails): boolean {
  return hls.lowLatencyMode && partTarget > 0;
}

/** hls.js loads from a picture that can be decoded by itself; before one is seen nobody sees that others are skipped. */
function beginNearLive(hls: Hls, video: HTMLVideoElement, begin: () => void): void {
  const patience = setTimeout(go, PATIENCE_MS);
  hls.on(Hls.Events.FRAG_BUFFERED, look);
  hls.once(Hls.Events.DESTROYING, () => clearTimeout(patience));

  function look(): void {
    const skippedSeconds = Math.max(0, (hls.liveSyncPosition ?? 0) - video.currentTime);
    // Who begins with less is stretched at once, and so is later for the next quarter of a minute.
    if (aheadSeconds(video) - skippedSeconds < WET_SECONDS) return;
    if (skippedSeconds > 0) video.currentTime += skippedSeconds;
    go();
  }

  function go(): void {
    clearTimeout(patience);
    hls.off(Hls.Events.FRAG_BUFFERED, look);
    begin();
  }
}
