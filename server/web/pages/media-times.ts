// What a video element and its playlist say of times: dates, ends of ranges, how much is loaded.

import type { Fragment } from "hls.js";

/** As of a video element: what is loaded, and what may be sought in. */
export interface Ranges {
  readonly length: number;
  start(index: number): number;
  end(index: number): number;
}

/** What of a fragment dates it. */
type DatedFragment = Pick<Fragment, "start" | "programDateTime">;

/**
 * When what is shown at this time of the video was broadcast, milliseconds since 1970; null where nobody knows. Each fragment has
 * a date: hls.js works out those that the playlist leaves to be worked out.
 */
export function dateMsAt(fragments: readonly DatedFragment[], seconds: number): number | null {
  let [first, last] = [0, fragments.length - 1];
  while (first < last) {
    const middle = Math.ceil((first + last) / 2);
    if ((fragments[middle]?.start ?? 0) <= seconds) first = middle;
    else last = middle - 1;
  }
  const fragment = fragments[first];
  const dateMs = fragment?.programDateTime ?? null;
  return fragment === undefined || dateMs === null ? null : dateMs + (seconds - fragment.start) * 1000;
}

/** The same of what a browser's own HLS shows now, where it tells (`getStartDate` of HTML's media elements). */
export function ownDateMs(video: { readonly currentTime: number; getStartDate?(): Date }): number | null {
  const startMs = video.getStartDate?.().getTime() ?? Number.NaN;
  return Number.isNaN(startMs) ? null : startMs + video.currentTime * 1000;
}

/** Seconds; null where there is none. */
export function endOf(ranges: Ranges): number | null {
  return ranges.length === 0 ? null : ranges.end(ranges.length - 1);
}

/** How much is loaded beyond what is shown, without a hole, seconds. */
export function aheadSeconds(video: { readonly buffered: Ranges; readonly currentTime: number }): number {
  const { buffered, currentTime } = video;
  for (let index = 0; index < buffered.length; index += 1) {
    if (buffered.start(index) <= currentTime && currentTime < buffered.end(index))
      return buffered.end(index) - currentTime;
  }
  return 0;
}
