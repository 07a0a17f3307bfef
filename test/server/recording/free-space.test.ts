import { expect, test } from "bun:test";
import { FreeSpace, freeBytesOf } from "#server/recording/free-space.ts";

const MEGABYTE = 1_000_000;

/** A disk whose room the test sets, and what a recording is told of it. */
function watched(minMegabytes: number) {
  const disk = { freeBytes: 100_000 * MEGABYTE, looks: 0 };
  const freeSpace = new FreeSpace({
    minBytes: minMegabytes * MEGABYTE,
    freeBytes: async () => {
      disk.looks += 1;
      return disk.freeBytes;
    },
  });
  const told: (string | null)[] = [];
  const unwatch = freeSpace.watch((shortage) => told.push(shortage));
  const lookAt = async (freeBytes: number): Promise<void> => {
    disk.freeBytes = freeBytes;
    await freeSpace.look();
  };
  return { disk, freeSpace, told, unwatch, lookAt };
}

test("it is short below the minimum, and not at it", async () => {
  const { freeSpace, told, unwatch, lookAt } = watched(512);
  await lookAt(512 * MEGABYTE);
  expect([freeSpace.shortage, told]).toEqual([null, []]);
  await lookAt(512 * MEGABYTE - 1);
  await lookAt(100 * MEGABYTE);
  expect(told).toEqual(["the disk has 512.0 MB left, less than the 512 MB that are to stay free"]);
  expect(freeSpace.shortage).toBe(told[0] ?? "");
  unwatch();
});

test.each([
  [0, 64],
  [100, 164],
  [512, 576],
  [8000, 9000],
])("short of %i MB, it has room again at %i", async (minimum, enough) => {
  const { freeSpace, told, unwatch, lookAt } = watched(minimum);
  freeSpace.ranOut("ENOSPC");
  freeSpace.ranOut("ENOSPC once more");
  await lookAt(enough * MEGABYTE - 1);
  expect([freeSpace.shortage, told]).toEqual(["ENOSPC", ["ENOSPC"]]);
  await lookAt(enough * MEGABYTE);
  expect([freeSpace.shortage, told]).toEqual([null, ["ENOSPC", null]]);
  unwatch();
});

test("with a minimum of 0 the disk may be filled", async () => {
  const { freeSpace, unwatch, lookAt } = watched(0);
  await lookAt(0);
  expect(freeSpace.shortage).toBeNull();
  unwatch();
});

test.each([
  [0, 4_000_000],
  [512, 64_000_000],
])("with a minimum of %i MB it is looked at whenever %i bytes were written", async (minimum, bytes) => {
  const { disk, freeSpace, unwatch } = watched(minimum);
  freeSpace.wrote(bytes - 1);
  expect(disk.looks).toBe(0);
  freeSpace.wrote(1);
  expect(disk.looks).toBe(1);
  freeSpace.wrote(bytes - 1);
  await freeSpace.look();
  expect(disk.looks).toBe(1);
  unwatch();
});

test("a disk that does not answer is asked once, and one that does not say changes nothing", async () => {
  const { promise, resolve } = Promise.withResolvers<number | null>();
  let looks = 0;
  const freeSpace = new FreeSpace({
    minBytes: 1,
    freeBytes: () => {
      looks += 1;
      return promise;
    },
  });
  const both = Promise.all([freeSpace.look(), freeSpace.look()]);
  expect(looks).toBe(1);
  resolve(null);
  await both;
  expect(freeSpace.shortage).toBeNull();
});

test("nobody is told after the end of their watch", async () => {
  const { told, unwatch, freeSpace } = watched(1);
  unwatch();
  freeSpace.ranOut("ENOSPC");
  expect(told).toEqual([]);
});

test("free is what this process may write; a disk that does not say is told of once", async () => {
  const told: string[] = [];
  let fails = false;
  const statfs = async (folder: string) => {
    if (fails) throw new Error(`${folder}: EIO`);
    return { bavail: 3, bsize: 4096 };
  };
  const freeBytes = freeBytesOf("data", statfs, (message) => told.push(message));
  expect(await freeBytes()).toBe(12_288);
  fails = true;
  expect([await freeBytes(), await freeBytes()]).toEqual([null, null]);
  expect(told).toEqual(["data: EIO"]);
  fails = false;
  expect(await freeBytes()).toBe(12_288);
});
