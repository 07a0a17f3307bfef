import { expect, test } from "bun:test";
import { RtmpSource } from "#server/ingest/rtmp-source.ts";
import { inputState } from "#server/instances/input-state.ts";
import { Instance } from "#server/instances/instance.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { SyntheticEncoder } from "#test/support/synthetic-encoder.ts";
import { TARGETS } from "#test/support/targets.ts";

const START_MS = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;

/** An input whose encoder connected a second ago and sent until now. */
function sending() {
  const clock = new FakeClock(START_MS);
  const instance = new Instance({
    name: "primary",
    monotonicMs: clock.monotonicMs,
    ingestTimeoutMs: 5000,
    targets: TARGETS,
    hasOther: true,
    listener: { publishActive: () => {}, publishInactive: () => {}, publishUnit: () => {} },
  });
  const publisher = instance.attach({ cut: () => {} });
  if (publisher === null) throw new Error("a new instance is taken");
  const source = new RtmpSource(publisher, clock.monotonicMs);
  const encoder = new SyntheticEncoder({ framesPerSecond: 30 });
  for (const message of encoder.headers()) source.receive(message);
  clock.pass(1000);
  for (const message of encoder.play(2)) source.receive(message);
  return { clock, instance, publisher };
}

test("an input says since when its encoder is there and when it sent last, as dates", () => {
  const { clock, instance } = sending();
  clock.pass(500);
  expect(inputState(instance, clock)).toMatchObject({
    active: true,
    connectedAtMs: START_MS,
    lastSeenAtMs: START_MS + 1000,
    video: { frameRate: 30 },
  });
});

test("a clock that is set makes these dates right at once, and no encoder silent", () => {
  for (const setByMs of [200 * DAY_MS, -3_600_000]) {
    const { clock, instance } = sending();
    clock.set(setByMs);
    instance.tick();
    clock.pass(500);
    expect(inputState(instance, clock)).toMatchObject({
      active: true,
      connectedAtMs: START_MS + setByMs,
      lastSeenAtMs: START_MS + setByMs + 1000,
      video: { frameRate: 30, bitrateKbps: expect.any(Number) },
    });
  }
});

test("an input without an encoder has no dates but that of the last one's media", () => {
  const { clock, instance } = sending();
  instance.cut("the test is over");
  expect(inputState(instance, clock)).toMatchObject({
    active: false,
    connectedAtMs: null,
    lastSeenAtMs: START_MS + 1000,
    video: null,
  });
});

test("an input is judged while it is active, and not before or after", () => {
  const { clock, instance, publisher } = sending();
  clock.pass(500);
  expect(inputState(instance, clock).health).toEqual({ score: 100, faults: [] });
  clock.pass(1000);
  expect(inputState(instance, clock).health).toEqual({ score: 0, faults: ["silent", "audio-missing"] });
  clock.pass(5000);
  instance.tick();
  expect(inputState(instance, clock)).toMatchObject({ active: false, health: null });
  publisher.end();
  const waiting = instance.attach({ cut: () => {} });
  expect(inputState(instance, clock)).toMatchObject({ active: false, health: null });
  expect(waiting).not.toBeNull();
});

test("an input says what is wrong with what arrives, also before any of it can be used, and not after the encoder left", () => {
  const { clock, instance, publisher } = sending();
  expect(inputState(instance, clock).problem).toBeNull();
  publisher.unusable("audio", "Sound is wrong.");
  expect(inputState(instance, clock)).toMatchObject({ active: true, problem: "Sound is wrong." });
  publisher.end();
  expect(inputState(instance, clock).problem).toBeNull();
  instance.attach({ cut: () => {} })?.unusable("video", "The picture is wrong.");
  expect(inputState(instance, clock)).toMatchObject({ active: false, problem: "The picture is wrong." });
});

test("an input says what its encoder is advised, and nothing when that has left", () => {
  const { clock, instance, publisher } = sending();
  publisher.announced({ videoKbps: 1, audioKbps: null });
  const source = new RtmpSource(publisher, clock.monotonicMs);
  const encoder = new SyntheticEncoder({ framesPerSecond: 30, startMs: 3000 });
  for (const message of encoder.headers()) source.receive(message);
  for (let second = 0; second < 17; second += 1) {
    clock.pass(1000);
    for (const message of encoder.play(1)) source.receive(message);
  }
  expect(inputState(instance, clock).advice).toEqual([
    expect.stringMatching(/^The picture takes \d+ kbit\/s, and the encoder announced 1: /),
  ]);
  publisher.end();
  expect(inputState(instance, clock).advice).toEqual([]);
});

test("pictures that stay away for ten seconds leave no frame rate, whatever the bitstream declares", () => {
  const { clock, instance } = sending();
  clock.pass(9000);
  expect(inputState(instance, clock).video?.frameRate).toBe(30);
  clock.pass(1000);
  expect(inputState(instance, clock).video?.frameRate).toBeNull();
});
