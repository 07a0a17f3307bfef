import { expect, test } from "bun:test";
import { descriptorLimit, isOutOfDescriptors, openDescriptors } from "#server/common/descriptor-count.ts";

function failing(code: string): () => never {
  return () => {
    throw Object.assign(new Error(code), { code });
  };
}

test("the limit is the soft one of the open files", () => {
  const limits = [
    "Limit                     Soft Limit           Hard Limit           Units     ",
    "Max processes             31791                31791                processes ",
    "Max open files            256                  4096                 files     ",
  ].join("\n");
  expect(descriptorLimit(() => limits)).toBe(256);
});

test("there is no limit where it is unlimited, or where nobody says so", () => {
  expect(
    descriptorLimit(() => "Max open files            unlimited            unlimited            files"),
  ).toBe(Number.POSITIVE_INFINITY);
  expect(descriptorLimit(failing("ENOENT"))).toBe(Number.POSITIVE_INFINITY);
});

test("what is open is the size of the folder, or where it has none, the number of its entries", () => {
  expect(openDescriptors({ sizeOf: () => 12, countEntries: () => 99 })).toBe(12);
  expect(openDescriptors({ sizeOf: () => 0, countEntries: () => 99 })).toBe(99);
});

test("all are open where none is left to count with; none where they cannot be counted", () => {
  expect(openDescriptors({ sizeOf: () => 0, countEntries: failing("EMFILE") })).toBe(
    Number.POSITIVE_INFINITY,
  );
  expect(openDescriptors({ sizeOf: failing("ENOENT") })).toBe(0);
});

test("other failures are not taken for an answer", () => {
  expect(() => openDescriptors({ sizeOf: failing("EACCES") })).toThrow("EACCES");
  expect(() => descriptorLimit(failing("EACCES"))).toThrow("EACCES");
});

test("descriptors can be out in the process and in the system", () => {
  const errors = ["EMFILE", "ENFILE", "ENOENT"].map((code) => Object.assign(new Error(code), { code }));
  expect(errors.map(isOutOfDescriptors)).toEqual([true, true, false]);
});

test.skipIf(process.platform !== "linux")("this process has some open, and fewer than it may", () => {
  expect(openDescriptors()).toBeGreaterThan(2);
  expect(openDescriptors()).toBeLessThan(descriptorLimit());
});
