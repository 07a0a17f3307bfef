// What a multivariant playlist says of the tracks.

import type { Track } from "#media/track/track.ts";

export interface Rendition {
  /** RFC 6381, video first. */
  readonly codecs: readonly string[];
  /** Pixels; null without video. */
  readonly resolution: { readonly width: number; readonly height: number } | null;
}

/** Of an initialization's tracks. */
export function renditionOf(tracks: readonly Track[]): Rendition {
  const byKind = [...tracks].sort((a, b) => b.kind.localeCompare(a.kind));
  const video = tracks.find(({ configuration }) => configuration.codec === "h264")?.configuration;
  return {
    codecs: byKind.map(({ configuration }) => configuration.codecString),
    resolution: video?.codec === "h264" ? { width: video.width, height: video.height } : null,
  };
}
