// What was seen of one playlist, in the order it came, as one follower sees it who asks anew once they are answered.

import { type ListedSegment, type MediaPlaylist, readMediaPlaylist } from "./media-playlist.ts";

/** One answer to a request for the playlist. */
export interface FetchedPlaylist {
  /** With its Delivery Directives (rfc8216bis §6.2.5). */
  readonly url: string;
  readonly askedAtMs: number;
  readonly answeredAtMs: number;
  readonly status: number;
  readonly text: string;
}

/** One answer to a request for what a playlist lists. */
export interface FetchedMedia {
  /** As the playlist says it. */
  readonly uri: string;
  readonly answeredAtMs: number;
  readonly status: number;
  readonly bytes: Uint8Array;
}

export interface PlaylistHistory {
  /** Of the same media playlist, in the order of the answers. */
  readonly playlists: readonly FetchedPlaylist[];
  /** The multivariant playlist that led there; null where nothing is to be said of it. */
  readonly multivariant: string | null;
  readonly media: readonly FetchedMedia[];
}

/** What was asked for beside the playlist itself. */
export interface Directives {
  readonly msn: number | null;
  readonly part: number | null;
  readonly isDelta: boolean;
}

/** A playlist that was answered with, and what a player knows then. */
export interface Reading {
  readonly fetched: FetchedPlaylist;
  readonly directives: Directives;
  readonly playlist: MediaPlaylist;
  /** Its segments, and those that it skipped, as they were known. */
  readonly segments: readonly ListedSegment[];
  /** Skipped segments that no playlist before it had listed. */
  readonly unknownSkipped: readonly number[];
}

export interface ReadHistory extends PlaylistHistory {
  readonly readings: readonly Reading[];
}

export function readHistory(history: PlaylistHistory): ReadHistory {
  const readings: Reading[] = [];
  for (const fetched of history.playlists) {
    if (fetched.status !== 200) continue;
    readings.push(readNext(fetched, readings.at(-1) ?? null));
  }
  return { ...history, readings };
}

/** `before`: what its reader had by then, null where it had nothing. */
export function readNext(fetched: FetchedPlaylist, before: Reading | null): Reading {
  const playlist = readMediaPlaylist(fetched.text);
  const known = new Map(before?.segments.map((segment) => [segment.msn, segment]));
  const skipped: ListedSegment[] = [];
  const unknownSkipped: number[] = [];
  for (let index = 0; index < playlist.skippedSegments; index += 1) {
    const msn = playlist.mediaSequence + index;
    const segment = known.get(msn);
    if (segment === undefined) unknownSkipped.push(msn);
    else skipped.push(segment);
  }
  const segments = [...skipped, ...afterSkipped(playlist.segments, skipped)];
  return { fetched, directives: directivesOf(fetched.url), playlist, segments, unknownSkipped };
}

/** Counts and carries on from what was skipped: its discontinuities, and its last EXT-X-MAP (rfc8216bis §6.3.7). */
function afterSkipped(
  segments: readonly ListedSegment[],
  skipped: readonly ListedSegment[],
): readonly ListedSegment[] {
  const last = skipped.at(-1);
  if (last === undefined) return segments;
  const left = skipped.filter(({ hasDiscontinuity }) => hasDiscontinuity).length;
  return segments.map((segment) => ({
    ...segment,
    mapUri: segment.mapUri ?? last.mapUri,
    discontinuityNumber: segment.discontinuityNumber + left,
  }));
}

function directivesOf(url: string): Directives {
  const query = new URL(url).searchParams;
  const numberOf = (name: string) => {
    const value = query.get(name);
    return value === null ? null : Number(value);
  };
  return { msn: numberOf("_HLS_msn"), part: numberOf("_HLS_part"), isDelta: query.has("_HLS_skip") };
}

/** The segment whose parts come now or next, and how many of them are there. */
export function edgeOf({ segments, playlist }: Reading): { msn: number; partCount: number } {
  const last = segments.at(-1);
  if (last === undefined) return { msn: playlist.mediaSequence, partCount: 0 };
  return last.uri === null
    ? { msn: last.msn, partCount: last.parts.length }
    : { msn: last.msn + 1, partCount: 0 };
}

export function secondsOf(segments: readonly { readonly durationSeconds: number }[]): number {
  return segments.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
}
