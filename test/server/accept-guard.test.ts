import { afterEach, expect, test } from "bun:test";
import { AcceptGuard } from "#server/accept-guard.ts";
import { Descriptors } from "#server/common/descriptors.ts";
import { createLog } from "#server/common/log.ts";
import { FakeClock } from "#test/support/fake-clock.ts";

const guards: AcceptGuard[] = [];
afterEach(() => {
  for (const guard of guards.splice(0)) guard.stop();
});

/** A guarded server with 256 descriptors, at a time that the test tells. */
class Guarded {
  open = 40;
  nowMs = 0;
  idle = 0;
  /** What the ports were told, in order. */
  readonly told: string[] = [];
  readonly lines: { event: string; open: number }[] = [];
  cannotListen = false;
  readonly http = {
    isPaused: false,
    pause: (): void => {
      this.http.isPaused = true;
      this.told.push("pause http");
    },
    resume: (): void => {
      if (this.cannotListen) throw new Error("in use");
      this.http.isPaused = false;
      this.told.push("resume http");
    },
    closeIdle: (): number => this.idle,
    endDrained: (): void => undefined,
  };
  #isRtmpPaused = false;
  readonly rtmp = {
    pause: (): void => {
      if (!this.#isRtmpPaused) this.told.push("pause rtmp");
      this.#isRtmpPaused = true;
    },
    resume: (): void => {
      if (this.#isRtmpPaused) this.told.push("resume rtmp");
      this.#isRtmpPaused = false;
    },
  };
  refills = 0;
  readonly descriptors: Descriptors;
  readonly guard: AcceptGuard;

  constructor(limit = 256) {
    const monotonicMs = () => this.nowMs;
    this.descriptors = new Descriptors({ limit, countOpen: () => this.open, monotonicMs });
    const spares = { refill: () => this.refilled(), close: () => undefined };
    const log = createLog({
      level: "info",
      write: (line) => this.lines.push(JSON.parse(line)),
      clock: { monotonicMs, dateMs: monotonicMs },
    });
    const { descriptors, http, rtmp } = this;
    this.guard = new AcceptGuard({ descriptors, spares, http, rtmp: [rtmp], log, monotonicMs });
    guards.push(this.guard);
    this.lines.splice(0);
  }

  refilled(): void {
    this.refills += 1;
  }

  tick(open: number, afterMs = 100): void {
    this.open = open;
    this.nowMs += afterMs;
    this.guard.tick();
  }
}

test("the HTTP port stops letting in before the reserve is touched, and lets in again when there is more than that", () => {
  const guarded = new Guarded();
  guarded.tick(192);
  expect(guarded.told).toEqual([]);
  guarded.tick(193);
  expect(guarded.told).toEqual(["pause http"]);
  guarded.tick(161, 500);
  expect(guarded.told).toEqual(["pause http"]);
  guarded.tick(160);
  expect(guarded.told).toEqual(["pause http", "resume http"]);
  expect(guarded.descriptors.figures.httpPauses).toBe(1);
});

test("those who were not let in come again: they are kept away for half a second", () => {
  const guarded = new Guarded();
  guarded.tick(256);
  guarded.tick(40, 499);
  expect(guarded.told).toEqual(["pause http"]);
  guarded.tick(40, 1);
  expect(guarded.told).toEqual(["pause http", "resume http"]);
});

test("the RTMP port stops only when there is no descriptor at all, at two looks", () => {
  const guarded = new Guarded();
  guarded.tick(255);
  guarded.tick(256);
  guarded.tick(255);
  guarded.tick(256);
  expect(guarded.told).toEqual(["pause http"]);
  guarded.tick(256);
  guarded.tick(256);
  expect(guarded.told).toEqual(["pause http", "pause rtmp"]);
  guarded.tick(255);
  expect(guarded.told).toEqual(["pause http", "pause rtmp", "resume rtmp"]);
});

test("idle connections are closed while there are some left for others, and counted", () => {
  const guarded = new Guarded();
  guarded.idle = 7;
  guarded.tick(128);
  expect(guarded.descriptors.figures.turnedAway.get("http_idle")).toBe(0);
  guarded.tick(129);
  expect(guarded.descriptors.figures.turnedAway.get("http_idle")).toBe(7);
});

test("spare descriptors are held again when encoders have enough", () => {
  const guarded = new Guarded();
  guarded.tick(233);
  expect(guarded.refills).toBe(0);
  guarded.tick(232);
  expect(guarded.refills).toBe(1);
});

test("a port that cannot be listened on again is tried again, and said", () => {
  const guarded = new Guarded();
  guarded.tick(256);
  guarded.cannotListen = true;
  guarded.tick(40, 500);
  expect(guarded.lines.map(({ event }) => event)).toEqual(["descriptors_short", "port_not_opened_again"]);
  guarded.cannotListen = false;
  guarded.tick(40);
  expect(guarded.told).toEqual(["pause http", "resume http"]);
});

test("it is said at once with what was open, once a minute for as long as it lasts, and when it is over", () => {
  const guarded = new Guarded();
  for (let second = 0; second < 59; second += 1) guarded.tick(200, 1000);
  expect(guarded.lines.map(({ event, open }) => [event, open])).toEqual([["descriptors_short", 200]]);
  guarded.tick(200, 1000);
  guarded.tick(200, 1000);
  expect(guarded.lines).toHaveLength(2);
  guarded.tick(40, 1000);
  guarded.tick(40, 58_999);
  expect(guarded.lines).toHaveLength(2);
  guarded.tick(40, 1);
  guarded.tick(40, 60_000);
  expect(guarded.lines.slice(2).map(({ event, open }) => [event, open])).toEqual([["descriptors_ample", 40]]);
});

test.each([
  [1023, ["descriptor_limit_low"]],
  [1024, []],
])("a limit of %i is said at the start if it is low", (limit, expected) => {
  const lines: { event: string }[] = [];
  const { descriptors, http, rtmp } = new Guarded(limit);
  const log = createLog({
    level: "info",
    write: (line) => lines.push(JSON.parse(line)),
    clock: new FakeClock(),
  });
  const spares = { refill: () => undefined, close: () => undefined };
  guards.push(new AcceptGuard({ descriptors, spares, http, rtmp: [rtmp], log }));
  expect(lines.map(({ event }) => event)).toEqual(expected);
});
