// Whoever is told of statuses hears of each change once, and at a start of those that go on.

import { expect, test } from "bun:test";
import { openDatabase } from "#server/store/database.ts";
import { FakeHouse } from "./fake-house.ts";

test("every change of a status is announced once, in order", async () => {
  const house = new FakeHouse();
  const { id, mediaId } = await house.finished();
  await house.mediaService.delete(mediaId, { permanent: true });
  expect(house.statuses).toEqual(
    ["started", "live", "converting", "finished", "deleted"].map((status) => `${status} ${id}`),
  );
});

test("a conversion that failed and a deletion are announced", async () => {
  const house = new FakeHouse();
  const id = await house.failed();
  await house.livestreams.delete(id);
  expect(house.statuses.slice(2)).toEqual([`converting ${id}`, `failed ${id}`, `deleted ${id}`]);
});

test("what was refused is not announced", async () => {
  const house = new FakeHouse();
  const id = house.create();
  await house.livestreams.publish(id);
  await house.livestreams.stop(id);
  expect(house.statuses).toEqual([]);
});

test("at a start those that run are announced, and no others", async () => {
  const database = openDatabase(":memory:");
  const before = new FakeHouse(database);
  const [started, live] = [before.started(), await before.live()];
  before.create();
  await before.finished();
  const after = new FakeHouse(database);
  await after.livestreams.resumeAll();
  expect(after.statuses).toEqual([`started ${started}`, `live ${live}`]);
});
