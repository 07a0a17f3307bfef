import { expect, test } from "bun:test";
import { openDatabase } from "#server/store/database.ts";
import { IdempotencyStore } from "#server/store/idempotency-store.ts";

const ROUTE = "POST /v2/livestreams";
const ANSWER = { status: 201, headers: { Location: "/v2/livestreams/a" }, body: '{"status":"success"}' };
const DAY_MS = 86_400_000;

test("the first call claims a key, and every later one gets its answer", () => {
  const store = new IdempotencyStore(openDatabase(":memory:"));
  expect(store.claim(ROUTE, "k", 0)).toEqual({ state: "claimed" });
  expect(store.claim(ROUTE, "k", 1)).toEqual({ state: "pending" });
  store.finish(ROUTE, "k", ANSWER);
  expect(store.claim(ROUTE, "k", 2)).toEqual({ state: "answered", answer: ANSWER });
});

test("the same key on another route is another key", () => {
  const store = new IdempotencyStore(openDatabase(":memory:"));
  store.claim(ROUTE, "k", 0);
  expect(store.claim("POST /v2/livestreams/a/start", "k", 0)).toEqual({ state: "claimed" });
});

test("an answer is forgotten after 24 hours", () => {
  const store = new IdempotencyStore(openDatabase(":memory:"));
  store.claim(ROUTE, "k", 0);
  store.finish(ROUTE, "k", ANSWER);
  expect(store.claim(ROUTE, "k", DAY_MS - 1).state).toBe("answered");
  expect(store.claim(ROUTE, "k", DAY_MS).state).toBe("claimed");
});

test("a released key can be claimed again, an answered one cannot be released", () => {
  const store = new IdempotencyStore(openDatabase(":memory:"));
  store.claim(ROUTE, "k", 0);
  store.release(ROUTE, "k");
  expect(store.claim(ROUTE, "k", 0).state).toBe("claimed");
  store.finish(ROUTE, "k", ANSWER);
  store.release(ROUTE, "k");
  expect(store.claim(ROUTE, "k", 0).state).toBe("answered");
});

test("a call that the process did not live to answer holds no key after the restart", () => {
  const database = openDatabase(":memory:");
  const before = new IdempotencyStore(database);
  before.claim(ROUTE, "unanswered", 0);
  before.claim(ROUTE, "answered", 0);
  before.finish(ROUTE, "answered", ANSWER);
  const after = new IdempotencyStore(database);
  expect(after.claim(ROUTE, "unanswered", 1).state).toBe("claimed");
  expect(after.claim(ROUTE, "answered", 1).state).toBe("answered");
});
