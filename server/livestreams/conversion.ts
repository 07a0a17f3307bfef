// A stopped recording becomes a media asset: nothing is muxed again, only checked and described.

import type { Recordings } from "#server/recording/recordings.ts";
import type { ConversionResult, Convert } from "./conversion-runner.ts";

export function conversionOf(recordings: Pick<Recordings, "repair" | "movie">): Convert {
  return async (livestreamId) => {
    const recording = await recordings.repair(livestreamId);
    if (recording === null || recording.segments.length === 0) return NOTHING_RECORDED;
    // The first who downloads it need not wait. Nobody does here: what goes wrong is told to whoever asks for it.
    void recordings.movie(recording).catch(() => {});
    const video = recording.tracks.find(({ kind }) => kind === "video");
    const audio = recording.tracks.find(({ kind }) => kind === "audio");
    return {
      ok: true,
      message: null,
      facts: {
        durationSeconds: recording.durationSeconds,
        sizeBytes: recording.sizeBytes,
        width: video?.width ?? null,
        height: video?.height ?? null,
        videoCodec: video?.codec ?? null,
        audioCodec: audio?.codec ?? null,
      },
    };
  };
}

const NOTHING_RECORDED: ConversionResult = { ok: false, message: "Nothing was recorded." };
