import { expect, test } from "bun:test";
import { type RisingMark, RisingTime } from "#server/common/rising-time.ts";
import { FakeClock } from "#test/support/fake-clock.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** One process after the other on a disk, which may fail. */
class Disk {
  mark: RisingMark | null = null;
  isFull = false;
  writes = 0;
  readonly unsaved: string[] = [];

  async begin(clock: FakeClock): Promise<RisingTime> {
    const time = await RisingTime.begin({
      store: {
        read: async () => this.mark,
        write: async (mark) => {
          if (this.isFull) throw new Error("disk full");
          this.writes += 1;
          this.mark = mark;
        },
      },
      clock,
      onUnsaved: (message) => this.unsaved.push(message),
    });
    await time.stop();
    return time;
  }
}

test("it begins with the date and runs with the time that passes, however the date is set", async () => {
  const clock = new FakeClock();
  const beganMs = clock.dateMs();
  const time = await new Disk().begin(clock);
  expect(time.nowMs()).toBe(beganMs);
  clock.pass(1000);
  clock.set(200 * DAY_MS);
  expect(time.nowMs()).toBe(beganMs + 1000);
  clock.set(-400 * DAY_MS);
  clock.pass(1000);
  expect(time.nowMs()).toBe(beganMs + 2000);
});

test("the next process begins later, also where the clock was set back before it", async () => {
  const disk = new Disk();
  const clock = new FakeClock();
  const time = await disk.begin(clock);
  for (const setByMs of [0, -HOUR_MS, -200 * DAY_MS]) {
    for (let minute = 0; minute < 90; minute += 1) {
      clock.pass(60_000);
      time.nowMs();
      await time.stop();
    }
    const lastMs = time.nowMs();
    clock.set(setByMs);
    const nextMs = (await disk.begin(clock)).nowMs();
    expect(nextMs).toBeGreaterThan(lastMs);
    expect(nextMs).toBeLessThanOrEqual(lastMs + 120_000);
  }
});

test("while no process runs as much passes as the calendar says", async () => {
  const disk = new Disk();
  const clock = new FakeClock();
  await disk.begin(clock);
  const beganMs = clock.dateMs();
  clock.pass(5 * HOUR_MS);
  expect((await disk.begin(clock)).nowMs()).toBe(beganMs + 5 * HOUR_MS);
});

test("a date that was wrong and is right now is no time that passed", async () => {
  const disk = new Disk();
  const clock = new FakeClock();
  const time = await disk.begin(clock);
  const beganMs = time.nowMs();
  clock.set(200 * DAY_MS);
  clock.pass(HOUR_MS);
  expect(time.nowMs()).toBe(beganMs + HOUR_MS);
  await time.stop();
  clock.pass(10_000);
  expect((await disk.begin(clock)).nowMs()).toBeLessThanOrEqual(beganMs + HOUR_MS + 120_000);
});

test("what is handed out always lies below the mark, which is written once a minute", async () => {
  const disk = new Disk();
  const clock = new FakeClock();
  const time = await disk.begin(clock);
  for (let second = 0; second < 600; second += 1) {
    clock.pass(1000);
    expect(time.nowMs()).toBeLessThan(disk.mark?.reservedMs ?? 0);
    await time.stop();
  }
  expect(disk.writes).toBe(10);
});

test("a disk that is full stops no time: it is told, and tried again", async () => {
  const disk = new Disk();
  const clock = new FakeClock();
  const time = await disk.begin(clock);
  disk.isFull = true;
  clock.pass(90_000);
  const lastMs = time.nowMs();
  await time.stop();
  expect(disk.unsaved).toEqual(["Error: disk full"]);
  disk.isFull = false;
  clock.pass(1000);
  expect(time.nowMs()).toBe(lastMs + 1000);
  expect(disk.mark?.risenMs).toBe(lastMs + 1000);
});

test("while a mark is being written no second one is", async () => {
  const clock = new FakeClock();
  const marks: RisingMark[] = [];
  const held = Promise.withResolvers<void>();
  const time = await RisingTime.begin({
    store: {
      read: async () => null,
      write: async (mark) => {
        marks.push(mark);
        if (marks.length === 2) await held.promise;
      },
    },
    clock,
    onUnsaved: () => {},
  });
  for (let second = 0; second < 110; second += 1) {
    clock.pass(1000);
    time.nowMs();
    await Promise.resolve();
  }
  expect(marks).toHaveLength(2);
  held.resolve();
  await time.stop();
  time.nowMs();
  expect(marks).toHaveLength(2);
});
