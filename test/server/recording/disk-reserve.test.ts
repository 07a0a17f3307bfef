import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AppendFiles } from "#server/recording/append-files.ts";
import { DiskReserve } from "#server/recording/disk-reserve.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tandem-reserve-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Files that fail with this code, or take everything. */
function files(code: string | null): AppendFiles & { appended: number } {
  return {
    mediaLength: 0,
    journalLength: 0,
    appended: 0,
    async append() {
      if (code !== null) throw Object.assign(new Error(`${code}: no`), { code });
      this.appended += 1;
    },
    sync: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

test("room is held on the disk, and taken once", () => {
  const reserve = new DiskReserve(join(folder, "reserve"));
  reserve.take();
  const { size, ino } = statSync(join(folder, "reserve"));
  expect(size).toBeGreaterThan(64 * 1024);
  expect(size).toBeLessThanOrEqual(8 * 1024 * 1024);
  reserve.take();
  expect(statSync(join(folder, "reserve")).ino).toBe(ino);
});

test.each(["ENOSPC", "EDQUOT"])(
  "%s gives the room back, and no recording writes into it (R5)",
  async (code) => {
    const reserve = new DiskReserve(join(folder, "reserve"));
    reserve.take();
    const others = files(null);
    const guarded = reserve.leftBy(others);
    await guarded.append("media", [Uint8Array.of(1)]);
    await expect(reserve.leftBy(files(code)).append("media", [])).rejects.toThrow(code);
    expect(existsSync(join(folder, "reserve"))).toBe(false);
    await expect(guarded.append("media", [Uint8Array.of(2)])).rejects.toThrow("the disk is full");
    expect(others.appended).toBe(1);
  },
);

test("any other failure is that of one recording", async () => {
  const reserve = new DiskReserve(join(folder, "reserve"));
  reserve.take();
  await expect(reserve.leftBy(files("EIO")).append("media", [])).rejects.toThrow("EIO");
  await reserve.leftBy(files(null)).append("media", []);
  expect(existsSync(join(folder, "reserve"))).toBe(true);
});

test("once there is room again, the next recording takes it", async () => {
  const reserve = new DiskReserve(join(folder, "reserve"));
  reserve.take();
  await expect(reserve.leftBy(files("ENOSPC")).append("media", [])).rejects.toThrow();
  reserve.take();
  const next = files(null);
  await reserve.leftBy(next).append("media", []);
  expect(next.appended).toBe(1);
});
