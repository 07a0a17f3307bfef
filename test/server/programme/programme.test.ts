import { expect, test } from "bun:test";
import { PlaylistWindow } from "#media/hls/playlist-window.ts";
import { Segmenter } from "#media/hls/segmenter.ts";
import { Programme } from "#server/programme/programme.ts";
import { RtmpFanOut } from "#server/programme/rtmp-fan-out.ts";
import { interleaved, secondsOf, videoUnits } from "#test/support/programme-units.ts";
import { videoTrack } from "#test/support/tracks.ts";

test("segments are held in memory until they are recorded, and no longer", async () => {
  let recordedUpTo = -1;
  const window = new PlaylistWindow({ isEvent: false });
  let nowMs = 0;
  const programme = new Programme({
    segmenter: new Segmenter({ segmentTargetSeconds: 2, partTargetSeconds: 0.4 }),
    window,
    recorder: {
      write: () => {},
      initialization: () => null,
      segment: (msn) => (msn <= recordedUpTo ? { offset: 0, byteLength: 1 } : null),
      end: async () => {},
    },
    fanOut: new RtmpFanOut(0),
    nowMs: () => nowMs,
  });
  programme.setTracks([videoTrack], false);
  const isHeld = (): boolean[] => window.segments.map(({ msn }) => window.segment(msn) instanceof Uint8Array);
  const units = interleaved(videoUnits({ seconds: 12, fromSeconds: 0 }), []);
  const playUpTo = (seconds: number): void => {
    for (let unit = units[0]; unit !== undefined && secondsOf(unit) < seconds; unit = units[0]) {
      nowMs = secondsOf(unit) * 1000;
      programme.push(unit);
      units.shift();
    }
  };
  playUpTo(7);
  expect(isHeld()).toEqual([true, true, true]);
  recordedUpTo = 1;
  playUpTo(8);
  expect(isHeld()).toEqual([false, false, true]);
  playUpTo(12);
  expect(isHeld()).toEqual([false, false, true, true, true]);
  await programme.end();
});
