import { expect, test } from "bun:test";
import { openDatabase } from "#server/store/database.ts";
import { RecordingRemovalStore } from "#server/store/recording-removal-store.ts";

test("a removal is remembered, once, until it is done", () => {
  const store = new RecordingRemovalStore(openDatabase(":memory:"));
  store.add("a");
  store.add("a");
  store.add("b");
  expect(store.all()).toEqual(["a", "b"]);
  store.done("a");
  expect(store.all()).toEqual(["b"]);
});
