// A livestream's programme as it is opened: a new one, or the one whose recording on disk it goes on.

import { PlaylistWindow, type WindowHistory } from "#media/hls/playlist-window.ts";
import { Segmenter } from "#media/hls/segmenter.ts";
import type { Recording } from "#server/recording/recording.ts";
import type { Recordings } from "#server/recording/recordings.ts";
import type { OpenProgramme } from "./playout-manager.ts";
import { Programme } from "./programme.ts";

export interface ProgrammeOptions {
  readonly recordings: Recordings;
  readonly nowMs: () => number;
  readonly segmentSeconds: number;
  /** 0: a part is a whole segment. */
  readonly partMilliseconds: number;
  readonly onRecordingFailed: (livestreamId: string, message: string) => void;
}

export function programmeOpener(options: ProgrammeOptions): OpenProgramme {
  const { recordings, nowMs, onRecordingFailed } = options;
  return async ({ id, withDvr }) => {
    const recording = await recordings.open(id);
    const history = recording === null ? null : historyOf(recording);
    const segmenter = new Segmenter({
      segmentTargetSeconds: options.segmentSeconds,
      partTargetSeconds: options.partMilliseconds / 1000,
      ...(recording === null ? {} : { resume: recording }),
    });
    const recorder = recordings.record(id, recording, (message) => onRecordingFailed(id, message));
    const window = new PlaylistWindow({ isEvent: withDvr, history });
    const programme = new Programme({ segmenter, window, recorder, nowMs });
    return { programme, resumeAtSeconds: history === null ? null : (recording?.endsAtSeconds ?? null) };
  };
}

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
