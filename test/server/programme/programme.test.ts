import { expect, test } from "bun:test";
import { PlaylistWindow } from "#media/hls/playlist-window.ts";
import { Segmenter } from "#media/hls/segmenter.ts";
import { Programme } from "#server/programme/programme.ts";
import { RecordingProgress } from "#server/programme/recording-progress.ts";
import { RtmpFanOut } from "#server/programme/rtmp-fan-out.ts";
import { Unrecorded } from "#server/recording/unrecorded.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { videoUnits } from "#test/support/programme-units.ts";
import { audioTrack, videoTrack } from "#test/support/tracks.ts";

function unrecordedProgramme(progress?: RecordingProgress): Programme {
  return new Programme({
    ...(progress === undefined ? {} : { progress }),
    segmenter: new Segmenter({ segmentTargetSeconds: 2, partTargetSeconds: 0.4 }),
    openWindow: () => new PlaylistWindow({ isEvent: false }),
    recorder: new Unrecorded(),
    fanOut: new RtmpFanOut(0),
    clock: new FakeClock(),
  });
}

test("a rendition is there under its name from the first tracks on, and stays when they change", () => {
  const programme = unrecordedProgramme();
  expect(programme.leadWindow).toBeNull();
  programme.setTracks([videoTrack], false);
  expect([...programme.windows.keys()]).toEqual(["v0-360"]);
  programme.setTracks([audioTrack], true);
  expect([...programme.windows.keys()]).toEqual(["v0-360"]);
  expect(programme.leadWindow?.facts?.codecs).toEqual(["mp4a.40.2"]);
});

test("what nothing records is held for as long as the playlist needs it", () => {
  const programme = unrecordedProgramme();
  programme.setTracks([videoTrack], false);
  for (const unit of videoUnits({ seconds: 20 })) programme.push(unit);
  programme.flush();
  const held = (msn: number) => programme.held.segment("v0-360", msn) !== null;
  expect([0, 3, 4, 9, 10].map(held)).toEqual([false, false, true, true, false]);
});

test("the end of the programme is the end of its playlists", async () => {
  const programme = unrecordedProgramme();
  programme.setTracks([videoTrack], false);
  for (const unit of videoUnits({ seconds: 3 })) programme.push(unit);
  expect([programme.hasEnded, programme.leadWindow?.segments.length]).toEqual([false, 1]);
  await programme.end();
  expect([programme.hasEnded, programme.leadWindow?.hasEnded]).toEqual([true, true]);
  expect(programme.leadWindow?.segments.length).toBe(2);
});

test("a time of the programme is a place in the recording to the frame, wherever parts and breaks are", () => {
  const progress = new RecordingProgress({ recordedSeconds: 60, onDiscontinuity: () => {} });
  const programme = unrecordedProgramme(progress);
  expect([programme.recordedSeconds, programme.recordedSecondsAt(7)]).toEqual([60, 60]);
  programme.setTracks([videoTrack], false);
  for (const unit of videoUnits({ fromSeconds: 10, seconds: 5.2 })) programme.push(unit);
  expect(programme.recordedSeconds).toBeCloseTo(65.16, 6);
  for (const seconds of [13, 15.04, 15.16, 15.2])
    expect(programme.recordedSecondsAt(seconds)).toBeCloseTo(50 + seconds, 6);
  programme.discontinuity();
  expect(programme.recordedSeconds).toBeCloseTo(65.2, 6);
  for (const unit of videoUnits({ fromSeconds: 100, seconds: 1 })) programme.push(unit);
  expect(programme.recordedSecondsAt(100.48)).toBeCloseTo(65.68, 6);
  progress.stop();
  const end = programme.recordedSeconds ?? 0;
  expect(programme.recordedSecondsAt(100.96)).toBe(end);
  expect(unrecordedProgramme().recordedSecondsAt(5)).toBeNull();
});
