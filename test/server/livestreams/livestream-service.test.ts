import { describe, expect, test } from "bun:test";
import type { Refusal } from "#server/livestreams/claim.ts";
import type { Action, Situation } from "#server/livestreams/lifecycle.ts";
import { openDatabase } from "#server/store/sqlite/database.ts";
import { FACTS, FakeHouse } from "./fake-house.ts";

const STREAM_KEY = /^[A-Za-z0-9_-]{32}$/;

/** Brings a livestream into each situation of the lifecycle. */
const INTO: Record<Situation, (house: FakeHouse) => Promise<string>> = {
  created: (house) => house.create(),
  waiting: (house) => house.started(),
  receiving: (house) => house.receiving(),
  live: (house) => house.live(),
  silent: async (house) => {
    const id = await house.live();
    house.playouts.active.delete(id);
    return id;
  },
  converting: async (house) => {
    house.convert = () => new Promise(() => {});
    const id = await house.live();
    await house.livestreams.stop(id);
    return id;
  },
  finished: (house) => house.stopped(),
  failed: (house) => house.failed(),
};

const CALLS: Record<
  Action,
  (house: FakeHouse, id: string) => Promise<{ ok: true } | { ok: false; refusal: Refusal }>
> = {
  start: async (house, id) => await house.livestreams.start(id),
  publish: (house, id) => house.livestreams.publish(id),
  switch: async (house, id) => await house.livestreams.switchTo(id, "primary"),
  stop: (house, id) => house.livestreams.stop(id),
  resetKey: (house, id) => house.livestreams.resetStreamKey(id, "primary"),
  update: async (house, id) => await house.livestreams.update(id, { name: "Renamed" }),
  delete: (house, id) => house.livestreams.delete(id),
};

/** §5 of the contract; a status is what a call that is answered leaves behind, null: nothing. */
const CELLS: readonly [Action, Situation, string | null][] = [
  ["start", "created", "started"],
  ["start", "waiting", "already_started"],
  ["start", "receiving", "already_started"],
  ["start", "live", "already_live"],
  ["start", "silent", "already_live"],
  ["start", "converting", "already_stopped"],
  ["start", "finished", "already_finished"],
  ["start", "failed", "conversion_failed"],
  ["publish", "created", "not_started"],
  ["publish", "waiting", "no_active_ingest"],
  ["publish", "receiving", "live"],
  ["publish", "live", "already_live"],
  ["publish", "silent", "already_live"],
  ["publish", "converting", "already_stopped"],
  ["publish", "finished", "already_finished"],
  ["publish", "failed", "conversion_failed"],
  ["resetKey", "created", "not_started"],
  ["resetKey", "waiting", "started"],
  ["resetKey", "receiving", "started"],
  ["resetKey", "live", "live"],
  ["resetKey", "silent", "live"],
  ["resetKey", "converting", "already_stopped"],
  ["resetKey", "finished", "already_finished"],
  ["resetKey", "failed", "conversion_failed"],
  ["switch", "created", "not_started"],
  ["switch", "waiting", "not_published"],
  ["switch", "receiving", "not_published"],
  ["switch", "live", "live"],
  ["switch", "silent", "no_active_ingest"],
  ["switch", "converting", "already_stopped"],
  ["switch", "finished", "already_finished"],
  ["switch", "failed", "conversion_failed"],
  ["stop", "created", "not_started"],
  ["stop", "waiting", "not_published"],
  ["stop", "receiving", "not_published"],
  ["stop", "live", "converting"],
  ["stop", "silent", "converting"],
  ["stop", "converting", "already_stopped"],
  ["stop", "finished", "already_finished"],
  ["stop", "failed", "conversion_failed"],
  ["update", "created", "created"],
  ["update", "waiting", "started"],
  ["update", "receiving", "started"],
  ["update", "live", "live"],
  ["update", "silent", "live"],
  ["update", "converting", "converting"],
  ["update", "finished", "finished"],
  ["update", "failed", "failed"],
  ["delete", "created", null],
  ["delete", "waiting", null],
  ["delete", "receiving", null],
  ["delete", "live", null],
  ["delete", "silent", null],
  ["delete", "converting", "conversion_in_progress"],
  ["delete", "finished", "converted_to_media"],
  ["delete", "failed", null],
];

describe("the lifecycle", () => {
  test.each(CELLS)("%s while %s leads to %p", async (action, situation, expected) => {
    const house = new FakeHouse();
    const id = await INTO[situation](house);
    const before = await house.livestreams.get(id);
    if (action === "stop") house.convert = () => new Promise(() => {});
    const result = await CALLS[action](house, id);
    const after = await house.livestreams.get(id);
    if (result.ok) {
      expect<string | null>(after?.status ?? null).toBe(expected);
      if (action === "update") expect(after?.name).toBe("Renamed");
    } else {
      expect(result.refusal).toMatchObject({ code: expected, currentStatus: before?.status });
      expect(after).toEqual(before);
    }
  });

  test.each(Object.keys(CALLS) as Action[])("%s of an unknown livestream is not found", async (action) => {
    const unknown = "01890a5d-ac96-774b-bcce-b302099a8057";
    expect(await CALLS[action](new FakeHouse(), unknown)).toEqual({
      ok: false,
      refusal: { code: "not_found" },
    });
  });
});

describe("of two calls that race one wins", () => {
  const codesOf = (results: readonly ({ ok: true } | { ok: false; refusal: Refusal })[]) =>
    results.map((result) => (result.ok ? "ok" : result.refusal.code));

  test("publish and publish", async () => {
    const house = new FakeHouse();
    const id = await house.receiving();
    const results = await Promise.all([house.livestreams.publish(id), house.livestreams.publish(id)]);
    expect(codesOf(results)).toEqual(["ok", "already_live"]);
    expect(house.playouts.calls).toEqual([`open ${id}`, `publish ${id}`]);
  });

  test("stop and stop, while the encoders are still being cut", async () => {
    const house = new FakeHouse();
    const id = await house.live();
    const cut = Promise.withResolvers<void>();
    house.playouts.holds.set("stop", cut.promise);
    const first = house.livestreams.stop(id);
    const second = await house.livestreams.stop(id);
    cut.resolve();
    expect(codesOf([await first, second])).toEqual(["ok", "already_stopped"]);
    await house.livestreams.conversionsSettled();
    expect(house.converted).toEqual([id]);
  });

  test("delete and stop", async () => {
    const house = new FakeHouse();
    const id = await house.live();
    const results = await Promise.all([house.livestreams.delete(id), house.livestreams.stop(id)]);
    expect(codesOf(results)).toEqual(["ok", "not_found"]);
    expect(house.converted).toEqual([]);
  });

  test("a call that lost between its decision and its write is decided again", async () => {
    const house = new FakeHouse();
    const id = await house.create();
    const { changeStatus } = house.stored;
    house.stored.changeStatus = async (...change) => {
      house.stored.changeStatus = changeStatus;
      await house.stored.changeStatus(id, "created", "started", {}, 1);
      return house.stored.changeStatus(...change);
    };
    expect(await house.livestreams.start(id)).toMatchObject({
      ok: false,
      refusal: { code: "already_started" },
    });
    expect(house.playouts.calls).toEqual([]);
  });

  test("stop waits for a publish that is still beginning the programme", async () => {
    const house = new FakeHouse();
    const id = await house.receiving();
    const begun = Promise.withResolvers<void>();
    house.playouts.holds.set("publish", begun.promise);
    const publish = house.livestreams.publish(id);
    const stop = house.livestreams.stop(id);
    await Bun.sleep(0);
    expect(house.playouts.calls).toEqual([`open ${id}`, `publish ${id}`]);
    begun.resolve();
    expect((await publish).ok).toBe(true);
    expect((await stop).ok).toBe(true);
    expect(house.playouts.calls).toEqual([`open ${id}`, `publish ${id}`, `stop ${id}`]);
  });
});

describe("a livestream", () => {
  test("is created with nothing to stream to and nothing to watch", async () => {
    const house = new FakeHouse();
    const created = await house.livestreams.create({
      name: "Show",
      description: "text",
      withDvr: true,
      withBackup: false,
      playbackPolicy: "signed",
    });
    expect(created).toEqual({
      id: created.id,
      name: "Show",
      description: "text",
      withDvr: true,
      withBackup: false,
      playbackPolicy: "signed",
      status: "created",
      onAir: null,
      inputs: [],
      playouts: [],
      thumbnailUrl: null,
      thumbnailSource: null,
      thumbnailUpdatedAtUtc: null,
      mediaId: null,
      recording: null,
      conversion: null,
      createdAtUtc: "2026-01-01T00:00:00.001Z",
      updatedAtUtc: "2026-01-01T00:00:00.001Z",
      ingestStartedAtUtc: null,
      startedAtUtc: null,
      stoppedAtUtc: null,
      finishedAtUtc: null,
    });
    expect(created.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(await house.livestreams.get(created.id)).toEqual(created);
  });

  test("gets at its start an input for each side, with a key of its own", async () => {
    const house = new FakeHouse();
    const id = await house.started();
    const started = await house.livestreams.get(id);
    const keys = started?.inputs.map((input) => input.streamKey) ?? [];
    expect(keys).toEqual([expect.stringMatching(STREAM_KEY), expect.stringMatching(STREAM_KEY)]);
    expect(new Set(keys).size).toBe(2);
    expect(started?.inputs).toEqual([
      {
        ...{ instance: "primary", primary: true, source: "rtmp", active: false },
        ...{ url: `rtmp://example.com/live/${keys[0]}`, serverUrl: "rtmp://example.com/live" },
        ...{ streamKey: keys[0] ?? "", connectedAtUtc: null, lastSeenAtUtc: null, video: null, audio: null },
        ...{ health: null, advice: [], problem: null },
      },
      expect.objectContaining({ instance: "secondary", primary: false, streamKey: keys[1] }),
    ]);
    expect(started?.ingestStartedAtUtc).not.toBeNull();
    expect(house.playouts.streamKeys.get(id)).toEqual({
      primary: keys[0] ?? null,
      secondary: keys[1] ?? null,
    });
  });

  test("shows of each input how fit it is, what would make it better and what is wrong", async () => {
    const house = new FakeHouse();
    const id = await house.started();
    const judged = {
      health: { score: 65, faults: ["audio-missing"] },
      advice: ["Set the key frame interval to 2 s."],
      problem: "Sound is wrong.",
    } as const;
    house.playouts.judged = judged;
    const inputs = (await house.livestreams.get(id))?.inputs;
    expect(inputs).toMatchObject([judged, judged]);
  });

  test("without a backup has one input", async () => {
    const house = new FakeHouse();
    const id = await house.started({ withBackup: false });
    expect((await house.livestreams.get(id))?.inputs.map((input) => input.instance)).toEqual(["primary"]);
    expect(house.playouts.streamKeys.get(id)?.secondary).toBeNull();
  });

  test("can be watched while it is live, and says who is on air", async () => {
    const house = new FakeHouse();
    const id = await house.live();
    house.playouts.active.set(id, "secondary");
    expect(await house.livestreams.get(id)).toMatchObject({
      status: "live",
      onAir: "secondary",
      playouts: [
        { instance: "auto", type: "hls", url: `https://example.com/live/${id}/index.m3u8`, live: true },
        { instance: "primary", url: `https://example.com/live/${id}/primary/index.m3u8`, live: true },
        { instance: "secondary", url: `https://example.com/live/${id}/secondary/index.m3u8`, live: true },
      ],
    });
    house.playouts.active.delete(id);
    expect(await house.livestreams.get(id)).toMatchObject({ status: "live", onAir: null });
  });

  test("says how long its recording is, and whether it goes on", async () => {
    const house = new FakeHouse();
    const id = await house.live();
    const recording = async () => (await house.livestreams.get(id))?.recording;
    expect(await recording()).toEqual({ active: true, durationSeconds: 12.5, message: null });
    house.playouts.areRecorded = false;
    await house.stored.noteRecordingStop(id, "the disk is full", 1);
    expect(await recording()).toEqual({ active: false, durationSeconds: 12.5, message: "the disk is full" });
  });

  test("is switched to the instance that was asked for, if that one has an encoder", async () => {
    const house = new FakeHouse();
    const id = await house.live();
    house.playouts.active.set(id, "secondary");
    expect(await house.livestreams.switchTo(id, "secondary")).toMatchObject({
      ok: true,
      livestream: { status: "live" },
    });
    expect(house.playouts.calls).toContain(`switch secondary of ${id}`);
    expect(await house.livestreams.switchTo(id, "primary")).toMatchObject({
      ok: false,
      refusal: { code: "no_active_ingest", currentStatus: "live" },
    });
  });

  test("is stopped without keys, inputs and encoders, and its playout is no longer live", async () => {
    const house = new FakeHouse();
    const id = await house.live();
    house.playouts.active.delete(id);
    const result = await house.livestreams.stop(id);
    expect(result).toMatchObject({
      ok: true,
      livestream: {
        status: "converting",
        onAir: null,
        inputs: [],
        playouts: [{ url: `https://example.com/live/${id}/index.m3u8`, live: false }],
        mediaId: null,
        conversion: { state: "running", progress: 0, message: null },
        finishedAtUtc: null,
      },
    });
    expect(await house.stored.find(id)).toMatchObject({ primaryStreamKey: null, secondaryStreamKey: null });
    expect(house.playouts.calls.at(-1)).toBe(`stop ${id}`);
  });

  test("becomes an asset that carries its name", async () => {
    const house = new FakeHouse();
    const { id, mediaId } = await house.finished();
    expect(await house.livestreams.get(id)).toMatchObject({
      status: "finished",
      mediaId,
      playouts: [{ instance: "auto", url: `https://example.com/media/${mediaId}/index.m3u8`, live: false }],
      conversion: { state: "done", progress: 1, message: null },
      finishedAtUtc: expect.any(String),
    });
    expect(await house.media.find(mediaId)).toMatchObject({ livestreamId: id, name: "Show", ...FACTS });
  });

  test("whose conversion failed says why, keeps its recording and has nothing to watch", async () => {
    const house = new FakeHouse();
    const id = await house.failed();
    expect(await house.livestreams.get(id)).toMatchObject({
      ...{ status: "failed", mediaId: null, playouts: [], finishedAtUtc: null },
      conversion: { state: "failed", progress: 0, message: "nothing was recorded" },
    });
    expect(house.removed).toEqual([]);
  });

  test("whose conversion broke is failed too, not converting for ever", async () => {
    const house = new FakeHouse();
    house.convert = async () => {
      throw new Error("EIO");
    };
    const id = await house.stopped();
    expect((await house.livestreams.get(id))?.conversion).toEqual({
      state: "failed",
      progress: 0,
      message: "the recording could not be read: Error: EIO",
    });
  });

  test("is deleted with its playout and everything recorded", async () => {
    const house = new FakeHouse();
    const id = await house.live();
    expect(await house.livestreams.delete(id)).toEqual({ ok: true });
    expect(await house.livestreams.get(id)).toBeNull();
    expect(house.playouts.calls.at(-1)).toBe(`close ${id}`);
    expect(house.removed).toEqual([id]);
  });

  test("that could not begin its programme can be published again", async () => {
    const house = new FakeHouse();
    const id = await house.receiving();
    const broken = Promise.reject(new Error("EMFILE"));
    broken.catch(() => {});
    house.playouts.holds.set("publish", broken);
    await expect(house.livestreams.publish(id)).rejects.toThrow("EMFILE");
    expect(await house.livestreams.get(id)).toMatchObject({ status: "started", startedAtUtc: null });
    house.playouts.holds.clear();
    expect((await house.livestreams.publish(id)).ok).toBe(true);
  });
});

describe("an update", () => {
  test("changes what it names and when it was updated", async () => {
    const house = new FakeHouse();
    const id = await house.create();
    const before = await house.livestreams.get(id);
    const result = await house.livestreams.update(id, { description: "new", withBackup: false });
    expect(result).toMatchObject({
      ok: true,
      livestream: { name: "Show", description: "new", withBackup: false },
    });
    expect((await house.livestreams.get(id))?.updatedAtUtc).not.toBe(before?.updatedAtUtc);
  });

  test("of the sides is refused once started, but repeating them is not", async () => {
    const house = new FakeHouse();
    const id = await house.started();
    expect(await house.livestreams.update(id, { name: "New", withDvr: true })).toMatchObject({
      refusal: { code: "already_started", currentStatus: "started" },
    });
    expect((await house.livestreams.get(id))?.name).toBe("Show");
    expect((await house.livestreams.update(id, { name: "New", withDvr: false, withBackup: true })).ok).toBe(
      true,
    );
  });
});

test("an ended playlist is closed after its grace, which is longer with DVR", async () => {
  const house = new FakeHouse();
  const id = await house.stopped({ withDvr: true });
  expect(house.delays.map((delay) => delay.milliseconds)).toEqual([60_000 + 12_500]);
  expect(house.playouts.calls).not.toContain(`close ${id}`);
  house.delays[0]?.pass();
  await Bun.sleep(0);
  expect(house.playouts.calls.at(-1)).toBe(`close ${id}`);
});

/** As at the start of a process; conversions and removals go on behind it. */
async function resume(house: FakeHouse): Promise<void> {
  await house.livestreams.reopen();
  house.livestreams.goOn();
}

describe("a restart", () => {
  test("goes on with every livestream where it was, under the same keys", async () => {
    const database = openDatabase(":memory:");
    const before = new FakeHouse(database);
    const created = await before.create();
    const started = await before.started({ withBackup: false });
    const live = await before.live();
    const finished = await before.finished();
    const keysOf = (id: string) => before.playouts.streamKeys.get(id) ?? { primary: null, secondary: null };

    const after = new FakeHouse(database);
    await resume(after);
    expect(after.playouts.calls).toEqual([`open ${started}`, `open ${live}`, `publish ${live}`]);
    expect(after.playouts.streamKeys.get(started)).toEqual(keysOf(started));
    expect(after.playouts.streamKeys.get(live)).toEqual(keysOf(live));
    const statuses = await Promise.all(
      [created, started, live, finished.id].map((id) => after.livestreams.status(id)),
    );
    expect(statuses).toEqual(["created", "started", "live", "finished"]);
    expect(after.converted).toEqual([]);
  });

  test("finishes a conversion, to one asset, however often it was cut short", async () => {
    const database = openDatabase(":memory:");
    const before = new FakeHouse(database);
    before.convert = () => new Promise(() => {});
    const id = await before.live();
    await before.livestreams.stop(id);

    const cutShort = new FakeHouse(database);
    cutShort.convert = (_, signal) =>
      new Promise((resolve) =>
        signal.addEventListener("abort", () => resolve({ ok: false, message: "aborted" })),
      );
    await resume(cutShort);
    await Bun.sleep(0);
    await cutShort.livestreams.shutdown();
    expect((await cutShort.livestreams.get(id))?.status).toBe("converting");

    const after = new FakeHouse(database);
    await resume(after);
    await after.livestreams.conversionsSettled();
    expect((await after.livestreams.get(id))?.status).toBe("finished");
    expect((await after.mediaService.list({ page: 0, perpage: 10, sort: null, status: "ready" })).total).toBe(
      1,
    );

    const later = new FakeHouse(database);
    await resume(later);
    expect(later.converted).toEqual([]);
  });

  test("removes what a deletion did not get to remove", async () => {
    const database = openDatabase(":memory:");
    const before = new FakeHouse(database);
    before.removeRecording = async () => {
      throw new Error("EIO");
    };
    const id = await before.live();
    await expect(before.livestreams.delete(id)).rejects.toThrow("EIO");

    const after = new FakeHouse(database);
    await after.livestreams.reopen();
    expect(after.removed).toEqual([]);
    after.livestreams.goOn();
    await after.livestreams.shutdown();
    expect(after.removed).toEqual([id]);
    after.livestreams.goOn();
    await after.livestreams.shutdown();
    expect(after.removed).toEqual([id]);
  });

  test("has every input and playlist open before anything that takes its time", async () => {
    const database = openDatabase(":memory:");
    const before = new FakeHouse(database);
    before.convert = () => new Promise(() => {});
    const started = await before.started();
    const live = await before.live();
    const converting = await before.live();
    await before.livestreams.stop(converting);
    const after = new FakeHouse(database);
    await after.livestreams.reopen();
    expect(after.playouts.calls).toEqual([
      ...[`open ${started}`, `open ${live}`, `open ${converting}`],
      ...[`publish ${live}`, `reopenEnded ${converting}`],
    ]);
    expect(after.playouts.streamKeys.get(converting)).toEqual({ primary: null, secondary: null });
    expect(after.converted).toEqual([]);
    after.livestreams.goOn();
    await after.livestreams.conversionsSettled();
    expect(after.converted).toEqual([converting]);
  });

  test("opens no livestream behind another's journal", async () => {
    const database = openDatabase(":memory:");
    const before = new FakeHouse(database);
    const ids = [await before.live(), await before.live(), await before.live()];
    const after = new FakeHouse(database);
    const slow = Promise.withResolvers<void>();
    after.playouts.holds.set("publish", slow.promise);
    const reopened = after.livestreams.reopen();
    await Bun.sleep(0);
    expect(after.playouts.calls.filter((call) => call.startsWith("publish"))).toHaveLength(ids.length);
    slow.resolve();
    await reopened;
  });

  test("is not held up by a disk that takes its time, and says whose livestream that is", async () => {
    const database = openDatabase(":memory:");
    const before = new FakeHouse(database);
    before.convert = () => new Promise(() => {});
    const live = await before.live();
    const converting = await before.live();
    await before.livestreams.stop(converting);
    const after = new FakeHouse(database);
    const disk = Promise.withResolvers<void>();
    after.playouts.holds.set("reopenEnded", disk.promise);
    const reopened = after.livestreams.reopen();
    await Bun.sleep(0); // The other one is done.
    expect(after.delays[0]?.milliseconds).toBe(1000);
    after.delays[0]?.pass();
    await reopened;
    expect(after.playouts.calls).toContain(`publish ${live}`);
    const late = after.logged.filter((line) => line.includes("livestream_reopens_late"));
    expect(late.map((line) => JSON.parse(line))).toMatchObject([
      { level: "error", livestreamId: converting },
    ]);

    after.livestreams.goOn();
    await after.livestreams.conversionsSettled();
    expect(after.converted).toEqual([]);
    disk.resolve();
    await Bun.sleep(0);
    await after.livestreams.conversionsSettled();
    expect(after.converted).toEqual([converting]);
  });

  test("ends all the same, when it is asked to, while a disk takes its time", async () => {
    const database = openDatabase(":memory:");
    await new FakeHouse(database).live();
    const after = new FakeHouse(database);
    after.playouts.holds.set("publish", new Promise(() => {}));
    const reopened = after.livestreams.reopen();
    await Bun.sleep(0);
    after.delays[0]?.pass();
    await reopened;
    const ended = after.livestreams.shutdown();
    expect(after.delays[1]?.milliseconds).toBe(3000);
    after.delays[1]?.pass();
    await ended;
  });

  test("is not held up by one livestream that cannot go on", async () => {
    const database = openDatabase(":memory:");
    const before = new FakeHouse(database);
    const ids = [await before.live(), await before.live()];
    const after = new FakeHouse(database);
    const broken = Promise.reject(new Error("the journal is of another version"));
    broken.catch(() => {});
    after.playouts.holds.set("publish", broken);
    await resume(after);
    expect(after.playouts.calls.filter((call) => call.startsWith("publish"))).toEqual(
      ids.map((id) => `publish ${id}`),
    );
    expect(after.logged.filter((line) => line.includes("livestream_not_resumed"))).toHaveLength(2);
  });
});

test("secrets are in no log line", async () => {
  const house = new FakeHouse();
  const id = await house.live();
  const keys = Object.values(house.playouts.streamKeys.get(id) ?? {});
  await house.livestreams.stop(id);
  await house.livestreams.conversionsSettled();
  expect(house.logged.length).toBeGreaterThan(0);
  for (const key of keys) expect(house.logged.join("")).not.toContain(key ?? "");
});
