// Programmes as they are opened: a livestream's, new or going on where its recording on disk ends, and one of its sides'.

import { PlaylistWindow, type WindowHistory } from "#media/hls/playlist-window.ts";
import { Segmenter } from "#media/hls/segmenter.ts";
import type { Recording } from "#server/recording/recording.ts";
import type { Recordings } from "#server/recording/recordings.ts";
import type { OpenProgramme } from "./playout-manager.ts";
import { Programme, type ProgrammeRecorder } from "./programme.ts";
import { RtmpFanOut } from "./rtmp-fan-out.ts";

export interface ProgrammeOptions {
  readonly recordings: Recordings;
  readonly nowMs: () => number;
  readonly segmentSeconds: number;
  /** 0: a part is a whole segment. */
  readonly partMilliseconds: number;
  /** How long messages to RTMP players wait for others to be sent with. */
  readonly rtmpMergeMilliseconds: number;
  readonly onRecordingFailed: (livestreamId: string, message: string) => void;
}

export function programmeOpener(options: ProgrammeOptions): OpenProgramme {
  const { recordings, nowMs, onRecordingFailed } = options;
  return async ({ id, withDvr }) => {
    const recording = await recordings.open(id, Math.ceil(options.segmentSeconds));
    const history = recording === null ? null : historyOf(recording);
    const segmenter = new Segmenter({
      segmentTargetSeconds: options.segmentSeconds,
      partTargetSeconds: options.partMilliseconds / 1000,
      ...(recording === null ? {} : { resume: recording }),
    });
    const recorder = recordings.record(id, recording, (message) => onRecordingFailed(id, message));
    const window = new PlaylistWindow({ isEvent: withDvr, history });
    const fanOut = new RtmpFanOut(options.rtmpMergeMilliseconds);
    const programme = new Programme({ segmenter, window, recorder, fanOut, nowMs });
    return { programme, resumeAtSeconds: history === null ? null : (recording?.endsAtSeconds ?? null) };
  };
}

/** Of one side alone. Numbers begin where no earlier one of the same side can have been: bytes never change under a URI. */
export function sideOpener(
  options: Omit<ProgrammeOptions, "recordings" | "onRecordingFailed">,
): () => Programme {
  return () => {
    const firstNumber = Math.floor(options.nowMs() / SHORTEST_SEGMENT_MS);
    const segmenter = new Segmenter({
      segmentTargetSeconds: options.segmentSeconds,
      partTargetSeconds: options.partMilliseconds / 1000,
      resume: { nextMsn: firstNumber, nextInitializationId: firstNumber, targetDurationSeconds: null },
    });
    return new Programme({
      segmenter,
      window: new PlaylistWindow({ isEvent: false }),
      recorder: NOT_RECORDED,
      fanOut: new RtmpFanOut(options.rtmpMergeMilliseconds),
      nowMs: options.nowMs,
    });
  };
}

/** Numbers that rise by one in this time rise faster than any encoder can make segments. */
const SHORTEST_SEGMENT_MS = 100;

const NOT_RECORDED: ProgrammeRecorder = {
  write: () => undefined,
  initialization: () => null,
  segment: () => null,
  end: () => Promise.resolve(),
};

/** Null when no segment was complete: there was no playlist yet. */
function historyOf({ segments, targetDurationSeconds, tracks }: Recording): WindowHistory | null {
  if (targetDurationSeconds === null) return null;
  const video = tracks.find(({ kind }) => kind === "video");
  const { width = null, height = null } = video ?? {};
  return {
    segments,
    targetDurationSeconds,
    rendition: {
      codecs: [...tracks].sort((a, b) => b.kind.localeCompare(a.kind)).map(({ codec }) => codec),
      resolution: width === null || height === null ? null : { width, height },
    },
  };
}
