// Livestreams while the database can be read and not written (K9).

import { describe, expect, test } from "bun:test";
import { UnavailableError } from "#server/common/unavailable-error.ts";
import { openDatabase } from "#server/store/sqlite/database.ts";
import { until } from "#test/support/until.ts";
import { FakeHouse } from "./fake-house.ts";

async function liveOnUnwritable(): Promise<{ house: FakeHouse; id: string }> {
  const house = new FakeHouse();
  const id = await house.live();
  house.isWritable = false;
  return { house, id };
}

/** What the call rejects with. */
async function failureOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => null,
    (error: unknown) => error,
  );
}

describe("a stop that cannot be written", () => {
  test("ends the broadcast all the same, and says what is not done", async () => {
    const { house, id } = await liveOnUnwritable();
    const failure = await failureOf(house.livestreams.stop(id));
    expect(failure).toBeInstanceOf(UnavailableError);
    expect(failure).toMatchObject({
      code: "disk_read_only",
      message: expect.stringMatching(/^The broadcast is over: .*still live by its status/),
    });
    expect(house.playouts.calls).toEqual([`open ${id}`, `publish ${id}`, `stop ${id}`]);
    expect(await house.livestreams.get(id)).toMatchObject({ status: "live", onAir: null });
    expect(house.converted).toEqual([]);
  });

  test("is written when it can be, with the time of the stop, and the conversion follows", async () => {
    const { house, id } = await liveOnUnwritable();
    await failureOf(house.livestreams.stop(id));
    const stoppedBeforeMs = house.nowMs;
    house.nowMs += 60_000;
    house.isWritable = true;
    const finished = await until("the conversion", async () => {
      const livestream = await house.livestreams.get(id);
      return livestream?.status === "finished" ? livestream : null;
    });
    expect(Date.parse(finished.stoppedAtUtc ?? "")).toBeLessThanOrEqual(stoppedBeforeMs);
    expect(house.feed.typesOf(id).filter((type) => type === "livestream.stopped")).toHaveLength(1);
    expect(house.converted).toEqual([id]);
  });

  test("asked for again ends nothing twice, and is done by whichever can write first", async () => {
    const { house, id } = await liveOnUnwritable();
    await failureOf(house.livestreams.stop(id));
    const stoppedBeforeMs = house.nowMs;
    await failureOf(house.livestreams.stop(id));
    house.nowMs += 60_000;
    house.isWritable = true;
    const result = await house.livestreams.stop(id);
    expect(result).toMatchObject({ ok: true, livestream: { status: "converting" } });
    await house.livestreams.conversionsSettled();
    const livestream = await house.livestreams.get(id);
    expect(Date.parse(livestream?.stoppedAtUtc ?? "")).toBeLessThanOrEqual(stoppedBeforeMs);
    await house.owed.retry();
    await house.livestreams.conversionsSettled();
    expect(house.converted).toEqual([id]);
  });

  test("is forgotten with the process: the livestream is live at the next start", async () => {
    const { house, id } = await liveOnUnwritable();
    await failureOf(house.livestreams.stop(id));
    house.isWritable = true;
    const next = new FakeHouse(house.database);
    expect((await next.livestreams.get(id))?.status).toBe("live");
  });

  test("of a livestream that is not live is an error, and ends nothing", async () => {
    const house = new FakeHouse();
    const id = await house.stopped();
    const { length } = house.playouts.calls;
    house.isWritable = false;
    expect(await house.livestreams.stop(id)).toMatchObject({
      ok: false,
      refusal: { code: "already_finished" },
    });
    expect(house.playouts.calls).toHaveLength(length);
  });
});

test.each([
  ["start", (house: FakeHouse, id: string) => house.livestreams.start(id)],
  ["create", (house: FakeHouse) => house.create()],
])("a %s is an error of the disk's", async (_, call) => {
  const house = new FakeHouse();
  const id = await house.create();
  house.isWritable = false;
  expect(String(await failureOf(call(house, id)))).toContain("readonly");
});

test("a publish is an error of the disk's, and begins nothing", async () => {
  const house = new FakeHouse();
  const id = await house.receiving();
  house.playouts.calls.splice(0);
  house.isWritable = false;
  expect(String(await failureOf(house.livestreams.publish(id)))).toContain("readonly");
  expect(house.playouts.calls).toEqual([]);
});

test("a publish that failed is undone when that can be written", async () => {
  const house = new FakeHouse();
  const id = await house.receiving();
  const held = Promise.withResolvers<void>();
  house.playouts.holds.set("publish", held.promise);
  const publish = failureOf(house.livestreams.publish(id));
  await until("the publish", () => house.playouts.calls.includes(`publish ${id}`));
  house.isWritable = false;
  held.reject(new Error("no programme"));
  expect(String(await publish)).toContain("no programme");
  expect(await house.livestreams.status(id)).toBe("live");
  house.isWritable = true;
  await until("the status of before", async () => (await house.livestreams.status(id)) === "started");
});

test("why a recording stopped, and when the source started, are written when that is possible", async () => {
  const house = new FakeHouse();
  const live = await house.live();
  const waiting = await house.started();
  house.isWritable = false;
  house.reporter.recordingStopped(live, "EROFS: read-only file system, write", 1);
  house.reporter.active(
    { livestreamId: waiting, instance: "primary", positionSeconds: null },
    { video: null, audio: null },
  );
  const activeBeforeMs = house.nowMs;
  house.nowMs += 60_000;
  house.isWritable = true;
  await until("what was owed", () => house.owed.count === 0);
  expect((await house.stored.find(live))?.conversionMessage).toBe("EROFS: read-only file system, write");
  expect((await house.stored.find(waiting))?.startedAtMs).toBeLessThanOrEqual(activeBeforeMs);
});

test("a conversion waits for the disk, whether it cannot be read or its end cannot be written", async () => {
  const house = new FakeHouse();
  const id = await house.live();
  let tries = 0;
  const { convert } = house;
  house.convert = async (...of) => {
    tries += 1;
    if (tries === 1) throw Object.assign(new Error("EROFS: read-only file system"), { code: "EROFS" });
    house.isWritable = tries !== 2;
    return convert(...of);
  };
  await house.livestreams.stop(id);
  for (let waits = 1; waits <= 2; waits += 1) {
    await until("the wait", () => house.delays.length === waits);
    expect(await house.livestreams.status(id)).toBe("converting");
    house.isWritable = true;
    house.delays.at(-1)?.pass();
  }
  await until("the end", async () => (await house.livestreams.status(id)) === "finished");
  expect(house.delays.slice(0, 2).map(({ milliseconds }) => milliseconds)).toEqual([5000, 5000]);
});

test("a conversion that finds the disk full has failed, and says so", async () => {
  const house = new FakeHouse();
  house.convert = async () => {
    throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
  };
  const id = await house.stopped();
  expect(await house.livestreams.get(id)).toMatchObject({
    status: "failed",
    conversion: { message: expect.stringContaining("ENOSPC") },
  });
});

test("a deletion whose files cannot be removed says so; they go at the next start", async () => {
  const house = new FakeHouse(openDatabase(":memory:"));
  const id = await house.create();
  house.removeRecording = async () => {
    throw Object.assign(new Error("EROFS: read-only file system"), { code: "EROFS" });
  };
  expect(await failureOf(house.livestreams.delete(id))).toMatchObject({
    code: "disk_read_only",
    message: expect.stringMatching(/^The livestream is deleted\. But the disk cannot be written/),
  });
  expect(await house.livestreams.get(id)).toBeNull();
  const next = new FakeHouse(house.database);
  await next.livestreams.reopen();
  next.livestreams.goOn();
  await next.livestreams.shutdown();
  expect(next.removed).toEqual([id]);
});
