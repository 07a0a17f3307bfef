// Programmes as they are opened: a livestream's, new or going on where its recording on disk ends, and one of its instances'.

import { PlaylistWindow } from "#media/hls/playlist-window.ts";
import type { RenditionName } from "#media/hls/rendition.ts";
import { Segmenter, type SegmenterResume } from "#media/hls/segmenter.ts";
import type { Clock } from "#server/common/clock.ts";
import { messageOf } from "#server/common/failure.ts";
import { madeAtMs } from "#server/common/uuid-time.ts";
import type { RecordedGap } from "#server/recording/journal.ts";
import { type Recording, recordedBytes } from "#server/recording/recording.ts";
import type { Recordings } from "#server/recording/recordings.ts";
import { Unrecorded } from "#server/recording/unrecorded.ts";
import { Programme, type ProgrammeRecorder } from "./programme.ts";
import { type Age, endBefore, type Past, pastBeyond, pastOf, pastOfInstance } from "./programme-past.ts";
import { RecordingProgress } from "./recording-progress.ts";
import { RtmpFanOut } from "./rtmp-fan-out.ts";

/** What decides how a livestream's programme is opened. */
export interface ProgrammeOfLivestream {
  readonly id: string;
  readonly withDvr: boolean;
  /** Viewers have seen more than its recording holds. */
  readonly hasRecordingFailed: boolean;
  /** It was live already when the process started, and may have been watched. */
  readonly wasLive?: boolean;
}

function ageOf({ risingMs }: Pick<ProgrammeOptions, "risingMs">, livestreamId: string): Age {
  return { risingMs: risingMs(), madeAtMs: madeAtMs(livestreamId) };
}

/** Makes a livestream's programme: a new one, or the one a recording on disk goes on. */
export type OpenProgramme = (livestream: ProgrammeOfLivestream) => Promise<OpenedProgramme>;

export interface OpenedProgramme {
  readonly programme: Programme;
  /** Programme time at which the recording on disk ends, null when there is none. */
  readonly resumeAtSeconds: number | null;
  /** Makes an instance's own programme that begins with the end of this one; null where nothing is recorded of it. */
  readonly openInstance: (() => Programme) | null;
}

export interface ProgrammeOptions {
  readonly recordings: Recordings;
  readonly clock: Pick<Clock, "monotonicMs" | "dateOf">;
  /** Never goes back, not even across a restart. */
  readonly risingMs: () => number;
  readonly segmentSeconds: number;
  /** 0: a part is a whole segment. */
  readonly partMilliseconds: number;
  /** How long messages to RTMP players wait for others to be sent with. */
  readonly rtmpMergeMilliseconds: number;
  readonly reports: ProgrammeReports;
}

/** What a livestream's programme reports as it happens; `positionSeconds`: how long the recording is by then. */
export interface ProgrammeReports {
  /** Nothing is recorded any more, the broadcast goes on. */
  recordingStopped(livestreamId: string, reason: string, positionSeconds: number): void;
  /** It is recorded again; `gap`: what is missing, null where that was before this process. */
  recordingResumed(livestreamId: string, gap: RecordedGap | null, positionSeconds: number): void;
  /** Its disk has lost what was recorded, and has again what the object store had of it: `message` is a sentence. */
  recordingRebuilt(livestreamId: string, message: string): void;
  /** The segment with this media sequence number begins with a discontinuity. */
  discontinuity(livestreamId: string, msn: number, positionSeconds: number): void;
}

/** A broadcast waits so long for what its disk has lost; what takes longer is put together when it has ended. */
const REBUILD_MS = 60_000;

export function programmeOpener(options: ProgrammeOptions): OpenProgramme {
  return async (livestream) => {
    const { id } = livestream;
    const repair = () => options.recordings.repair(id, Math.ceil(options.segmentSeconds));
    try {
      const recording = await repair();
      const rebuilt = isEmpty(recording) && livestream.wasLive === true ? await rebuild(options, id) : null;
      return openRecorded(options, livestream, rebuilt === null ? recording : await repair(), rebuilt);
    } catch (error) {
      return openUnrecorded(options, livestream, error);
    }
  };
}

/** What a person should know of it; null where nothing was, or could be, put together. */
async function rebuild({ recordings }: ProgrammeOptions, livestreamId: string): Promise<string | null> {
  try {
    return await recordings.rebuild(livestreamId, AbortSignal.timeout(REBUILD_MS));
  } catch {
    return null; // It was logged, and the conversion does it.
  }
}

function isEmpty(recording: Recording | null): boolean {
  return recording === null || recording.segments.length === 0;
}

/** A new programme, or one that goes on where its recording ends. `rebuilt`: why that does not reach to what viewers have seen. */
function openRecorded(
  options: ProgrammeOptions,
  { id, withDvr, hasRecordingFailed, wasLive = false }: ProgrammeOfLivestream,
  recording: Recording | null,
  rebuilt: string | null,
): OpenedProgramme {
  const { recordings, reports } = options;
  const isBehind = hasRecordingFailed || rebuilt !== null;
  const past =
    isBehind || (isEmpty(recording) && wasLive)
      ? pastBeyond(recording, ageOf(options, id))
      : pastOf(recording);
  const progress = new RecordingProgress({
    recordedSeconds: recording?.durationSeconds ?? 0,
    onDiscontinuity: (msn, positionSeconds) => reports.discontinuity(id, msn, positionSeconds),
  });
  let isRecording = true;
  const recorder = recordings.record(id, recording, {
    stopped: (reason) => {
      isRecording = false;
      progress.stop();
      reports.recordingStopped(id, reason, progress.recordedSeconds);
    },
    resumed: (gap) => {
      progress.resume();
      reports.recordingResumed(id, gap, progress.recordedSeconds);
    },
  });
  if (hasRecordingFailed && isRecording) reports.recordingResumed(id, null, progress.recordedSeconds);
  if (rebuilt !== null) reports.recordingRebuilt(id, rebuilt);
  const windows = windowsOf(past, { isEvent: withDvr, listsParts: options.partMilliseconds > 0 });
  const programme = programmeOf(options, { ...windows, recorder, progress });
  if (recording === null || isEmpty(recording))
    return { programme, resumeAtSeconds: wasLive ? 0 : null, openInstance: null };
  const openInstance = isBehind ? null : () => instanceOpener(options, recording)(id);
  return { programme, resumeAtSeconds: recording.endsAtSeconds, openInstance };
}

/**
 * What was recorded cannot be read, which is no reason for nobody to watch what comes: it is not recorded. Nobody could seek
 * back in it, either: it is no event.
 */
function openUnrecorded(
  options: ProgrammeOptions,
  { id }: ProgrammeOfLivestream,
  error: unknown,
): OpenedProgramme {
  const message = messageOf(error);
  options.reports.recordingStopped(id, `the recording cannot be read: ${message}`, 0);
  const past = pastBeyond(null, ageOf(options, id));
  const programme = programmeOf(options, {
    ...windowsOf(past, { isEvent: false, listsParts: options.partMilliseconds > 0 }),
    recorder: new Unrecorded(),
  });
  return { programme, resumeAtSeconds: 0, openInstance: null };
}

/** Makes the programme of a livestream that was stopped, as it is recorded: only to be listed and ended. */
export type OpenEnded = (livestream: ProgrammeOfLivestream) => Promise<Programme>;

export function endedOpener(options: Omit<ProgrammeOptions, "reports">): OpenEnded {
  return async ({ id, withDvr }) => {
    const recording = await options.recordings.repair(id, Math.ceil(options.segmentSeconds));
    const recorder = new Unrecorded(recording === null ? undefined : recordedBytes(recording));
    const kind = { isEvent: withDvr, listsParts: options.partMilliseconds > 0 };
    return programmeOf(options, { ...windowsOf(pastOf(recording), kind), recorder });
  };
}

/** What programmes of livestreams and of instances have in common. */
type CommonOptions = Omit<ProgrammeOptions, "recordings" | "reports">;

/**
 * Opens one instance's own programme. Its numbers begin where no earlier one of it can have been: bytes never change under a
 * URI. `recording`: of the livestream's programme, whose end is listed first.
 */
export function instanceOpener(
  options: CommonOptions,
  recording: Recording | null = null,
): (livestreamId: string) => Programme {
  return (livestreamId) => {
    const own = pastOfInstance(ageOf(options, livestreamId));
    const end = recording === null ? null : endBefore(own.resume, recording);
    const { discontinuitySequence } = own;
    const past = end === null ? own : { ...pastOf(end), discontinuitySequence };
    const recorder = new Unrecorded(end === null ? undefined : recordedBytes(end));
    const kind = { isEvent: false, keepsRemoved: true, listsParts: options.partMilliseconds > 0 };
    return programmeOf(options, { ...windowsOf(past, kind), recorder });
  };
}

/** `resume`: where its numbers go on, null from the first. */
function programmeOf(
  { segmentSeconds, partMilliseconds, rtmpMergeMilliseconds, clock }: CommonOptions,
  own: OwnWindows & { readonly recorder: ProgrammeRecorder; readonly progress?: RecordingProgress },
): Programme {
  const { resume, ...others } = own;
  const segmenter = new Segmenter({
    segmentTargetSeconds: segmentSeconds,
    partTargetSeconds: partMilliseconds / 1000,
    ...(resume === null ? {} : { resume }),
  });
  return new Programme({ ...others, segmenter, fanOut: new RtmpFanOut(rtmpMergeMilliseconds), clock });
}

/** What a programme lists, and where its numbers go on. */
interface OwnWindows {
  readonly windows: ReadonlyMap<RenditionName, PlaylistWindow>;
  readonly openWindow: () => PlaylistWindow;
  readonly resume: SegmenterResume | null;
}

/** The windows of the renditions there were, and those of renditions to come. */
function windowsOf(
  { histories, discontinuitySequence, resume }: Past,
  {
    listsParts,
    ...kind
  }: { readonly isEvent: boolean; readonly keepsRemoved?: boolean; readonly listsParts: boolean },
): OwnWindows {
  const known = [...histories].map(([name, recorded]) => {
    const history = listsParts ? recorded : { ...recorded, partTargetSeconds: null };
    return [name, new PlaylistWindow({ ...kind, history, discontinuitySequence })] as const;
  });
  const openWindow = () => new PlaylistWindow({ ...kind, discontinuitySequence });
  return { windows: new Map(known), openWindow, resume };
}
