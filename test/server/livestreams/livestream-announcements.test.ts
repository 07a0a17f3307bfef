// The feed hears of each change of a livestream once, in order, and at a start of nothing: nothing happened.

import { expect, test } from "bun:test";
import { openDatabase } from "#server/store/sqlite/database.ts";
import { until } from "#test/support/until.ts";
import { FakeHouse } from "./fake-house.ts";

const UP_TO_THE_STOP = ["created", "started", "published", "stopped"].map((what) => `livestream.${what}`);

test("every change of a livestream and its asset is told once, in order", async () => {
  const house = new FakeHouse();
  const { id, mediaId } = await house.finished();
  await house.mediaService.delete(mediaId, { permanent: false });
  await house.mediaService.delete(mediaId, { permanent: false });
  await house.mediaService.recover(mediaId);
  await house.mediaService.recover(mediaId);
  await house.mediaService.delete(mediaId, { permanent: true });
  await house.mediaService.delete(mediaId, { permanent: true });
  expect(house.feed.typesOf(id)).toEqual([
    ...UP_TO_THE_STOP,
    ...["livestream.finished", "media.created", "media.deleted", "media.restored", "media.removed"],
    "livestream.deleted",
  ]);
});

test("the publish and the stop have their places in the recording, what comes before and after has none", async () => {
  const house = new FakeHouse();
  const { id, mediaId } = await house.finished();
  const told = house.feed.events.map(({ type, positionSeconds, data }) => ({ type, positionSeconds, data }));
  expect(told).toEqual([
    { type: "livestream.created", positionSeconds: null, data: { name: "Show" } },
    { type: "livestream.started", positionSeconds: null, data: {} },
    { type: "livestream.published", positionSeconds: 12.5, data: {} },
    { type: "livestream.stopped", positionSeconds: 12.5, data: {} },
    { type: "livestream.finished", positionSeconds: null, data: { mediaId, durationSeconds: 12.5 } },
    { type: "media.created", positionSeconds: null, data: { mediaId } },
  ]);
  expect((await house.livestreams.get(id))?.mediaId).toBe(mediaId);
});

test("a conversion that failed says why, and a deletion is the last that is told", async () => {
  const house = new FakeHouse();
  const id = await house.failed();
  expect(house.feed.events.at(-1)).toMatchObject({ data: { reason: "nothing was recorded" } });
  await house.livestreams.delete(id);
  expect(house.feed.typesOf(id)).toEqual([...UP_TO_THE_STOP, "livestream.failed", "livestream.deleted"]);
});

test("a deleted livestream is forgotten once nothing of it runs, also when it could not be removed", async () => {
  const house = new FakeHouse();
  const held = Promise.withResolvers<void>();
  const id = await house.live();
  house.playouts.holds.set("close", held.promise);
  const deletion = house.livestreams.delete(id);
  await until("the deletion", () => house.playouts.calls.includes(`close ${id}`));
  expect([house.feed.typesOf(id).at(-1), house.feed.forgotten]).toEqual(["livestream.deleted", []]);
  held.reject(new Error("EIO"));
  await expect(deletion).rejects.toThrow("EIO");
  expect(house.feed.forgotten).toEqual([id]);
});

test("what was refused is not told", async () => {
  const house = new FakeHouse();
  const id = await house.create();
  await house.livestreams.publish(id);
  await house.livestreams.stop(id);
  expect(house.feed.typesOf(id)).toEqual(["livestream.created"]);
});

test("at a start nothing is told", async () => {
  const database = openDatabase(":memory:");
  const before = new FakeHouse(database);
  await before.started();
  await before.live();
  await before.finished();
  const after = new FakeHouse(database);
  await after.livestreams.reopen();
  after.livestreams.goOn();
  expect(after.feed.events).toEqual([]);
});
