import { describe, expect, test } from "bun:test";
import type { OnAirChange } from "#server/switching/switcher.ts";
import { FakeHouse } from "./fake-house.ts";

const VIDEO = {
  ...{ codec: "h264", width: 1280, height: 720, frameRate: 25, bitrateKbps: 0 },
  keyFrameIntervalSeconds: null,
};
const AUDIO = { codec: "aac", sampleRate: 48_000, channels: 2, bitrateKbps: 0 };
const FORMAT = { video: VIDEO, audio: AUDIO };

const FACTS: Omit<OnAirChange, "joinedSeconds"> = {
  ...{ from: "primary", to: "secondary", cause: "quality", fromScore: 20, toScore: 100 },
  ...{ faults: ["frozen", "audio-missing"], gapMs: 40, gapFrames: 0 },
};

function inputOf(livestreamId: string, positionSeconds: number | null = null) {
  return { livestreamId, instance: "primary", positionSeconds } as const;
}

/** Lines of the log, without their times. */
function linesOf(house: FakeHouse): unknown[] {
  return house.logged.map((line) => ({ ...JSON.parse(line), atUtc: undefined }));
}

test("a publisher that comes, sends, falls silent and goes is an event each, with the place in the recording", async () => {
  const house = new FakeHouse();
  const id = await house.started();
  house.reporter.connected(inputOf(id));
  house.reporter.active(inputOf(id), { video: VIDEO, audio: null });
  house.reporter.active(inputOf(id, 1), { video: null, audio: AUDIO });
  house.reporter.inactive(inputOf(id, 2), "silent");
  house.reporter.disconnected(inputOf(id, 3), "no media received");
  const at = { livestreamId: id, instance: "primary", positionSeconds: null };
  expect(house.feed.events.slice(2)).toMatchObject([
    { type: "ingest.connected", ...at, data: {} },
    {
      type: "ingest.active",
      ...at,
      data: { video: { codec: "h264", width: 1280, height: 720 }, audio: null },
    },
    {
      type: "ingest.active",
      ...at,
      positionSeconds: 1,
      data: { video: null, audio: { codec: "aac", sampleRate: 48_000, channels: 2 } },
    },
    { type: "ingest.inactive", ...at, positionSeconds: 2, data: { cause: "silent" } },
    { type: "ingest.disconnected", ...at, positionSeconds: 3, data: { reason: "no media received" } },
  ]);
  expect(linesOf(house)).toMatchObject([
    { level: "info", event: "publisher_connected", livestreamId: id, instance: "primary" },
    { level: "info", event: "ingest_active", livestreamId: id, instance: "primary" },
    { level: "info", event: "ingest_active", livestreamId: id, instance: "primary" },
  ]);
});

test("an encoder that is turned away is an event at once, others are counted until the minute is over, and each is a warning", async () => {
  const house = new FakeHouse();
  const id = await house.started();
  house.reporter.refused(inputOf(id), "it is busy");
  expect(house.feed.events.slice(2)).toMatchObject([
    { type: "ingest.refused", instance: "primary", data: { reason: "it is busy", count: 1 } },
  ]);
  house.reporter.refused(inputOf(id, 3), "it is busy");
  house.reporter.refused(inputOf(id, 4), "it was stopped");
  expect(house.feed.events).toHaveLength(3);
  house.reporter.close();
  expect(house.feed.events.slice(3)).toMatchObject([
    { type: "ingest.refused", positionSeconds: 3, data: { reason: "it was stopped", count: 2 } },
  ]);
  const refused = { level: "warn", event: "publisher_refused", livestreamId: id, instance: "primary" };
  expect(linesOf(house)).toMatchObject([
    { ...refused, message: "it is busy" },
    { ...refused, message: "it is busy" },
    { ...refused, message: "it was stopped" },
  ]);
});

test("a switch is told with its cause, both scores, the faults and the gap, of the side that is on air now", async () => {
  const house = new FakeHouse();
  const id = await house.started();
  house.reporter.switched(id, { ...FACTS, joinedSeconds: 71.2 }, 61.2);
  expect(house.feed.events.at(-1)).toMatchObject({
    ...{ type: "playout.switched", livestreamId: id, instance: "secondary", positionSeconds: 61.2 },
    data: FACTS,
  });
  expect(house.feed.events.at(-1)?.data).not.toHaveProperty("joinedSeconds");
  expect(linesOf(house)).toMatchObject([
    { event: "on_air_changed", livestreamId: id, ...FACTS, faults: "frozen audio-missing" },
  ]);
});

test("a discontinuity names the segment that it is before", async () => {
  const house = new FakeHouse();
  const id = await house.started();
  house.reporter.discontinuity(id, 7, 14);
  expect(house.feed.events.at(-1)).toMatchObject({
    ...{ type: "playout.discontinuity", instance: null, positionSeconds: 14 },
    data: { mediaSequenceNumber: 7 },
  });
});

test("media that cannot be used is a warning each, timestamps put right are none, and both are counted until the encoder goes", async () => {
  const house = new FakeHouse();
  const id = await house.started();
  house.reporter.dropped(inputOf(id, 1), "video codec hvc1");
  house.reporter.repaired(inputOf(id, 2));
  house.reporter.repaired(inputOf(id, 3));
  house.reporter.dropped(inputOf(id, 4), "it is too short");
  expect(house.feed.typesOf(id)).toEqual(["livestream.created", "livestream.started"]);
  house.reporter.disconnected(inputOf(id, 5), null);
  expect(house.feed.events.slice(2)).toMatchObject([
    { type: "ingest.repaired", positionSeconds: 2, data: { count: 2 } },
    { type: "ingest.dropped", positionSeconds: 1, data: { count: 2, reason: "it is too short" } },
    { type: "ingest.disconnected", positionSeconds: 5 },
  ]);
  expect(linesOf(house)).toMatchObject([
    { level: "warn", event: "media_dropped", message: "video codec hvc1" },
    { level: "warn", event: "media_dropped", message: "it is too short" },
  ]);
});

test("what is wrong with an input is an event and a warning, that it is gone is an event and noted", async () => {
  const house = new FakeHouse();
  const id = await house.started();
  house.reporter.problem(inputOf(id), "Sound is wrong.");
  house.reporter.problem(inputOf(id), null);
  expect(house.feed.events.slice(2)).toMatchObject([
    { type: "ingest.problem", instance: "primary", data: { problem: "Sound is wrong." } },
    { type: "ingest.problem", instance: "primary", data: { problem: null } },
  ]);
  const input = { livestreamId: id, instance: "primary" };
  expect(linesOf(house)).toMatchObject([
    { level: "warn", event: "input_problem", ...input, message: "Sound is wrong." },
    { level: "info", event: "input_problem_gone", ...input },
  ]);
});

test("a fault, advice and another format are events, with how long what is over has lasted", async () => {
  const house = new FakeHouse();
  const id = await house.started();
  const began = { state: "began", lastedMs: null, positionSeconds: 1 } as const;
  const ended = { state: "ended", lastedMs: 4000, positionSeconds: 5 } as const;
  house.reporter.fault(inputOf(id, 1), { fault: "frozen", score: 75, ...began });
  house.reporter.fault(inputOf(id, 5), { fault: "frozen", score: 100, ...ended });
  house.reporter.advice(inputOf(id, 6), { advice: "Set closed GOPs.", ...began });
  house.reporter.formatChanged(inputOf(id, 7), FORMAT);
  const at = { livestreamId: id, instance: "primary" };
  expect(house.feed.events.slice(2)).toMatchObject([
    {
      ...{ type: "ingest.fault", ...at, positionSeconds: 1 },
      data: { fault: "frozen", state: "began", score: 75, lastedSeconds: null },
    },
    {
      ...{ type: "ingest.fault", ...at, positionSeconds: 5 },
      data: { fault: "frozen", state: "ended", score: 100, lastedSeconds: 4 },
    },
    {
      ...{ type: "ingest.advice", ...at, positionSeconds: 6 },
      data: { advice: "Set closed GOPs.", state: "began", lastedSeconds: null },
    },
    {
      ...{ type: "ingest.format", ...at, positionSeconds: 7 },
      data: {
        video: { codec: "h264", width: 1280, height: 720 },
        audio: { codec: "aac", sampleRate: 48_000, channels: 2 },
      },
    },
  ]);
  for (const { data } of house.feed.events) {
    expect(data).not.toHaveProperty("lastedMs");
    expect(data).not.toHaveProperty("positionSeconds");
  }
});

describe("a recording that stopped", () => {
  test("while it was live is told of by the conversion", async () => {
    const house = new FakeHouse();
    const id = await house.live();
    house.reporter.recordingStopped(id, "the disk is full", 12.5);
    expect(await house.livestreams.get(id)).toMatchObject({ status: "live", conversion: null });
    await house.livestreams.stop(id);
    await house.livestreams.conversionsSettled();
    expect((await house.livestreams.get(id))?.conversion).toEqual({
      state: "done",
      progress: 1,
      message: "the disk is full",
    });
  });

  test("in its last writes is told of, too", async () => {
    const house = new FakeHouse();
    const id = await house.live();
    const held = Promise.withResolvers<void>();
    house.playouts.holds.set("stop", held.promise);
    const stop = house.livestreams.stop(id);
    house.reporter.recordingStopped(id, "the disk is full", 12.5);
    held.resolve();
    await stop;
    await house.livestreams.conversionsSettled();
    expect((await house.livestreams.get(id))?.conversion?.message).toBe("the disk is full");
  });

  test("ends no broadcast, even where there is no room to write down that it stopped (R5)", async () => {
    const house = new FakeHouse();
    const id = await house.live();
    house.database.run("PRAGMA query_only = ON");
    expect(() => house.reporter.recordingStopped(id, "the disk is full", 12.5)).not.toThrow();
    house.database.run("PRAGMA query_only = OFF");
    expect((await house.livestreams.get(id))?.status).toBe("live");
  });

  test("is an event, where the recording ends, and an error", async () => {
    const house = new FakeHouse();
    const id = await house.live();
    house.reporter.recordingStopped(id, "the disk is full", 12.5);
    expect(house.feed.events.at(-1)).toMatchObject({
      ...{ type: "recording.stopped", livestreamId: id, positionSeconds: 12.5 },
      data: { reason: "the disk is full" },
    });
    expect(linesOf(house)).toMatchObject([
      { level: "error", event: "recording_failed", livestreamId: id, message: "the disk is full" },
    ]);
  });
});

test("a recording that goes on is an event, a warning, and what the asset lacks", async () => {
  const house = new FakeHouse();
  const id = await house.live();
  house.reporter.recordingStopped(id, "the disk is full", 12.5);
  house.reporter.recordingResumed(id, { reason: "the disk is full", seconds: 7.25 }, 12.5);
  expect(house.feed.events.at(-1)).toMatchObject({
    ...{ type: "recording.resumed", livestreamId: id, positionSeconds: 12.5 },
    data: { missingSeconds: 7.25 },
  });
  expect(linesOf(house).at(-1)).toMatchObject({
    ...{ level: "warn", event: "recording_resumed", livestreamId: id, missingSeconds: 7.25 },
  });
  house.reporter.recordingResumed(id, null, 12.5);
  expect(house.feed.events.at(-1)).toMatchObject({ data: { missingSeconds: null } });
  await house.livestreams.stop(id);
  await house.livestreams.conversionsSettled();
  expect((await house.livestreams.get(id))?.conversion?.message).toBe(
    "7.3 s are missing at 12.5 s: the disk is full",
  );
});

test("a recording that was put together anew says so, and its asset does", async () => {
  const house = new FakeHouse();
  const id = await house.live();
  house.reporter.recordingRebuilt(id, "The disk had nothing of it.");
  await house.livestreams.stop(id);
  await house.livestreams.conversionsSettled();
  expect((await house.livestreams.get(id))?.conversion?.message).toBe("The disk had nothing of it.");
});

test("the video source starts when an input first becomes active, until the publish moves it", async () => {
  const house = new FakeHouse();
  const id = await house.receiving();
  const startedAt = async () => {
    await house.turns.settled();
    return (await house.livestreams.get(id))?.startedAtUtc ?? "";
  };
  house.nowMs = Date.UTC(2026, 0, 2);
  house.reporter.active(inputOf(id), FORMAT);
  const first = await startedAt();
  expect(first).toStartWith("2026-01-02T");
  house.nowMs = Date.UTC(2026, 0, 3);
  house.reporter.active(inputOf(id), FORMAT);
  expect(await startedAt()).toBe(first);
  house.nowMs = Date.UTC(2026, 0, 4);
  await house.livestreams.publish(id);
  const publishedAt = await startedAt();
  expect(publishedAt).toStartWith("2026-01-04T");
  house.nowMs = Date.UTC(2026, 0, 5);
  house.reporter.active(inputOf(id), FORMAT);
  expect(await startedAt()).toBe(publishedAt);
});
