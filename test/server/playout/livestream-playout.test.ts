import { beforeEach, expect, test } from "bun:test";
import { LivestreamPlayout } from "#server/playout/livestream-playout.ts";
import { RecordedReports } from "#test/support/recorded-reports.ts";

let nowMs = 0;
let playout: LivestreamPlayout;

beforeEach(() => {
  playout = new LivestreamPlayout({
    livestream: {
      id: "a-livestream",
      withDvr: false,
      streamKeys: { primary: "a-key", secondary: null },
      hasRecordingFailed: false,
    },
    monotonicMs: () => nowMs,
    ingestTimeoutMs: 5000,
    isRevertive: false,
    openInstance: () => {
      throw new Error("no instance is opened here");
    },
    reports: new RecordedReports(),
  });
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
