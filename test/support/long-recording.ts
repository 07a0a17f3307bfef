// A recording of an hour, made within seconds by the server's own segmenter and recorder: ten seconds of FFmpeg's test picture, over
// and over.

import { TagDemuxer } from "#media/flv/tag-demuxer.ts";
import type { Cut } from "#media/hls/segment.ts";
import { Segmenter } from "#media/hls/segmenter.ts";
import { Timeline } from "#media/track/timeline.ts";
import type { AccessUnit, Track } from "#media/track/track.ts";
import { readFlvFile } from "#server/command/demo/flv-file.ts";
import { Recordings } from "#server/recording/recordings.ts";
import { recordAtOnce } from "./record-at-once.ts";

const CLIP_SECONDS = 10;

/** Puts it in the place of what is recorded of the livestream, which nothing runs of meanwhile; its last picture was now. */
export async function recordLong(folder: string, livestreamId: string, seconds: number): Promise<void> {
  const recordings = new Recordings(folder);
  await recordings.remove(livestreamId);
  await recordAtOnce(recordings, livestreamId, cutsOf(clipOf(await clipBytes()), seconds));
}

interface Clip {
  readonly tracks: readonly Track[];
  readonly units: readonly AccessUnit[];
}

function* cutsOf({ tracks, units }: Clip, seconds: number): Generator<Cut> {
  const segmenter = new Segmenter({ segmentTargetSeconds: 2, partTargetSeconds: 0.2 });
  const beganMs = Date.now() - seconds * 1000;
  yield* segmenter.setTracks(tracks, false);
  for (let atSeconds = 0; atSeconds < seconds; atSeconds += CLIP_SECONDS) {
    for (const unit of units) {
      const timescale = tracks.find(({ id }) => id === unit.trackId)?.timescale ?? 1;
      const [dts, pts] = [unit.dts + atSeconds * timescale, unit.pts + atSeconds * timescale];
      yield* segmenter.push({ ...unit, dts, pts }, beganMs + (dts / timescale) * 1000);
    }
  }
  yield* segmenter.end();
}

function clipOf(flv: Uint8Array): Clip {
  const demuxer = new TagDemuxer();
  const timeline = new Timeline();
  const tracks: Track[] = [];
  const units: AccessUnit[] = [];
  for (const item of readFlvFile(flv).flatMap((message) => [...demuxer.push(message)])) {
    if (item.type === "track") {
      tracks.push(item.track);
      timeline.addTrack(item.track);
    } else if (item.type === "unit") {
      units.push(timeline.place(item.unit).unit);
    }
  }
  // The sound ends within a frame of its own, behind the picture.
  const isBeforeEnd = ({ trackId, dts }: AccessUnit): boolean =>
    tracks.some(({ id, timescale }) => id === trackId && dts + timescale / 50 <= CLIP_SECONDS * timescale);
  return { tracks, units: units.filter(isBeforeEnd) };
}

/** Small: an hour of it is some twenty megabytes. */
async function clipBytes(): Promise<Uint8Array> {
  const command = [
    ...["ffmpeg", "-hide_banner", "-loglevel", "error"],
    ...["-f", "lavfi", "-i", `testsrc2=size=640x360:rate=10:duration=${CLIP_SECONDS}`],
    ...["-f", "lavfi", "-i", `sine=frequency=440:sample_rate=48000:duration=${CLIP_SECONDS}`],
    ...["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-crf", "40"],
    ...["-bf", "0", "-g", "20", "-sc_threshold", "0", "-c:a", "aac", "-b:a", "24k", "-f", "flv", "-"],
  ];
  return new Response(Bun.spawn(command, { stderr: "inherit" }).stdout).bytes();
}
