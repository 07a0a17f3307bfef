import { expect, test } from "bun:test";
import { openDatabase } from "#server/store/database.ts";
import { TokenStore } from "#server/store/token-store.ts";

test("a token opens what its scope opens until it is revoked", () => {
  const store = new TokenStore(openDatabase(":memory:"));
  const admin = store.create("ci", "admin", 1000);
  const read = store.create("dashboard", "read", 2000);
  expect(store.findByToken(admin.token)?.scope).toBe("admin");
  expect(store.findByToken(read.token)?.scope).toBe("read");
  expect(store.list()).toEqual([admin.row, read.row]);
  expect(store.revoke(admin.row.id)).toBe(true);
  expect(store.revoke(admin.row.id)).toBe(false);
  expect(store.findByToken(admin.token)).toBeNull();
  expect(store.list()).toEqual([read.row]);
});

test("a token is 256 random bits, and no two are the same", () => {
  const store = new TokenStore(openDatabase(":memory:"));
  const tokens = Array.from({ length: 100 }, () => store.create("x", "read", 1).token);
  expect(new Set(tokens).size).toBe(100);
  for (const token of tokens) expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
});

test("what is on disk is not the token", () => {
  const database = openDatabase(":memory:");
  const { token } = new TokenStore(database).create("ci", "admin", 1000);
  expect(Buffer.from(database.serialize()).includes(token)).toBe(false);
});
