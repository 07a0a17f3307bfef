// The playlist that viewers open first: the renditions of a programme, and what it takes to play each (RFC 8216 §4.3.4).

import { PLAYLIST_VERSION } from "./playlist-lines.ts";
import type { PlaylistWindow } from "./playlist-window.ts";

export interface ListedRendition {
  readonly window: PlaylistWindow;
  /** The address of its media playlist, relative to the multivariant one. */
  readonly uri: string;
}

/** Null until the first segment of each is complete: before, nothing true could be said of bandwidth. */
export function renderMultivariantPlaylist(renditions: readonly ListedRendition[]): string | null {
  const variants = renditions.map(variantLines);
  if (variants.length === 0 || variants.includes(null)) return null;
  const areAllIndependent = renditions.every(({ window }) => window.areAllIndependent);
  return [
    "#EXTM3U",
    `#EXT-X-VERSION:${PLAYLIST_VERSION}`,
    ...(areAllIndependent ? ["#EXT-X-INDEPENDENT-SEGMENTS"] : []),
    ...variants,
    "",
  ].join("\n");
}

function variantLines({ window, uri }: ListedRendition): string | null {
  const { facts, rates } = window;
  if (facts === null || window.targetDurationSeconds === null) return null;
  const attributes = [
    `BANDWIDTH=${Math.ceil(rates.peakBitsPerSecond)}`,
    `AVERAGE-BANDWIDTH=${Math.ceil(rates.averageBitsPerSecond)}`,
    `CODECS="${facts.codecs.join(",")}"`,
  ];
  if (facts.resolution !== null) {
    attributes.push(`RESOLUTION=${facts.resolution.width}x${facts.resolution.height}`);
    if (rates.frameRate !== null) attributes.push(`FRAME-RATE=${rates.frameRate.toFixed(3)}`);
  }
  return `#EXT-X-STREAM-INF:${attributes.join(",")}\n${uri}`;
}
