// A recording of any length, made within seconds by the server's own segmenter and recorder: a picture a second.

import { setImmediate } from "node:timers/promises";
import { Segmenter } from "#media/hls/segmenter.ts";
import { Recordings } from "#server/recording/recordings.ts";
import { secondsOf, videoUnits } from "#test/support/programme-units.ts";
import { videoTrack } from "#test/support/tracks.ts";

/** The network's jitter: dates are not whole seconds apart. */
const JITTER_MS = 7;

/** Segments that may wait for the disk. */
const MAX_WAITING = 500;

/** In the place of what is recorded of the livestream, which nothing runs of meanwhile; it ends now. */
export async function recordAtOnce(folder: string, livestreamId: string, seconds: number): Promise<void> {
  const recordings = new Recordings(folder);
  await recordings.remove(livestreamId);
  const recorder = recordings.record(livestreamId, null, {
    stopped: (message) => {
      throw new Error(message);
    },
    resumed: () => undefined,
  });
  const segmenter = new Segmenter({ segmentTargetSeconds: 2, partTargetSeconds: 0.2 });
  const beganMs = Date.now() - seconds * 1000;
  for (const cut of segmenter.setTracks([videoTrack], false)) recorder.write(cut);
  for (const unit of videoUnits({ seconds, framesPerSecond: 1, gopFrames: 2, bytes: 2000 })) {
    const arrivedMs = beganMs + secondsOf(unit) * 1000 + (unit.dts % JITTER_MS);
    for (const cut of segmenter.push(unit, arrivedMs)) {
      recorder.write(cut);
      if (cut.type !== "segment" || cut.segment.msn % MAX_WAITING !== 0) continue;
      while (recorder.held.placeOf(cut.rendition, cut.segment.msn) !== "recorded") await setImmediate();
    }
  }
  for (const cut of segmenter.end()) recorder.write(cut);
  await recorder.end();
}
