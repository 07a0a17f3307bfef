// What a programme goes on from: the segments that are recorded, or numbers that nobody can have used before.

import { MIN_LISTED_SEGMENTS, type WindowHistory } from "#media/hls/playlist-window.ts";
import { type RenditionName, videoFirst } from "#media/hls/rendition.ts";
import type { SegmenterResume } from "#media/hls/segmenter.ts";
import { FIRST_MSN, type RecordedRendition, type Recording } from "#server/recording/recording.ts";

/**
 * No encoder makes segments faster: whatever numbers began at, at 0 or by the rising time, they are behind the rising time
 * in these.
 */
const SHORTEST_SEGMENT_MS = 100;

/**
 * No encoder is lost and back more often. It is counted from the making of the livestream, not from 1970: players read the
 * number of discontinuities as one of 31 bits, and hls.js keeps a list as long as that number, which it copies.
 */
const SHORTEST_CONNECTION_MS = 1000;

/** Where a programme goes on. */
export interface Past {
  readonly histories: ReadonlyMap<RenditionName, WindowHistory>;
  readonly resume: SegmenterResume | null;
  /** Where the discontinuities of its playlists are counted from. */
  readonly discontinuitySequence: number;
}

const BEGINNING: SegmenterResume = {
  nextMsn: FIRST_MSN,
  nextInitializationId: 0,
  targetDurationSeconds: null,
  renditionNames: [],
};

export function pastOf(recording: Recording | null): Past {
  const histories =
    recording === null ? [] : recording.renditions.flatMap((each) => historyOf(each, recording));
  const before = recording === null ? [] : beforeLastGap(recording.segments);
  return {
    histories: new Map(histories),
    resume: recording ?? BEGINNING,
    discontinuitySequence: before.filter(({ discontinuity }) => discontinuity).length,
  };
}

/**
 * A playlist counts its segments on from the first: behind numbers that were not recorded it begins anew.
 */
function beforeLastGap<Numbered extends { readonly msn: number }>(
  segments: readonly Numbered[],
): readonly Numbered[] {
  const isBehindGap = ({ msn }: Numbered, index: number): boolean =>
    index > 0 && segments[index - 1]?.msn !== msn - 1;
  return segments.slice(0, Math.max(0, segments.findLastIndex(isBehindGap)));
}

/** How long there has been a livestream by the rising time: what it counts must be behind what it can have counted before. */
export interface Age {
  readonly risingMs: number;
  /** When the livestream was made. */
  readonly madeAtMs: number;
}

/** Where an instance's own programme begins, of which nothing is kept: behind any number that an earlier one can have used. */
export function pastOfInstance(age: Age): Past & { readonly resume: SegmenterResume } {
  const { risingMs } = age;
  const firstNumber = Math.floor(risingMs / SHORTEST_SEGMENT_MS);
  return {
    histories: new Map(),
    resume: {
      nextMsn: firstNumber,
      nextInitializationId: firstNumber,
      targetDurationSeconds: null,
      renditionNames: [],
    },
    discontinuitySequence: discontinuitiesUntil(age),
  };
}

function discontinuitiesUntil({ risingMs, madeAtMs }: Age): number {
  return Math.ceil(Math.max(0, risingMs - madeAtMs) / SHORTEST_CONNECTION_MS);
}

/**
 * The end of a livestream's recording, as an instance's own playlist lists it after a restart: under the numbers before those
 * that the instance goes on with.
 */
export function endBefore(
  { nextMsn, nextInitializationId }: Pick<SegmenterResume, "nextMsn" | "nextInitializationId">,
  recording: Recording,
): Recording {
  const listed = recording.segments.slice(-MIN_LISTED_SEGMENTS);
  const msns = listed.map(({ msn }) => msn);
  const ids = [...new Set(listed.map(({ initializationId }) => initializationId))];
  const msnOf = (msn: number) => nextMsn - msns.length + msns.indexOf(msn);
  const idOf = (id: number) => nextInitializationId - ids.length + ids.indexOf(id);
  const renditions = recording.renditions.map(({ name, initializations, segments }) => ({
    name,
    initializations: initializations
      .filter(({ id }) => ids.includes(id))
      .map((initialization) => ({ ...initialization, id: idOf(initialization.id) })),
    segments: segments
      .filter(({ msn }) => msns.includes(msn))
      .map((segment) => ({
        ...segment,
        msn: msnOf(segment.msn),
        initializationId: idOf(segment.initializationId),
      })),
  }));
  return {
    ...recording,
    renditions,
    segments: renditions[0]?.segments ?? [],
    nextMsn,
    nextInitializationId,
  };
}

/**
 * After segments that were seen and not recorded. Nobody knows how many there were: numbers go on where none of them can
 * have been, and what is recorded, which does not join them, is listed no more.
 */
export function pastBeyond(recording: Recording | null, age: Age): Past {
  const {
    nextMsn = 0,
    nextInitializationId = 0,
    targetDurationSeconds = null,
    partTargetSeconds = null,
    renditionNames = [],
    segments = [],
  } = recording ?? {};
  const unseenNumber = Math.ceil(age.risingMs / SHORTEST_SEGMENT_MS);
  const recordedDiscontinuities = segments.filter(({ discontinuity }) => discontinuity).length;
  return {
    histories: new Map(),
    resume: {
      nextMsn: Math.max(nextMsn, unseenNumber),
      nextInitializationId: Math.max(nextInitializationId, unseenNumber),
      targetDurationSeconds,
      partTargetSeconds,
      renditionNames,
    },
    discontinuitySequence: Math.max(recordedDiscontinuities, discontinuitiesUntil(age)),
  };
}

/** With its name; nothing when no segment was complete: there was no playlist yet. */
function historyOf(
  { name, segments }: RecordedRendition,
  { targetDurationSeconds, partTargetSeconds, tracks }: Recording,
): [RenditionName, WindowHistory][] {
  if (targetDurationSeconds === null) return [];
  const video = tracks.find(({ kind }) => kind === "video");
  const { width = null, height = null } = video ?? {};
  const facts = {
    codecs: videoFirst(tracks).map(({ codec }) => codec),
    resolution: width === null || height === null ? null : { width, height },
  };
  const listed = segments.slice(beforeLastGap(segments).length);
  return [[name, { segments: listed, targetDurationSeconds, partTargetSeconds, facts }]];
}
