import { beforeEach, expect, test } from "bun:test";
import { PlaylistWindow } from "#media/hls/playlist-window.ts";
import { Segmenter } from "#media/hls/segmenter.ts";
import { LivestreamPlayout } from "#server/playout/livestream-playout.ts";
import { Programme } from "#server/programme/programme.ts";
import { RtmpFanOut } from "#server/programme/rtmp-fan-out.ts";
import { Unrecorded } from "#server/recording/unrecorded.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { videoUnits } from "#test/support/programme-units.ts";
import { RecordedReports } from "#test/support/recorded-reports.ts";
import { TARGETS } from "#test/support/targets.ts";
import { videoTrack } from "#test/support/tracks.ts";

let nowMs = 0;
let playout: LivestreamPlayout;

beforeEach(() => {
  playout = playoutOf({ wasLive: false });
});

function playoutOf({
  wasLive,
  secondary = null,
}: {
  wasLive: boolean;
  secondary?: string | null;
}): LivestreamPlayout {
  return new LivestreamPlayout({
    livestream: {
      wasLive,
      id: "a-livestream",
      withDvr: false,
      streamKeys: { primary: "a-key", secondary },
      hasRecordingFailed: false,
    },
    monotonicMs: () => nowMs,
    ingestTimeoutMs: 5000,
    targets: TARGETS,
    isRevertive: false,
    openInstance: () => {
      throw new Error("no instance is opened here");
    },
    reports: new RecordedReports(),
  });
}

function emptyProgramme(): Programme {
  return new Programme({
    segmenter: new Segmenter({ segmentTargetSeconds: 2, partTargetSeconds: 0 }),
    openWindow: () => new PlaylistWindow({ isEvent: false }),
    recorder: new Unrecorded(),
    fanOut: new RtmpFanOut(0),
    clock: new FakeClock(),
  });
}

test("RTMP players play what is public, and nothing that is signed by now", () => {
  playout.begin({ programme: emptyProgramme(), resumeAtSeconds: null, openInstance: null });
  expect(playout.play(null)).not.toBeNull();
  playout.isSigned = true;
  expect([playout.play(null), playout.play("primary")]).toEqual([null, null]);
});

test("whoever waits for a programme waits until it is open", async () => {
  const disk = Promise.withResolvers<void>();
  const opened = playout.whileOpening(() => disk.promise);
  const waited = playout.opening;
  expect(waited).not.toBeNull();
  disk.resolve();
  await Promise.all([opened, waited]);
  expect(playout.opening).toBeNull();
});

test("whoever waits for a programme is not kept for longer than ten seconds", async () => {
  const disk = Promise.withResolvers<void>();
  const opened = playout.whileOpening(() => disk.promise);
  const waited = playout.opening;
  nowMs += 9_999;
  playout.tick();
  expect(playout.opening).toBe(waited);
  nowMs += 1;
  playout.tick();
  expect(playout.opening).toBeNull();
  await waited;
  disk.resolve();
  await opened;
});

test("whoever waits for a programme that cannot be opened waits no longer, and only its opener fails", async () => {
  const opened = playout.whileOpening(() => Promise.reject(new Error("the disk is gone")));
  const waited = playout.opening;
  await expect(opened).rejects.toThrow("the disk is gone");
  await waited;
  expect(playout.opening).toBeNull();
});

test("before the first publish nobody waits for a first segment", async () => {
  await playout.whileOpening(async () => {
    playout.begin({ programme: emptyProgramme(), resumeAtSeconds: null, openInstance: null });
  });
  expect(playout.opening).toBeNull();
});

test("after a restart that left nothing to list, whoever watched waits for the first segment", async () => {
  playout = playoutOf({ wasLive: true });
  const programme = emptyProgramme();
  await playout.whileOpening(async () => {
    playout.begin({ programme, resumeAtSeconds: 0, openInstance: null });
  });
  const waited = playout.opening;
  programme.setTracks([videoTrack], false);
  for (const unit of videoUnits({ seconds: 1 })) programme.push(unit);
  playout.tick();
  expect(playout.opening).toBe(waited);
  programme.flush();
  playout.tick();
  expect(playout.opening).toBeNull();
  await waited;
});

test("units from before the last key frame are kept where another instance may take over, or be taken over from", () => {
  for (const [secondary, expected] of [
    ["another-key", [0, 90_000]],
    [null, [90_000]],
  ] as const) {
    const instance = playoutOf({ wasLive: false, secondary }).instances.get("primary");
    const publisher = instance?.attach({ cut: () => {} });
    publisher?.setTrack(videoTrack);
    for (const sentDts of [0, 1000]) {
      const times = { clock: { timescale: 1000, wrapBits: [32] as const }, sentDts, compositionTime: 0 };
      publisher?.push({ trackId: videoTrack.id, ...times, isSync: true, data: new Uint8Array(9) });
    }
    const kept = instance?.publish?.unitsFrom(() => false) ?? [];
    expect(kept.map(({ unit }) => unit.dts)).toEqual([...expected]);
  }
});
