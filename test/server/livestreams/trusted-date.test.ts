import { expect, test } from "bun:test";
import { TrustedDate } from "#server/livestreams/trusted-date.ts";
import type { DateMark } from "#server/store/date-mark-store.ts";
import { FakeClock } from "#test/support/fake-clock.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const LOOKS_AN_HOUR = 6;

/** Servers one after the other with one database and one clock. */
class Machine {
  readonly clock = new FakeClock();
  #mark: DateMark | null = null;
  #date = this.#start();

  /** The server looks every ten minutes; answers the last look. */
  async runFor(hours: number): Promise<number | null> {
    let date: number | null = null;
    for (let look = 0; look < hours * LOOKS_AN_HOUR; look += 1) {
      this.clock.pass(HOUR_MS / LOOKS_AN_HOUR);
      date = await this.#date.look();
    }
    return date;
  }

  look(): Promise<number | null> {
    return this.#date.look();
  }

  /** Off for this long by its clock, and on again. */
  offFor(milliseconds: number): void {
    this.clock.pass(milliseconds);
    this.#date = this.#start();
  }

  #start(): TrustedDate {
    const store = {
      read: async () => this.#mark,
      write: async (mark: DateMark) => {
        this.#mark = mark;
      },
    };
    return new TrustedDate({ store, clock: this.clock });
  }
}

async function trusted(): Promise<Machine> {
  const machine = new Machine();
  await machine.look();
  expect(await machine.runFor(6)).not.toBeNull();
  return machine;
}

test("a date is trusted once the server has run with it for six hours, and not before", async () => {
  const machine = new Machine();
  expect(await machine.look()).toBeNull();
  machine.clock.pass(6 * HOUR_MS - 1);
  expect(await machine.look()).toBeNull();
  machine.clock.pass(1);
  expect(await machine.look()).toBe(machine.clock.dateMs());
});

test.each([
  [HOUR_MS, true],
  [HOUR_MS + 1, false],
  [-HOUR_MS, true],
  [-HOUR_MS - 1, false],
  [400 * DAY_MS, false],
  [-400 * DAY_MS, false],
])("a clock that is set by %i ms is trusted still: %p", async (byMs, isTrusted) => {
  const machine = await trusted();
  machine.clock.set(byMs);
  machine.clock.pass(10 * MINUTE_MS);
  expect((await machine.look()) !== null).toBe(isTrusted);
  expect((await machine.runFor(6)) !== null).toBe(true);
});

test("a clock that is set and set right again is not trusted for six hours more", async () => {
  const machine = await trusted();
  machine.clock.set(30 * DAY_MS);
  expect(await machine.runFor(5)).toBeNull();
  machine.clock.set(-30 * DAY_MS);
  expect(await machine.runFor(6)).toBeNull();
  expect(await machine.runFor(1 / LOOKS_AN_HOUR)).not.toBeNull();
});

test.each([
  [HOUR_MS, true],
  [HOUR_MS + 1, false],
])("a server that was off for %i ms trusts at once: %p", async (milliseconds, isTrusted) => {
  const machine = await trusted();
  machine.offFor(milliseconds);
  expect((await machine.look()) !== null).toBe(isTrusted);
});

test("short breaks neither count nor begin anew", async () => {
  const machine = new Machine();
  await machine.look();
  await machine.runFor(5);
  machine.offFor(HOUR_MS);
  expect(await machine.look()).toBeNull();
  expect(await machine.runFor(5 / LOOKS_AN_HOUR)).toBeNull();
  expect(await machine.runFor(1 / LOOKS_AN_HOUR)).not.toBeNull();
});
