import { expect, test } from "bun:test";
import { createLog } from "#server/common/log.ts";
import { OwedWrites } from "#server/store/owed-writes.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { until } from "#test/support/until.ts";

/** Writes on a disk that takes them, or does not. */
class Disk {
  isWell = true;
  isToldWell = true;
  asked = 0;
  readonly written: string[] = [];
  readonly lines: string[] = [];
  readonly owed = new OwedWrites({
    isStoreWell: async () => {
      this.asked += 1;
      return this.isToldWell;
    },
    log: createLog({
      level: "info",
      write: (line) => this.lines.push(JSON.parse(line).event),
      clock: new FakeClock(),
    }),
    retryMs: 1,
  });

  write(what: string, livestreamId = "show"): Promise<boolean> {
    return this.owed.write({
      what,
      livestreamId,
      write: async () => {
        if (!this.isWell) throw Object.assign(new Error("EROFS"), { code: "EROFS" });
        this.written.push(what);
      },
    });
  }
}

test("a disk that is well is written at once, and nobody is asked", async () => {
  const disk = new Disk();
  expect(await disk.write("a")).toBe(true);
  expect([disk.written, disk.owed.count, disk.lines, disk.asked]).toEqual([["a"], 0, [], 0]);
});

test("what it does not take is written when it does, in order, the later ones behind the earlier", async () => {
  const disk = new Disk();
  disk.isWell = false;
  expect([await disk.write("a"), await disk.write("b")]).toEqual([false, false]);
  disk.isWell = true;
  expect(await disk.write("c")).toBe(false);
  await until("the writes", () => disk.owed.count === 0);
  expect(disk.written).toEqual(["a", "b", "c"]);
  expect(disk.lines).toEqual(["write_owed", "owed_write_done", "owed_write_done", "owed_write_done"]);
});

test("it is not tried while the store is not said to be well, nor given up", async () => {
  const disk = new Disk();
  disk.isWell = false;
  await disk.write("a");
  disk.isWell = true;
  disk.isToldWell = false;
  await until("a second look", () => disk.asked >= 2);
  expect(disk.written).toEqual([]);
  disk.isToldWell = true;
  await until("the write", () => disk.owed.count === 0);
  expect(disk.written).toEqual(["a"]);
});

test("one of each kind is owed to a livestream: the last", async () => {
  const disk = new Disk();
  disk.isWell = false;
  for (const livestreamId of ["show", "show", "other"]) await disk.write("a", livestreamId);
  expect(disk.owed.count).toBe(2);
});

test("what fails for another reason is thrown at once, and later said and dropped", async () => {
  const disk = new Disk();
  const broken = { what: "b", livestreamId: "show" };
  const failing = async (): Promise<void> => {
    throw new Error("no such table");
  };
  await expect(disk.owed.write({ ...broken, write: failing })).rejects.toThrow("no such table");
  disk.isWell = false;
  await disk.write("a");
  await disk.owed.write({ ...broken, write: failing });
  disk.isWell = true;
  await disk.owed.retry();
  expect([disk.written, disk.owed.count]).toEqual([["a"], 0]);
  expect(disk.lines).toContain("owed_write_failed");
});

test("at the end there is a last try, if the store is well; what is lost is said", async () => {
  const well = new Disk();
  well.isWell = false;
  await well.write("a");
  well.isWell = true;
  await well.owed.close();
  expect([well.written, well.lines.at(-1)]).toEqual([["a"], "owed_write_done"]);

  const lost = new Disk();
  lost.isWell = false;
  lost.isToldWell = false;
  await lost.write("a");
  await lost.owed.close();
  expect(lost.lines.at(-1)).toBe("owed_write_lost");
});

test("one that took the place of another while that was written is still owed", async () => {
  const disk = new Disk();
  disk.isWell = false;
  disk.isToldWell = false;
  await disk.write("first");
  const held = Promise.withResolvers<void>();
  const written: string[] = [];
  const owe = (name: string, before: Promise<void>) =>
    disk.owed.write({
      what: "a",
      livestreamId: "show",
      write: async () => {
        await before;
        written.push(name);
      },
    });
  await owe("old", held.promise);
  disk.isWell = true;
  const retrying = disk.owed.retry();
  await Bun.sleep(0);
  await owe("new", Promise.resolve());
  held.resolve();
  await retrying;
  expect([written, disk.owed.count]).toEqual([["old"], 1]);
  await disk.owed.retry();
  expect([written, disk.owed.count]).toEqual([["old", "new"], 0]);
});
