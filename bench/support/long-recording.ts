// A recording of any length, made within seconds by the server's own segmenter and recorder: a picture a second.

import type { Cut } from "#media/hls/segment.ts";
import { Segmenter } from "#media/hls/segmenter.ts";
import { Recordings } from "#server/recording/recordings.ts";
import { secondsOf, videoUnits } from "#test/support/programme-units.ts";
import { recordAtOnce } from "#test/support/record-at-once.ts";
import { videoTrack } from "#test/support/tracks.ts";

/** The network's jitter: dates are not whole seconds apart. */
const JITTER_MS = 7;

/** In the place of what is recorded of the livestream, which nothing runs of meanwhile; it ends now. */
export async function recordPictureASecond(
  folder: string,
  livestreamId: string,
  seconds: number,
): Promise<void> {
  const recordings = new Recordings(folder);
  await recordings.remove(livestreamId);
  await recordAtOnce(recordings, livestreamId, cutsOf(seconds));
}

function* cutsOf(seconds: number): Generator<Cut> {
  const segmenter = new Segmenter({ segmentTargetSeconds: 2, partTargetSeconds: 0.2 });
  const beganMs = Date.now() - seconds * 1000;
  yield* segmenter.setTracks([videoTrack], false);
  for (const unit of videoUnits({ seconds, framesPerSecond: 1, gopFrames: 2, bytes: 2000 }))
    yield* segmenter.push(unit, beganMs + secondsOf(unit) * 1000 + (unit.dts % JITTER_MS));
  yield* segmenter.end();
}
