// The playlist that viewers open first: the one rendition, and what it takes to play it (RFC 8216 §4.3.4).

import { PLAYLIST_VERSION } from "./playlist-lines.ts";
import type { PlaylistWindow } from "./playlist-window.ts";

/** Null until the first segment is complete: before, nothing true could be said of bandwidth. */
export function renderMultivariantPlaylist(window: PlaylistWindow, mediaPlaylistUri: string): string | null {
  const { rendition, rates } = window;
  if (rendition === null || window.targetDurationSeconds === null) return null;
  const attributes = [
    `BANDWIDTH=${Math.ceil(rates.peakBitsPerSecond)}`,
    `AVERAGE-BANDWIDTH=${Math.ceil(rates.averageBitsPerSecond)}`,
    `CODECS="${rendition.codecs.join(",")}"`,
  ];
  if (rendition.resolution !== null) {
    attributes.push(`RESOLUTION=${rendition.resolution.width}x${rendition.resolution.height}`);
    if (rates.frameRate !== null) attributes.push(`FRAME-RATE=${rates.frameRate.toFixed(3)}`);
  }
  return [
    "#EXTM3U",
    `#EXT-X-VERSION:${PLAYLIST_VERSION}`,
    ...(window.areAllIndependent ? ["#EXT-X-INDEPENDENT-SEGMENTS"] : []),
    `#EXT-X-STREAM-INF:${attributes.join(",")}`,
    mediaPlaylistUri,
    "",
  ].join("\n");
}
