import { describe, expect, test } from "bun:test";
import type { OnAirChange } from "#server/switching/switcher.ts";
import { FakeHouse } from "./fake-house.ts";

const VIDEO = {
  ...{ codec: "h264", width: 1280, height: 720, frameRate: 25, bitrateKbps: 0 },
  keyFrameIntervalSeconds: null,
};
const AUDIO = { codec: "aac", sampleRate: 48_000, channels: 2, bitrateKbps: 0 };
const FORMAT = { video: VIDEO, audio: AUDIO };

const SWITCH: OnAirChange = {
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

test("an encoder that is turned away is an event, and a warning", async () => {
  const house = new FakeHouse();
  const id = await house.started();
  house.reporter.refused(inputOf(id));
  expect(house.feed.events.at(-1)).toMatchObject({
    ...{ type: "ingest.refused", instance: "primary" },
    data: { reason: "another encoder publishes with this stream key" },
  });
  expect(linesOf(house)).toMatchObject([{ level: "warn", event: "publisher_refused_busy" }]);
});

test("a switch is told with its cause, both scores, the faults and the gap, of the side that is on air now", async () => {
  const house = new FakeHouse();
  const id = await house.started();
  house.reporter.switched(id, SWITCH, 61.2);
  expect(house.feed.events.at(-1)).toMatchObject({
    ...{ type: "playout.switched", livestreamId: id, instance: "secondary", positionSeconds: 61.2 },
    data: SWITCH,
  });
  expect(linesOf(house)).toMatchObject([
    { event: "on_air_changed", livestreamId: id, ...SWITCH, faults: "frozen audio-missing" },
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

test("media that cannot be used is a warning and no event", async () => {
  const house = new FakeHouse();
  const id = await house.started();
  house.reporter.dropped(inputOf(id), "video codec hvc1");
  expect(house.feed.typesOf(id)).toEqual(["livestream.created", "livestream.started"]);
  expect(linesOf(house)).toMatchObject([
    { level: "warn", event: "media_dropped", message: "video codec hvc1" },
  ]);
});

test("what is wrong with an input is a warning, that it is gone is noted, and neither is an event", async () => {
  const house = new FakeHouse();
  const id = await house.started();
  house.reporter.problem(inputOf(id), "Sound is wrong.");
  house.reporter.problem(inputOf(id), null);
  expect(house.feed.typesOf(id)).toEqual(["livestream.created", "livestream.started"]);
  const input = { livestreamId: id, instance: "primary" };
  expect(linesOf(house)).toMatchObject([
    { level: "warn", event: "input_problem", ...input, message: "Sound is wrong." },
    { level: "info", event: "input_problem_gone", ...input },
  ]);
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
