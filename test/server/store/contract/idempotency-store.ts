// What every store of first answers does.

import { describe, expect, test } from "bun:test";
import { acrossRestart, type NewPlace, withStores } from "./store-place.ts";

const ROUTE = "POST /v2/livestreams";
const ANSWER = { status: 201, headers: { Location: "/v2/livestreams/a" }, body: '{"status":"success"}' };
const DAY_MS = 86_400_000;

/** Whether the promise has settled once everything has run that waits for nothing. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol("pending");
  return (await Promise.race([promise, Bun.sleep(20).then(() => pending)])) !== pending;
}

export function idempotencyStoreContract(newPlace: NewPlace): void {
  describe("a key", () => {
    test("is claimed by the first call, and every later one gets its answer", () =>
      withStores(newPlace, async ({ idempotencyKeys }) => {
        expect(await idempotencyKeys.claim(ROUTE, "k", 0)).toEqual({ state: "claimed" });
        await idempotencyKeys.finish(ROUTE, "k", ANSWER);
        await idempotencyKeys.release(ROUTE, "k");
        expect(await idempotencyKeys.claim(ROUTE, "k", 2)).toEqual({ state: "answered", answer: ANSWER });
      }));

    test("is waited for while its first call is being answered", () =>
      withStores(newPlace, async ({ idempotencyKeys }) => {
        await idempotencyKeys.claim(ROUTE, "k", 0);
        const others = [1, 2].map((nowMs) => idempotencyKeys.claim(ROUTE, "k", nowMs));
        expect(await isSettled(Promise.race(others))).toBe(false);
        await idempotencyKeys.finish(ROUTE, "k", ANSWER);
        expect(await Promise.all(others)).toEqual([1, 2].map(() => ({ state: "answered", answer: ANSWER })));
      }));

    test("that is released goes to one of those who wait, and the others wait for that one", () =>
      withStores(newPlace, async ({ idempotencyKeys }) => {
        await idempotencyKeys.claim(ROUTE, "k", 0);
        const others = [1, 2].map((nowMs) => idempotencyKeys.claim(ROUTE, "k", nowMs));
        await idempotencyKeys.release(ROUTE, "k");
        expect(await Promise.race(others)).toEqual({ state: "claimed" });
        expect(await isSettled(Promise.all(others))).toBe(false);
        await idempotencyKeys.finish(ROUTE, "k", ANSWER);
        expect((await Promise.all(others)).map(({ state }) => state).sort()).toEqual(["answered", "claimed"]);
      }));

    test("is claimed by one of many calls that come at once", () =>
      withStores(newPlace, async ({ idempotencyKeys }) => {
        const calls = Array.from({ length: 10 }, async () => {
          const claim = await idempotencyKeys.claim(ROUTE, "k", 0);
          if (claim.state === "claimed") await idempotencyKeys.finish(ROUTE, "k", ANSWER);
          return claim.state;
        });
        expect((await Promise.all(calls)).filter((state) => state === "claimed")).toHaveLength(1);
      }));

    test("is another one on another route", () =>
      withStores(newPlace, async ({ idempotencyKeys }) => {
        await idempotencyKeys.claim(ROUTE, "k", 0);
        const other = await idempotencyKeys.claim("POST /v2/livestreams/a/start", "k", 0);
        expect(other).toEqual({ state: "claimed" });
      }));

    test("is free again after 24 hours", () =>
      withStores(newPlace, async ({ idempotencyKeys }) => {
        await idempotencyKeys.claim(ROUTE, "k", 0);
        await idempotencyKeys.finish(ROUTE, "k", ANSWER);
        expect((await idempotencyKeys.claim(ROUTE, "k", DAY_MS - 1)).state).toBe("answered");
        expect((await idempotencyKeys.claim(ROUTE, "k", DAY_MS)).state).toBe("claimed");
      }));

    test("that was answered cannot be released", () =>
      withStores(newPlace, async ({ idempotencyKeys }) => {
        await idempotencyKeys.claim(ROUTE, "k", 0);
        await idempotencyKeys.finish(ROUTE, "k", ANSWER);
        await idempotencyKeys.release(ROUTE, "k");
        expect((await idempotencyKeys.claim(ROUTE, "k", 0)).state).toBe("answered");
      }));

    test("is held by no call that the process did not live to answer", () =>
      acrossRestart(
        newPlace,
        async ({ idempotencyKeys }) => {
          await idempotencyKeys.claim(ROUTE, "unanswered", 0);
          await idempotencyKeys.claim(ROUTE, "answered", 0);
          await idempotencyKeys.finish(ROUTE, "answered", ANSWER);
        },
        async ({ idempotencyKeys }) => {
          expect((await idempotencyKeys.claim(ROUTE, "unanswered", 1)).state).toBe("claimed");
          expect((await idempotencyKeys.claim(ROUTE, "answered", 1)).state).toBe("answered");
        },
      ));
  });
}
