import { describe, expect, test } from "bun:test";
import { recoveryPointOf } from "#media/codecs/h264/recovery-point.ts";
import { damaged, seededRandom } from "#test/support/damage.ts";
import { recoveryPoint } from "#test/support/h264-syntax.ts";
import { hex } from "#test/support/hex.ts";

test("frames and a broken link are read, whatever else it says", () => {
  for (const frameCount of [0, 1, 2, 15, 300, 65_534])
    for (const isBrokenLink of [true, false])
      expect(recoveryPointOf(recoveryPoint(frameCount, isBrokenLink))).toEqual({ frameCount, isBrokenLink });
});

test("as x264 and as hardware write it: exact or not, to the byte's end or not", () => {
  expect(recoveryPointOf(hex`06 06 01 c4 80`)).toEqual({ frameCount: 0, isBrokenLink: false });
  expect(recoveryPointOf(hex`06 06 01 84 80`)).toEqual({ frameCount: 0, isBrokenLink: false });
  expect(recoveryPointOf(hex`06 06 01 a4 80`)).toEqual({ frameCount: 0, isBrokenLink: true });
  expect(recoveryPointOf(hex`06 06 01 c4`)).toEqual({ frameCount: 0, isBrokenLink: false });
});

describe("behind other messages", () => {
  test.each([
    ["one", hex`06  05 02 06 01  06 01 c4  80`],
    ["one of no bytes", hex`06  05 00  06 01 c4  80`],
    ["two", hex`06  00 01 80  01 03 06 01 c4  06 01 c4  80`],
    ["one with escapes in it, which its size does not count", hex`06  05 04 00 00 03 00 01  06 01 c4  80`],
    ["one with two of them", hex`06  05 06 00 00 03 00 00 03 01 02  06 01 c4  80`],
    ["one with zeros that nothing is put behind", hex`06  05 03 00 00 05  06 01 c4  80`],
    ["one with a 3 that is none", hex`06  05 04 00 03 00 03  06 01 c4  80`],
    ["one of a type above 255", hex`06  ff 06 01 06  06 01 c4  80`],
    ["one of a type above 510", hex`06  ff ff 00 01 06  06 01 c4  80`],
    [
      "one longer than 255 bytes",
      Uint8Array.of(6, 5, 255, 2, ...new Uint8Array(257).fill(6), 6, 1, 0xc4, 0x80),
    ],
  ])("%s", (_what, nalUnit) => {
    expect(recoveryPointOf(nalUnit)).toEqual({ frameCount: 0, isBrokenLink: false });
  });
});

describe("there is none", () => {
  test.each([
    ["in other messages", hex`06  05 02 06 01  01 01 06  80`],
    ["in nothing", hex``],
    ["in a header", hex`06`],
    ["behind a message that is cut off", hex`06  05 09 06 01 c4  80`],
    ["in one of no bytes", hex`06  06 00`],
    ["in a code that never ends", hex`06  06 05 00 00 00 00 00  80`],
    ["in a code cut off", hex`06  06 01 01`],
    ["in a type that does not end", hex`06 ff ff ff`],
  ])("%s", (_what, nalUnit) => {
    expect(recoveryPointOf(nalUnit)).toBeNull();
  });

  test("in one that says it is of 65 bytes; with 64 there is", () => {
    const ofSize = (size: number) => Uint8Array.of(6, 6, size, 0xc4, ...new Uint8Array(size).fill(0xff));
    expect(recoveryPointOf(ofSize(64))).toEqual({ frameCount: 0, isBrokenLink: false });
    expect(recoveryPointOf(ofSize(65))).toBeNull();
    expect(recoveryPointOf(Uint8Array.of(...ofSize(65), 6, 1, 0xc4, 0x80))).toBeNull();
  });
});

test("escapes within it are taken out, also where its size does not count them", () => {
  const escaped = recoveryPoint(2 ** 22 - 1, true);
  expect(escaped).toEqual(hex`06  06 07  00 00 03 02 00 00 06 00  80`);
  expect(recoveryPointOf(escaped)).toEqual({ frameCount: 2 ** 22 - 1, isBrokenLink: true });
});

test("one or two escapes more than its size counts are read over to its end", () => {
  expect(recoveryPointOf(hex`06  06 06  00 00 03 02 00 00 06  80`)).toEqual({
    ...{ frameCount: 2 ** 22 - 1, isBrokenLink: true },
  });
  expect(recoveryPointOf(hex`06  06 09  00 00 03 00 01 00 00 03 00 00 c0  80`)).toEqual({
    ...{ frameCount: 2 ** 31 - 1, isBrokenLink: true },
  });
});

test("damage and noise are never thrown", () => {
  for (const whole of [recoveryPoint(300, true), hex`06  05 04 00 00 03 00 01  06 01 c4  80`])
    for (const bytes of damaged(whole, 3000)) recoveryPointOf(bytes);
  const random = seededRandom(5);
  for (let index = 0; index < 3000; index += 1)
    recoveryPointOf(Uint8Array.from({ length: Math.floor(random() * 30) }, () => Math.floor(random() * 8)));
});
