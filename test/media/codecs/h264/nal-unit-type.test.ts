import { expect, test } from "bun:test";
import { hasSliceHeader, nalTypeOf, precedesPicture, refIdcOf } from "#media/codecs/h264/nal-unit-type.ts";
import { hex } from "#test/support/hex.ts";

const TYPES = Array.from({ length: 32 }, (_, type) => type);

test("type and reference idc are of the first byte, whatever its other bits are", () => {
  expect([nalTypeOf(hex`65 88`), refIdcOf(hex`65 88`)]).toEqual([5, 3]);
  expect([nalTypeOf(hex`01`), refIdcOf(hex`01`)]).toEqual([1, 0]);
  expect([nalTypeOf(hex`c7`), refIdcOf(hex`c7`)]).toEqual([7, 2]);
  expect([nalTypeOf(hex`3f`), refIdcOf(hex`3f`)]).toEqual([31, 1]);
  expect([nalTypeOf(hex``), refIdcOf(hex``)]).toEqual([0, 0]);
});

test("slices have a header, and the first partition of one has it alone", () => {
  expect(TYPES.filter(hasSliceHeader)).toEqual([1, 2, 5]);
});

test("delimiters, parameter sets, SEI and what is reserved beside them open the next picture (§7.4.1.2.3)", () => {
  expect(TYPES.filter(precedesPicture)).toEqual([6, 7, 8, 9, 13, 14, 15, 16, 17, 18]);
});
