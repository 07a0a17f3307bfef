// The segments of a finished programme to an on-demand playlist of which each line names a stretch of a file (RFC 8216 §4.3.2.2).

import { PLAYLIST_VERSION } from "./playlist-lines.ts";
import type { Segment } from "./segment.ts";

/** A stretch of a resource. */
export interface ByteRange {
  /** Relative to the playlist. */
  readonly uri: string;
  /** Bytes from its beginning. */
  readonly offset: number;
  readonly byteLength: number;
}

export function renderByteRangePlaylist(
  segments: readonly Segment[],
  targetDurationSeconds: number,
  ranges: {
    readonly initialization: (id: number) => ByteRange;
    readonly segment: (msn: number) => ByteRange;
  },
): string {
  const lines: string[] = [];
  let initializationId: number | null = null;
  for (const segment of segments) {
    if (segment.discontinuity) lines.push("#EXT-X-DISCONTINUITY");
    if (segment.initializationId !== initializationId) {
      initializationId = segment.initializationId;
      const { uri, offset, byteLength } = ranges.initialization(initializationId);
      lines.push(`#EXT-X-MAP:URI="${uri}",BYTERANGE="${byteLength}@${offset}"`);
    }
    const { uri, offset, byteLength } = ranges.segment(segment.msn);
    lines.push(
      `#EXT-X-PROGRAM-DATE-TIME:${new Date(segment.programDateTimeMs).toISOString()}`,
      `#EXTINF:${segment.durationSeconds.toFixed(6)},`,
      `#EXT-X-BYTERANGE:${byteLength}@${offset}`,
      uri,
    );
  }
  return [
    "#EXTM3U",
    `#EXT-X-VERSION:${PLAYLIST_VERSION}`,
    `#EXT-X-TARGETDURATION:${targetDurationSeconds}`,
    "#EXT-X-PLAYLIST-TYPE:VOD",
    ...(segments.every(({ independent }) => independent) ? ["#EXT-X-INDEPENDENT-SEGMENTS"] : []),
    ...lines,
    "#EXT-X-ENDLIST",
    "",
  ].join("\n");
}
