import { afterEach, beforeEach, expect, test } from "bun:test";
import { RtmpSource } from "#server/ingest/rtmp-source.ts";
import type { Publisher } from "#server/instances/instance.ts";
import { PlayoutManager } from "#server/playout/playout-manager.ts";
import type { OpenProgramme } from "#server/programme/open-programme.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { RecordedReports } from "#test/support/recorded-reports.ts";
import { SyntheticEncoder } from "#test/support/synthetic-encoder.ts";
import { TARGETS } from "#test/support/targets.ts";
import { until } from "#test/support/until.ts";

const NAMES = 100_000;
const connection = { cut: () => {} };

const clock = new FakeClock();
const encoder = new SyntheticEncoder();
const reports = new RecordedReports();
let manager: PlayoutManager;
let openProgramme: OpenProgramme;

beforeEach(() => {
  openProgramme = () => Promise.reject(new Error("no programme is opened here"));
  manager = new PlayoutManager({
    clock,
    ingestTimeoutSeconds: 5,
    targets: TARGETS,
    isRevertive: false,
    openProgramme: (livestream) => openProgramme(livestream),
    openEnded: () => Promise.reject(new Error("nothing has ended")),
    openInstance: () => {
      throw new Error("no instance is opened here");
    },
    reports,
  });
});

afterEach(() => manager.shutdown());

test("names that nobody may publish or play leave nothing behind (L1)", () => {
  const ask = (round: number): void => {
    for (let index = 0; index < NAMES; index += 1) {
      const name = `${round}-${index}-${"x".repeat(40)}`;
      expect(manager.claim(name, connection)).toBe("unknown");
      expect(manager.play(`${name}/primary`)).toBe("unknown");
    }
    Bun.gc(true);
  };
  ask(0);
  const before = process.memoryUsage().heapUsed;
  ask(1);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(1_000_000);
});

test("what an encoder sends and cannot be used is reported, without its key", () => {
  const publisher = claimed(openWith("dropping"));
  const source = new RtmpSource(publisher, clock.monotonicMs);
  const hevc = Uint8Array.of(0x90, ...new TextEncoder().encode("hvc1"), 1);
  source.receive({ kind: "video", timestampMs: 0, payload: hevc });
  expect(reports.lines).toEqual([
    "primary connected",
    "primary dropped: video codec hvc1, HEVC",
    "primary problem: The video is HEVC, which cannot be carried here: set the encoder to H.264.",
  ]);
});

test("what is wrong with what an encoder sends is reported, and in its input", () => {
  const publisher = claimed(openWith("wrong"));
  publisher.unusable("audio", "Sound is wrong.");
  expect(reports.lines).toEqual(["primary connected", "primary problem: Sound is wrong."]);
  expect(manager.inputs("wrong").map(({ problem }) => problem)).toEqual(["Sound is wrong."]);
});

test("an encoder is advised by what programmes are cut to here, and the advice is reported", async () => {
  const source = new RtmpSource(claimed(openWith("advised")), clock.monotonicMs);
  const slow = new SyntheticEncoder({ gopFrames: 200 });
  for (const message of slow.headers()) source.receive(message);
  for (let second = 0; second < 30; second += 1) {
    clock.pass(1000);
    for (const message of slow.play(1)) source.receive(message);
  }
  const advice = "Key frames come every 8 s; segments are to last 2 s: set the key frame interval to 2 s.";
  expect(manager.inputs("advised").flatMap((input) => input.advice)).toEqual([advice]);
  const advised = () => reports.lines.filter((line) => line.startsWith("primary advice"));
  await until("the report", () => advised().length > 0);
  expect(advised()).toEqual([`primary advice began: ${advice}`]);
});

test("a publisher that comes, sends and leaves is reported step by step, and one that finds it there is refused", () => {
  const key = openWith("publishing");
  const source = new RtmpSource(claimed(key), clock.monotonicMs);
  expect(manager.claim(key, connection)).toBe("busy");
  for (const message of [...encoder.headers(), ...encoder.play(0.04)]) source.receive(message);
  source.end();
  expect(reports.lines).toEqual([
    "primary connected",
    "primary refused: another encoder publishes with this stream key",
    "primary active with h264 and aac",
    "primary inactive: closed",
    "primary disconnected: null",
  ]);
});

test("a publisher that is cut and one that is taken over leave with the reason", async () => {
  const key = openWith("leaving");
  claimed(key);
  clock.pass(2000);
  claimed(key);
  await manager.stop("leaving");
  expect(reports.lines).toEqual([
    "primary connected",
    "primary disconnected: another encoder with this key took over after 2 s of silence",
    "primary connected",
    "primary disconnected: the livestream was stopped",
  ]);
});

test("whoever comes with a key of a livestream that was stopped is refused, and of one that is closed nobody knows it", async () => {
  const key = openWith("over");
  await manager.stop("over");
  expect(manager.claim(key, connection)).toBe("unknown");
  expect(reports.lines).toEqual(["primary refused: the livestream was stopped"]);
  await manager.close("over");
  expect(manager.claim(key, connection)).toBe("unknown");
  expect(reports.lines).toHaveLength(1);
});

test("a key that is reset opens nothing any more, its encoder is cut, and the new one opens the input", async () => {
  const key = openWith("leaked");
  claimed(key);
  manager.resetKey("leaked", "primary", "another key");
  expect(reports.lines).toEqual(["primary connected", "primary disconnected: the stream key was reset"]);
  expect(manager.claim(key, connection)).toBe("unknown");
  claimed("another key");
  manager.resetKey("leaked", "primary", "a third key");
  expect(manager.claim("another key", connection)).toBe("unknown");
  await manager.stop("leaked");
  expect(manager.claim("a third key", connection)).toBe("unknown");
});

test("no key opens what was stopped, and an input that is not there has none", async () => {
  openWith("stopped");
  await manager.stop("stopped");
  manager.resetKey("stopped", "primary", "too late");
  expect(manager.claim("too late", connection)).toBe("unknown");
  openWith("single");
  manager.resetKey("single", "secondary", "of nothing");
  manager.resetKey("nobody's", "primary", "of nothing");
  expect(manager.claim("of nothing", connection)).toBe("unknown");
});

/** Opens a livestream of this name; the key of its only input. */
function openWith(id: string): string {
  const streamKeys = { primary: `the key of ${id}`, secondary: null };
  manager.open({ id, withDvr: false, streamKeys, hasRecordingFailed: false });
  reports.lines.length = 0;
  return streamKeys.primary;
}

function claimed(streamKey: string): Publisher {
  const publisher = manager.claim(streamKey, connection);
  if (typeof publisher === "string") throw new Error(publisher);
  return publisher;
}

test("while the process ends nobody is told that a key or a name is unknown", async () => {
  const streamKeys = { primary: "the-primary-key", secondary: null };
  manager.open({ id: "a-livestream", withDvr: false, streamKeys, hasRecordingFailed: false });
  await manager.shutdown();
  expect(manager.claim("the-primary-key", connection)).toBe("closing");
  expect(manager.claim("another-key", connection)).toBe("closing");
  expect(manager.play("a-livestream")).toBe("later");
});

test("while a livestream is being opened nobody is told that it is unknown, and its encoders are let in", async () => {
  const disk = Promise.withResolvers<never>();
  openProgramme = () => disk.promise;
  const key = openWith("opening");
  const published = manager.publish("opening");
  expect([manager.play("opening"), manager.play("opening/primary")]).toEqual(["later", "later"]);
  expect(manager.opening("opening")).not.toBeNull();
  claimed(key);
  disk.reject(new Error("the disk is gone"));
  await expect(published).rejects.toThrow("the disk is gone");
  expect([manager.play("opening"), manager.opening("opening")]).toEqual(["unknown", null]);
});
