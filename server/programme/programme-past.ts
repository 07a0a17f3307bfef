// What a programme goes on from: the segments that are recorded, or numbers that nobody can have used before.

import type { WindowHistory } from "#media/hls/playlist-window.ts";
import { type RenditionName, videoFirst } from "#media/hls/rendition.ts";
import type { SegmenterResume } from "#media/hls/segmenter.ts";
import type { RecordedRendition, Recording } from "#server/recording/recording.ts";

/** Numbers that rise by one in this time rise faster than any encoder can make segments. */
const SHORTEST_SEGMENT_MS = 100;

/** Encoders that reconnect without end do not do so more often; players read the number as one of 31 bits. */
const SHORTEST_CONNECTION_MS = 1000;

/** Where a programme goes on. */
export interface Past {
  readonly histories: ReadonlyMap<RenditionName, WindowHistory>;
  readonly resume: SegmenterResume | null;
  readonly discontinuitySequence: number;
}

export function pastOf(recording: Recording | null): Past {
  const histories =
    recording === null ? [] : recording.renditions.flatMap((each) => historyOf(each, recording));
  return { histories: new Map(histories), resume: recording, discontinuitySequence: 0 };
}

/** Where an instance's own programme begins, of which nothing is kept: behind any number that an earlier one can have used. */
export function pastOfInstance(nowMs: number): Past {
  const firstNumber = Math.floor(nowMs / SHORTEST_SEGMENT_MS);
  return {
    histories: new Map(),
    resume: {
      nextMsn: firstNumber,
      nextInitializationId: firstNumber,
      targetDurationSeconds: null,
      renditionNames: [],
    },
    discontinuitySequence: 0,
  };
}

/**
 * After segments that were seen and not recorded. Nobody knows how many there were: numbers go on behind as many as there
 * was time for, and what is recorded, which does not join them, is listed no more.
 */
export function pastBeyond(recording: Recording | null, nowMs: number): Past {
  const {
    nextMsn = 0,
    nextInitializationId = 0,
    targetDurationSeconds = null,
    renditionNames = [],
    segments = [],
  } = recording ?? {};
  const unknownMs = nowMs - (segments.at(-1)?.programDateTimeMs ?? 0);
  const mostSegments = Math.ceil(unknownMs / SHORTEST_SEGMENT_MS);
  return {
    histories: new Map(),
    resume: {
      nextMsn: nextMsn + mostSegments,
      nextInitializationId: nextInitializationId + mostSegments,
      targetDurationSeconds,
      renditionNames,
    },
    discontinuitySequence:
      segments.filter(({ discontinuity }) => discontinuity).length +
      Math.ceil(unknownMs / SHORTEST_CONNECTION_MS),
  };
}

/** With its name; nothing when no segment was complete: there was no playlist yet. */
function historyOf(
  { name, segments }: RecordedRendition,
  { targetDurationSeconds, tracks }: Recording,
): [RenditionName, WindowHistory][] {
  if (targetDurationSeconds === null) return [];
  const video = tracks.find(({ kind }) => kind === "video");
  const { width = null, height = null } = video ?? {};
  const facts = {
    codecs: videoFirst(tracks).map(({ codec }) => codec),
    resolution: width === null || height === null ? null : { width, height },
  };
  return [[name, { segments, targetDurationSeconds, facts }]];
}
