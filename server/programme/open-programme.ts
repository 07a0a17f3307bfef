// Programmes as they are opened: a livestream's, new or going on where its recording on disk ends, and one of its instances'.

import { PlaylistWindow, type WindowHistory } from "#media/hls/playlist-window.ts";
import { type RenditionName, videoFirst } from "#media/hls/rendition.ts";
import { Segmenter, type SegmenterResume } from "#media/hls/segmenter.ts";
import type { RecordedRendition, Recording } from "#server/recording/recording.ts";
import type { Recordings } from "#server/recording/recordings.ts";
import { Unrecorded } from "#server/recording/unrecorded.ts";
import { Programme, type ProgrammeRecorder } from "./programme.ts";
import { RecordingProgress } from "./recording-progress.ts";
import { RtmpFanOut } from "./rtmp-fan-out.ts";

/** What decides how a livestream's programme is opened. */
export interface ProgrammeOfLivestream {
  readonly id: string;
  readonly withDvr: boolean;
  /** Viewers have seen more than its recording holds. */
  readonly hasRecordingFailed: boolean;
}

/** Makes a livestream's programme: a new one, or the one a recording on disk goes on. */
export type OpenProgramme = (livestream: ProgrammeOfLivestream) => Promise<OpenedProgramme>;

export interface OpenedProgramme {
  readonly programme: Programme;
  /** Programme time at which the recording on disk ends, null when there is none. */
  readonly resumeAtSeconds: number | null;
}

export interface ProgrammeOptions {
  readonly recordings: Recordings;
  readonly nowMs: () => number;
  readonly segmentSeconds: number;
  /** 0: a part is a whole segment. */
  readonly partMilliseconds: number;
  /** How long messages to RTMP players wait for others to be sent with. */
  readonly rtmpMergeMilliseconds: number;
  readonly reports: ProgrammeReports;
}

/** What a livestream's programme reports as it happens; `positionSeconds`: how long the recording is by then. */
export interface ProgrammeReports {
  /** The recording has stopped for good, the broadcast goes on. */
  recordingStopped(livestreamId: string, reason: string, positionSeconds: number): void;
  /** The segment with this media sequence number begins with a discontinuity. */
  discontinuity(livestreamId: string, msn: number, positionSeconds: number): void;
}

export function programmeOpener(options: ProgrammeOptions): OpenProgramme {
  const { recordings, nowMs, reports } = options;
  return async ({ id, withDvr, hasRecordingFailed }) => {
    const recording = await recordings.repair(id, Math.ceil(options.segmentSeconds));
    const past = hasRecordingFailed ? pastBeyond(recording, nowMs()) : pastOf(recording);
    const progress = new RecordingProgress({
      recordedSeconds: recording?.durationSeconds ?? 0,
      onDiscontinuity: (msn, positionSeconds) => reports.discontinuity(id, msn, positionSeconds),
    });
    const recorder = recordings.record(id, recording, (message) => {
      progress.stop();
      reports.recordingStopped(id, message, progress.recordedSeconds);
    });
    const { discontinuitySequence } = past;
    const programme = programmeOf(options, {
      windows: new Map(
        [...past.histories].map(([name, history]) => [
          name,
          new PlaylistWindow({ isEvent: withDvr, history }),
        ]),
      ),
      openWindow: () => new PlaylistWindow({ isEvent: withDvr, discontinuitySequence }),
      recorder,
      resume: past.resume,
      progress,
    });
    const hasSegments = recording !== null && recording.segments.length > 0;
    return { programme, resumeAtSeconds: hasSegments ? recording.endsAtSeconds : null };
  };
}

/** What programmes of livestreams and of instances have in common. */
type CommonOptions = Omit<ProgrammeOptions, "recordings" | "reports">;

/** Opens one instance's own programme. Its numbers begin where no earlier one of it can have been: bytes never change under a URI. */
export function instanceOpener(options: CommonOptions): () => Programme {
  return () => {
    const firstNumber = Math.floor(options.nowMs() / SHORTEST_SEGMENT_MS);
    return programmeOf(options, {
      windows: new Map(),
      openWindow: () => new PlaylistWindow({ isEvent: false, keepsRemoved: true }),
      recorder: new Unrecorded(),
      resume: {
        nextMsn: firstNumber,
        nextInitializationId: firstNumber,
        targetDurationSeconds: null,
        renditionNames: [],
      },
    });
  };
}

/** `resume`: where its numbers go on, null from the first. */
function programmeOf(
  { segmentSeconds, partMilliseconds, rtmpMergeMilliseconds, nowMs }: CommonOptions,
  own: {
    windows: ReadonlyMap<RenditionName, PlaylistWindow>;
    openWindow: () => PlaylistWindow;
    recorder: ProgrammeRecorder;
    resume: SegmenterResume | null;
    progress?: RecordingProgress;
  },
): Programme {
  const { resume, ...others } = own;
  const segmenter = new Segmenter({
    segmentTargetSeconds: segmentSeconds,
    partTargetSeconds: partMilliseconds / 1000,
    ...(resume === null ? {} : { resume }),
  });
  return new Programme({ ...others, segmenter, fanOut: new RtmpFanOut(rtmpMergeMilliseconds), nowMs });
}

/** Numbers that rise by one in this time rise faster than any encoder can make segments. */
const SHORTEST_SEGMENT_MS = 100;

/** Encoders that reconnect without end do not do so more often; players read the number as one of 31 bits. */
const SHORTEST_CONNECTION_MS = 1000;

/** Where a programme goes on. */
interface Past {
  readonly histories: ReadonlyMap<RenditionName, WindowHistory>;
  readonly resume: SegmenterResume | null;
  readonly discontinuitySequence: number;
}

function pastOf(recording: Recording | null): Past {
  const histories =
    recording === null ? [] : recording.renditions.flatMap((each) => historyOf(each, recording));
  return { histories: new Map(histories), resume: recording, discontinuitySequence: 0 };
}

/**
 * After segments that were seen and not recorded. Nobody knows how many there were: numbers go on behind as many as there
 * was time for, and what is recorded, which does not join them, is listed no more.
 */
function pastBeyond(recording: Recording | null, nowMs: number): Past {
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
