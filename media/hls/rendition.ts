// The encodings of a programme: how they are named, which tracks each has, and what a multivariant playlist says of one.

import type { Track } from "#media/track/track.ts";

/**
 * One of a programme's encodings, as its URLs and its journal name it: by kind, position and height, such as `v0-1080`, or
 * `a0` where there are no pictures. It is the rendition's for the programme's life, whatever its encoder sends later.
 */
export type RenditionName = string;

export interface RenditionTracks {
  readonly name: RenditionName;
  readonly tracks: readonly Track[];
}

/** What a multivariant playlist says of a rendition's tracks. */
export interface RenditionFacts {
  /** RFC 6381, video first. */
  readonly codecs: readonly string[];
  /** Pixels; null without video. */
  readonly resolution: { readonly width: number; readonly height: number } | null;
}

/** Sound and picture go together in one. `names`: those that the programme's renditions have already, by position. */
export function renditionsOf(
  tracks: readonly Track[],
  names: readonly RenditionName[],
): readonly RenditionTracks[] {
  const { resolution } = renditionFacts(tracks);
  return [{ name: names[0] ?? renditionName(0, resolution?.height ?? null), tracks }];
}

/** What an initialization's tracks are to a player. */
export function renditionFacts(tracks: readonly Track[]): RenditionFacts {
  const video = tracks.find((track) => track.kind === "video")?.configuration;
  return {
    codecs: videoFirst(tracks).map(({ configuration }) => configuration.codecString),
    resolution: video === undefined ? null : { width: video.width, height: video.height },
  };
}

export function videoFirst<AnyTrack extends Pick<Track, "kind">>(tracks: readonly AnyTrack[]): AnyTrack[] {
  return tracks.toSorted((a, b) => b.kind.localeCompare(a.kind));
}

/** `height`: pixels; null without pictures. */
export function renditionName(position: number, height: number | null): RenditionName {
  return height === null ? `a${position}` : `v${position}-${height}`;
}
