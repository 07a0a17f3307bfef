import { expect, test } from "bun:test";
import { PageWalks } from "#server/stats/page-walks.ts";

test("a walk that nobody began sees what there is, and goes on with that", () => {
  const walks = new PageWalks();
  expect(walks.endOf("a", 3, 100, 0)).toBe(100);
  expect(walks.endOf("a", 4, 110, 0)).toBe(100);
});

test("what was removed meanwhile is not promised", () => {
  const walks = new PageWalks();
  walks.endOf("a", 0, 100, 0);
  expect(walks.endOf("a", 1, 0, 0)).toBe(0);
});

test("walks are bounded: of more than ten thousand the one that rests longest is forgotten", () => {
  const walks = new PageWalks();
  for (let each = 0; each <= 10_001; each += 1) walks.endOf(`walker ${each}`, 0, 100, 0);
  walks.endOf("one more", 0, 100, 0);
  expect(walks.endOf("walker 0", 1, 200, 0)).toBe(200);
  expect(walks.endOf("walker 9000", 1, 200, 0)).toBe(100);
});

test("somebody who asks for the newest page again and again does not move another's walk", () => {
  const walks = new PageWalks();
  expect(walks.endOf("token", 0, 100, 0)).toBe(100);
  expect(walks.endOf("token", 1, 101, 1)).toBe(100);
  for (let time = 2; time < 50; time += 1) {
    expect(walks.endOf("token", 0, 100 + time, time)).toBe(100 + time);
    expect(walks.endOf("token", time, 100 + time, time)).toBe(100);
  }
});

test("two walks of one walker each see what they began with, and a page asked for twice is the same", () => {
  const walks = new PageWalks();
  expect(walks.endOf("token", 0, 100, 0)).toBe(100);
  expect(walks.endOf("token", 1, 105, 0)).toBe(100);
  expect(walks.endOf("token", 0, 110, 0)).toBe(110);
  expect(walks.endOf("token", 2, 120, 0)).toBe(100);
  expect(walks.endOf("token", 1, 120, 0)).toBe(110);
  expect(walks.endOf("token", 3, 130, 0)).toBe(100);
  expect(walks.endOf("token", 3, 130, 0)).toBe(100);
  expect(walks.endOf("token", 2, 130, 0)).toBe(110);
});

test("walks of one walker are bounded: of more than eight the one that rests longest is forgotten", () => {
  const walks = new PageWalks();
  for (let each = 0; each < 9; each += 1) {
    walks.endOf("token", 0, 100 + each, 0);
    for (let page = 1; page <= 10 * (9 - each); page += 1) walks.endOf("token", page, 200, 0);
  }
  expect(walks.endOf("token", 81, 200, 0)).toBe(101);
  expect(walks.endOf("token", 91, 200, 0)).not.toBe(100);
});
