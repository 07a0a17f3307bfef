import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StartError } from "#server/common/start-error.ts";
import { adminTokenIn, scopesOf } from "#server/store/admin-token.ts";
import { openDatabase } from "#server/store/sqlite/database.ts";
import { SqliteTokenStore } from "#server/store/sqlite/token-store.ts";

let folder = "";
let file = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tandem-admin-token-"));
  file = join(folder, "admin-token");
});

afterEach(() => rmSync(folder, { recursive: true }));

test("the first start makes a token, the next ones find it", () => {
  const token = adminTokenIn(file);
  expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(readFileSync(file, "utf8")).toBe(`${token}\n`);
  expect(adminTokenIn(file)).toBe(token);
  expect(readdirSync(folder)).toEqual(["admin-token"]);
});

test("only its owner may read the file", () => {
  adminTokenIn(file);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("a token that somebody wrote there is taken", () => {
  writeFileSync(file, "chosen-by-hand\n");
  expect(adminTokenIn(file)).toBe("chosen-by-hand");
});

test("a file without a token is a reason not to start, and its content stays secret", () => {
  writeFileSync(file, "pass phrase\n");
  expect(() => adminTokenIn(file)).toThrow(
    new StartError(`${file} holds no token; remove it to have a new one made`),
  );
});

test("the admin token and the stored ones open what they are for, everything else nothing", async () => {
  const tokens = new SqliteTokenStore(openDatabase(":memory:"));
  const { token, row } = await tokens.create("dashboard", "read", 1000);
  const scopeOf = scopesOf("the-admin-token", tokens, () => 2000);
  expect(await scopeOf("the-admin-token")).toBe("admin");
  expect(await scopeOf(token)).toBe("read");
  expect(await scopeOf("the-admin-token ")).toBeNull();
  expect(await scopeOf("")).toBeNull();
  await tokens.revoke(row.id);
  expect(await scopeOf(token)).toBeNull();
});

test("that a token was used is noted once in a minute, also where the clock was set back, and never of an unknown one", async () => {
  const tokens = new SqliteTokenStore(openDatabase(":memory:"));
  const { token, row } = await tokens.create("dashboard", "read", 1000);
  let nowMs = 100_000;
  const scopeOf = scopesOf("the-admin-token", tokens, () => nowMs);
  const usedAt = async (atMs: number, secret = token) => {
    nowMs = atMs;
    await scopeOf(secret);
    return (await tokens.findByToken(token))?.lastUsedAtMs;
  };
  expect(row.lastUsedAtMs).toBeNull();
  expect(await usedAt(100_000, "the-admin-token")).toBeNull();
  expect(await usedAt(100_000)).toBe(100_000);
  expect(await usedAt(159_999)).toBe(100_000);
  expect(await usedAt(160_000)).toBe(160_000);
  expect(await usedAt(100_001)).toBe(160_000);
  expect(await usedAt(100_000)).toBe(100_000);
});

test("a disk that does not take it is no reason to refuse a call", async () => {
  const tokens = new SqliteTokenStore(openDatabase(":memory:"));
  const { token } = await tokens.create("dashboard", "read", 1000);
  const noteUse = () => Promise.reject(new Error("the disk is full"));
  const findByToken = (secret: string) => tokens.findByToken(secret);
  expect(await scopesOf("the-admin-token", { findByToken, noteUse }, () => 1000)(token)).toBe("read");
});
