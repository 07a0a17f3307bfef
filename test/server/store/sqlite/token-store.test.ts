import { expect, test } from "bun:test";
import { openDatabase } from "#server/store/sqlite/database.ts";
import { SqliteTokenStore } from "#server/store/sqlite/token-store.ts";

test("what is on disk is not the token", async () => {
  const database = openDatabase(":memory:");
  const { token } = await new SqliteTokenStore(database).create("ci", "admin", 1000);
  expect(Buffer.from(database.serialize()).includes(token)).toBe(false);
});
