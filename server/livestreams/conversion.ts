// A stopped recording becomes a media asset: nothing is muxed again, only checked and described.

import { hasBeginning, type Recording } from "#server/recording/recording.ts";
import type { Recordings } from "#server/recording/recordings.ts";
import type { MediaFacts } from "#server/store/media-store.ts";
import type { ConversionResult, Convert } from "./conversion-runner.ts";

/** `closeEnded`: the ended playout of a livestream answers no more; its recording moves within its file. */
export function conversionOf(
  recordings: Pick<Recordings, "repair" | "rebuild" | "movie">,
  closeEnded: (livestreamId: string) => Promise<void>,
): Convert {
  return async (livestreamId, signal) => {
    const found = await recordings.repair(livestreamId);
    const message = hasBeginning(found)
      ? null
      : await recordings.rebuild(livestreamId, signal, () => closeEnded(livestreamId));
    const recording = message === null ? found : await recordings.repair(livestreamId);
    if (recording === null || recording.segments.length === 0) return NOTHING_RECORDED;
    // The first who downloads it need not wait. Nobody does here: what goes wrong is told to whoever asks for it.
    void recordings.movie(recording).catch(() => {});
    return { ok: true, message, facts: factsOf(recording) };
  };
}

/** What an asset says of all of a recording. */
export function factsOf({ tracks, durationSeconds, sizeBytes }: Recording): MediaFacts {
  const video = tracks.find(({ kind }) => kind === "video");
  const audio = tracks.find(({ kind }) => kind === "audio");
  return {
    durationSeconds,
    sizeBytes,
    width: video?.width ?? null,
    height: video?.height ?? null,
    videoCodec: video?.codec ?? null,
    audioCodec: audio?.codec ?? null,
  };
}

const NOTHING_RECORDED: ConversionResult = { ok: false, message: "Nothing was recorded." };
