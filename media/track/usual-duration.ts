// How long a unit lasts by what is known of its track alone, before two of them have come.

import type { Track } from "./track.ts";

/** What a track without a frame rate is taken to have. */
const UNKNOWN_FRAME_RATE = 25;

/** Seconds. */
export function usualDurationSeconds({ kind, configuration }: Track): number {
  if (kind === "audio") return configuration.samplesPerFrame / configuration.sampleRate;
  return 1 / (configuration.frameRate ?? UNKNOWN_FRAME_RATE);
}
