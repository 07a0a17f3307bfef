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
  const video = tracks.find((track) => track.kind === "video")?.configuration;
  return {
    codecs: videoFirst(tracks).map(({ configuration }) => configuration.codecString),
    resolution: video === undefined ? null : { width: video.width, height: video.height },
  };
}

export function videoFirst<AnyTrack extends Pick<Track, "kind">>(tracks: readonly AnyTrack[]): AnyTrack[] {
  return tracks.toSorted((a, b) => b.kind.localeCompare(a.kind));
}
