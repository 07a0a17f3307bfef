import { expect, test } from "bun:test";
import { openDatabase } from "#server/store/database.ts";
import { RisingTimeStore } from "#server/store/rising-time-store.ts";

test("there is one mark, the last that was written", () => {
  const store = new RisingTimeStore(openDatabase(":memory:"));
  expect(store.read()).toBeNull();
  store.write({ reservedMs: 3, risenMs: 2, dateMs: 1 });
  store.write({ reservedMs: 1_795_521_600_300, risenMs: 1_795_521_600_200, dateMs: -5 });
  expect(store.read()).toEqual({ reservedMs: 1_795_521_600_300, risenMs: 1_795_521_600_200, dateMs: -5 });
});
