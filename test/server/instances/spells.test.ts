import { expect, test } from "bun:test";
import { Spells } from "#server/instances/spells.ts";

test("what holds is told as it begins, not while it lasts, and once it was away for long enough", () => {
  const spells = new Spells(3000);
  expect(spells.observe(["frozen", "silent"], 1000)).toEqual([
    { name: "frozen", state: "began", lastedMs: null },
    { name: "silent", state: "began", lastedMs: null },
  ]);
  expect(spells.observe(["frozen"], 2000)).toEqual([]);
  expect(spells.observe(["frozen"], 4999)).toEqual([]);
  expect(spells.observe(["frozen"], 5000)).toEqual([{ name: "silent", state: "ended", lastedMs: 1000 }]);
  expect([spells.has("frozen"), spells.has("silent")]).toEqual([true, false]);
  expect(spells.observe([], 6000)).toEqual([]);
  expect(spells.observe([], 8999)).toEqual([]);
  expect(spells.observe([], 9000)).toEqual([{ name: "frozen", state: "ended", lastedMs: 5000 }]);
});

test("what comes back before that has never been away", () => {
  const spells = new Spells(3000);
  spells.observe(["frozen"], 0);
  spells.observe([], 1000);
  expect(spells.observe(["frozen"], 4000)).toEqual([]);
  spells.observe([], 5000);
  expect(spells.observe([], 7999)).toEqual([]);
  expect(spells.observe([], 8000)).toEqual([{ name: "frozen", state: "ended", lastedMs: 5000 }]);
});

test("without patience it is over with the first look that does not find it", () => {
  const spells = new Spells(0);
  expect(spells.observe(["late"], 0)).toHaveLength(1);
  expect(spells.observe(["late"], 1000)).toEqual([]);
  expect(spells.observe([], 2000)).toEqual([{ name: "late", state: "ended", lastedMs: 2000 }]);
});

test("where nobody can say any more, all of it is over", () => {
  const spells = new Spells(3000);
  spells.observe(["frozen"], 0);
  spells.observe(["frozen", "silent"], 1000);
  spells.observe(["silent"], 1200);
  expect(spells.end(1500)).toEqual([
    { name: "frozen", state: "ended", lastedMs: 1200 },
    { name: "silent", state: "ended", lastedMs: 500 },
  ]);
  expect(spells.end(2000)).toEqual([]);
});
