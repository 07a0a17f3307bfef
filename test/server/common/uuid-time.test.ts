import { expect, test } from "bun:test";
import { madeAtMs } from "#server/common/uuid-time.ts";

test("a UUIDv7 says when it was made, and nothing else does", () => {
  expect(madeAtMs(Bun.randomUUIDv7("hex", 1_795_521_600_300))).toBe(1_795_521_600_300);
  expect(madeAtMs("0190B8E8-0000-7000-8000-000000000001")).toBe(0x0190b8e80000);
  expect(["show", crypto.randomUUID(), ""].map(madeAtMs)).toEqual([0, 0, 0]);
});
