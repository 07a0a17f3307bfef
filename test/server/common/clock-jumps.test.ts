import { expect, test } from "bun:test";
import { ClockJumps } from "#server/common/clock-jumps.ts";
import { FakeClock } from "#test/support/fake-clock.ts";

const DAY_MS = 86_400_000;

class Watch {
  readonly clock = new FakeClock();
  readonly #jumps = new ClockJumps();

  look(): boolean {
    return this.#jumps.hasJumped(this.clock.monotonicMs(), this.clock.dateMs());
  }
}

test("the first look is no jump, whatever the date", () => {
  expect(new Watch().look()).toBe(false);
});

test.each([200 * DAY_MS, -200 * DAY_MS, 3_600_000, -3_600_000, 2001, -2001])(
  "a date that is set by %p ms has jumped, once",
  (byMs) => {
    const watch = new Watch();
    watch.look();
    watch.clock.set(byMs);
    expect([watch.look(), watch.look()]).toEqual([true, false]);
    watch.clock.pass(1000);
    expect(watch.look()).toBe(false);
    watch.clock.set(-byMs);
    expect(watch.look()).toBe(true);
  },
);

test.each([1000, -1000, 2000, -2000])(
  "a date that is set by %p ms, as a leap second may, is followed gently",
  (byMs) => {
    const watch = new Watch();
    watch.look();
    watch.clock.set(byMs);
    expect(watch.look()).toBe(false);
  },
);

test("time that passes is no jump, be it hours without a look", () => {
  const watch = new Watch();
  watch.look();
  watch.clock.pass(7 * DAY_MS);
  expect(watch.look()).toBe(false);
});

test("a clock that is led by half a thousandth for a week never jumps", () => {
  const watch = new Watch();
  for (let minute = 0; minute < 7 * 24 * 60; minute += 1) {
    expect(watch.look()).toBe(false);
    watch.clock.pass(60_000);
    watch.clock.set(30);
  }
});

test("steps that are small each and more than can be followed together are a jump", () => {
  const watch = new Watch();
  watch.look();
  watch.clock.set(1500);
  watch.clock.pass(2000);
  expect(watch.look()).toBe(false);
  watch.clock.set(1500);
  expect(watch.look()).toBe(true);
});

test("a machine that slept, whose monotonic clock did not count it, has jumped", () => {
  const watch = new Watch();
  watch.look();
  watch.clock.set(8 * 3_600_000);
  watch.clock.pass(20);
  expect(watch.look()).toBe(true);
});
