import { afterEach, expect, test } from "bun:test";
import { createLog } from "#server/log.ts";
import { PlayoutManager } from "#server/playout/playout-manager.ts";

const NAMES = 100_000;
const connection = { cut: () => {} };

const manager = new PlayoutManager({
  nowMs: () => 0,
  log: createLog({ level: "error", write: () => {}, nowMs: () => 0 }),
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
