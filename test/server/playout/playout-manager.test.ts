import { afterEach, expect, test } from "bun:test";
import { createLog } from "#server/common/log.ts";
import { RtmpSource } from "#server/ingest/rtmp-source.ts";
import { PlayoutManager } from "#server/playout/playout-manager.ts";

const NAMES = 100_000;
const connection = { cut: () => {} };

const lines: string[] = [];
const manager = new PlayoutManager({
  nowMs: () => 0,
  log: createLog({ level: "warn", write: (line) => lines.push(line), nowMs: () => 0 }),
  ingestTimeoutSeconds: 5,
  isRevertive: false,
  openProgramme: () => Promise.reject(new Error("no programme is opened here")),
  openSide: () => {
    throw new Error("no side is opened here");
  },
  onSourceActive: () => {},
  onSwitch: () => {},
});

afterEach(() => manager.shutdown());

test("names that nobody may publish or play leave nothing behind (L1)", () => {
  const ask = (round: number): void => {
    for (let index = 0; index < NAMES; index += 1) {
      const name = `${round}-${index}-${"x".repeat(40)}`;
      expect(manager.claim(name, connection)).toBe("unknown");
      expect(manager.play(`${name}/primary`)).toBeNull();
    }
    Bun.gc(true);
  };
  ask(0);
  const before = process.memoryUsage().heapUsed;
  ask(1);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(1_000_000);
});

test("what an encoder sends and cannot be used is told of once in a while, without its key", () => {
  const streamKeys = { primary: "the-primary-key", secondary: null };
  manager.open({ id: "a-livestream", withDvr: false, streamKeys, hasRecordingFailed: false });
  const publisher = manager.claim("the-primary-key", connection);
  if (typeof publisher === "string") throw new Error(publisher);
  const source = new RtmpSource(publisher);
  const hevc = Uint8Array.of(0x90, ...new TextEncoder().encode("hvc1"), 1);
  for (let frame = 0; frame < 100; frame += 1)
    source.receive({ kind: "video", timestampMs: 40 * frame, payload: hevc });
  const dropped = lines.filter((line) => line.includes("media_dropped"));
  expect(dropped.length).toBe(10);
  expect(JSON.parse(dropped[0] ?? "")).toMatchObject({
    livestreamId: "a-livestream",
    instance: "primary",
    message: "video codec hvc1",
  });
  expect(dropped.join()).not.toContain("the-primary-key");
});
