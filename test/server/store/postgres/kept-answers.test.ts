import { expect, test } from "bun:test";
import { KeptAnswers } from "#server/store/postgres/kept-answers.ts";

class House {
  writes = 0;
  nowMs = 0;
  /** Times that it was asked for. */
  asked = 0;
  readonly answers = new KeptAnswers<number>({ writes: () => this.writes, monotonicMs: () => this.nowMs });

  get(question = "what"): Promise<number> {
    return this.answers.get(question, async () => {
      this.asked += 1;
      return this.asked;
    });
  }
}

test("an answer is kept for less than a second, each question's apart", async () => {
  const house = new House();
  expect([await house.get(), await house.get("else"), await house.get()]).toEqual([1, 2, 1]);
  house.nowMs = 999;
  expect(await house.get()).toBe(1);
  house.nowMs = 1000;
  expect(await house.get()).toBe(3);
});

test("who asks while it is being asked for waits for the same answer", async () => {
  const house = new House();
  expect(await Promise.all([house.get(), house.get()])).toEqual([1, 1]);
});

test("what was asked for before a write began, or before it ended, is asked for again", async () => {
  const house = new House();
  await house.get();
  house.writes += 1;
  expect(await house.get()).toBe(2);
  const before = house.get();
  house.writes += 1;
  expect(await house.get()).toBe(3);
  expect(await before).toBe(2);
  expect(await house.get()).toBe(3);
});

test("a failure is told to all who wait, and not kept", async () => {
  const house = new House();
  const fail = () => house.answers.get("what", () => Promise.reject(new Error("away")));
  const failures = await Promise.allSettled([fail(), fail()]);
  expect(failures.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await house.get()).toBe(1);
});

test("of a thousand answers the oldest is dropped for the next", async () => {
  const house = new House();
  for (let each = 0; each <= 1000; each += 1) await house.get(String(each));
  expect(await house.get("1")).toBe(2);
  expect(await house.get("0")).toBe(1002);
});
