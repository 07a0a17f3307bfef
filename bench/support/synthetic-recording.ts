// A recording as the ingest would have made it, as fast as the disk takes it: the demo's clip again and again, through the
// demuxer, the timeline, the segmenter and the recorder, on a clock of its own.

import { TagDemuxer } from "#media/flv/tag-demuxer.ts";
import type { Cut } from "#media/hls/segment.ts";
import { Segmenter } from "#media/hls/segmenter.ts";
import { Timeline } from "#media/track/timeline.ts";
import type { AccessUnit, Track } from "#media/track/track.ts";
import { repeatClip } from "#server/command/demo/clip.ts";
import type { ClipMessage } from "#server/command/demo/flv-file.ts";
import type { Recordings } from "#server/recording/recordings.ts";
import { recordAtOnce } from "#test/support/record-at-once.ts";

const START_MS = Date.UTC(2026, 10, 24, 12, 0, 0);

/** Throws when it cannot be recorded. */
export function synthesizeRecording(
  recordings: Recordings,
  livestreamId: string,
  { clip, seconds }: { clip: readonly ClipMessage[]; seconds: number },
): Promise<void> {
  return recordAtOnce(recordings, livestreamId, cutsOf(clip, seconds));
}

function* cutsOf(clip: readonly ClipMessage[], seconds: number): Generator<Cut> {
  const segmenter = new Segmenter({ segmentTargetSeconds: 2, partTargetSeconds: 0.2 });
  const tracks: Track[] = [];
  for (const item of itemsOf(clip, seconds)) {
    if ("unit" in item) {
      yield* segmenter.push(item.unit, START_MS + item.timestampMs);
    } else {
      tracks.push(item.track);
      yield* segmenter.setTracks(tracks.slice(), false);
    }
  }
  yield* segmenter.end();
}

type Item = { readonly track: Track } | { readonly unit: AccessUnit; readonly timestampMs: number };

function* itemsOf(clip: readonly ClipMessage[], seconds: number): Generator<Item> {
  const demuxer = new TagDemuxer();
  const timeline = new Timeline();
  for (const message of repeatClip(clip)) {
    const { timestampMs } = message;
    if (timestampMs >= seconds * 1000) return;
    for (const item of demuxer.push(message)) {
      if (item.type === "unit") yield { unit: timeline.place(item.unit).unit, timestampMs };
      if (item.type !== "track") continue;
      timeline.addTrack(item.track);
      yield { track: item.track };
    }
  }
}
