// Whether two sets of tracks can share one initialization.

import { sameBytes } from "#media/bytes/same-bytes.ts";
import type { CodecConfiguration, Track } from "#media/track/track.ts";

/** Same tracks in the same order with the same configuration, byte for byte: a player needs no new initialization. */
export function sameTracks(a: readonly Track[], b: readonly Track[]): boolean {
  return a.length === b.length && a.every((track, index) => sameTrack(track, b[index]));
}

function sameTrack(a: Track, b: Track | undefined): boolean {
  return (
    b !== undefined &&
    a.id === b.id &&
    a.timescale === b.timescale &&
    sameConfiguration(a.configuration, b.configuration)
  );
}

function sameConfiguration(a: CodecConfiguration, b: CodecConfiguration): boolean {
  return a.codec === b.codec && sameBytes(a.record, b.record);
}
