import { expect, test } from "bun:test";
import { type Moment, Spells } from "#server/instances/spells.ts";

/** The recording began with the clock. */
function at(atMs: number): Moment {
  return { atMs, positionSeconds: atMs / 1000 };
}

/** What is told of a change besides its name, and where the recording was. */
const began = (atMs: number) => ({ state: "began", lastedMs: null, positionSeconds: atMs / 1000 }) as const;
const ended = (atMs: number, lastedMs: number) =>
  ({ state: "ended", lastedMs, positionSeconds: atMs / 1000 }) as const;

test("what holds is told as it begins, not while it lasts, and once it was away for long enough", () => {
  const spells = new Spells(3000);
  expect(spells.observe(["frozen", "silent"], at(1000))).toEqual([
    { name: "frozen", ...began(1000) },
    { name: "silent", ...began(1000) },
  ]);
  expect(spells.observe(["frozen"], at(2000))).toEqual([]);
  expect(spells.observe(["frozen"], at(4999))).toEqual([]);
  expect(spells.observe(["frozen"], at(5000))).toEqual([{ name: "silent", ...ended(2000, 1000) }]);
  expect([spells.has("frozen"), spells.has("silent")]).toEqual([true, false]);
  expect(spells.observe([], at(6000))).toEqual([]);
  expect(spells.observe([], at(8999))).toEqual([]);
  expect(spells.observe([], at(9000))).toEqual([{ name: "frozen", ...ended(6000, 5000) }]);
});

test("what comes back before that has never been away", () => {
  const spells = new Spells(3000);
  spells.observe(["frozen"], at(0));
  spells.observe([], at(1000));
  expect(spells.observe(["frozen"], at(4000))).toEqual([]);
  spells.observe([], at(5000));
  expect(spells.observe([], at(7999))).toEqual([]);
  expect(spells.observe([], at(8000))).toEqual([{ name: "frozen", ...ended(5000, 5000) }]);
});

test("without patience it is over with the first look that does not find it", () => {
  const spells = new Spells(0);
  expect(spells.observe(["late"], at(0))).toHaveLength(1);
  expect(spells.observe(["late"], at(1000))).toEqual([]);
  expect(spells.observe([], at(2000))).toEqual([{ name: "late", ...ended(2000, 2000) }]);
});

test("where nobody can say any more, all of it is over", () => {
  const spells = new Spells(3000);
  spells.observe(["frozen"], at(0));
  spells.observe(["frozen", "silent"], at(1000));
  spells.observe(["silent"], at(1200));
  expect(spells.end(at(1500))).toEqual([
    { name: "frozen", ...ended(1200, 1200) },
    { name: "silent", ...ended(1500, 500) },
  ]);
  expect(spells.end(at(2000))).toEqual([]);
});
