import { describe, expect, test } from "bun:test";
import { CodecError } from "#media/codecs/codec-error.ts";
import { annexBKeyFrame, isAnnexB, nalUnitsOfAnnexB } from "#media/codecs/h264/annex-b.ts";
import { damaged, seededRandom } from "#test/support/damage.ts";
import { hex, toHex } from "#test/support/hex.ts";

/** `lengthSizeMinusOne` is the last digit of the fifth byte. */
const record = (lengthSizeMinusOne: number) => hex`
  01 64 00 1f     // configurationVersion, profile, compatibility, level
  f${(0xc + lengthSizeMinusOne).toString(16)}
  e1 00 03        // one SPS of 3 bytes
  67 64 00
  02 00 02        // two PPS
  68 ee
  00 01
  68
`;

const START_CODE = "00000001";

function text(pieces: readonly Uint8Array[]): string[] {
  return pieces.map(toHex);
}

test("parameter sets come before the picture, and every NAL unit behind a start code", () => {
  const frame = hex`
    00 00 00 02  09 f0     // access unit delimiter
    00 00 00 03  65 88 84  // IDR slice
  `;
  expect(text(annexBKeyFrame(record(3), frame))).toEqual([
    ...[START_CODE, "676400", START_CODE, "68ee", START_CODE, "68"],
    ...[START_CODE, "09f0", START_CODE, "658884"],
  ]);
});

test("lengths of one and of two bytes are read as such", () => {
  expect(text(annexBKeyFrame(record(0), hex`02 65 88`)).at(-1)).toBe("6588");
  expect(text(annexBKeyFrame(record(1), hex`00 02 65 88`)).at(-1)).toBe("6588");
  expect(() => annexBKeyFrame(record(2), hex`00 00 02 65 88`)).toThrow("NAL unit lengths of 3 bytes");
});

test("damage is a codec error, whatever it is", () => {
  const frame = hex`00 00 00 02  09 f0  00 00 00 03  65 88 84`;
  for (const bytes of damaged(record(3), 500)) expectOnlyCodecErrors(() => annexBKeyFrame(bytes, frame));
  for (const bytes of damaged(frame, 500)) expectOnlyCodecErrors(() => annexBKeyFrame(record(3), bytes));
});

function expectOnlyCodecErrors(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(CodecError);
  }
}

describe("it begins with a start code", () => {
  test.each([
    ["of three bytes", hex`00 00 01 09`, true],
    ["of four", hex`00 00 00 01 09`, true],
    ["of nothing but itself", hex`00 00 01`, true],
    ["not of five", hex`00 00 00 00 01 09`, false],
    ["not where a length stands", hex`00 00 02 01`, false],
    ["not where a long length stands", hex`00 01 00 01`, false],
    ["nor a longer one", hex`01 00 01 00`, false],
    ["nor where it is cut off", hex`00 00 00`, false],
    ["nor before other bytes", hex`00 00 00 02`, false],
    ["nor in nothing", hex``, false],
  ])("%s", (_what, bytes, expected) => {
    expect(isAnnexB(bytes)).toBe(expected);
  });
});

describe("NAL units are what stands between start codes", () => {
  test.each([
    ["of four bytes", hex`00000001 09 f0 00000001 65 88 84`, ["09f0", "658884"]],
    ["of three bytes", hex`000001 09 f0 000001 65 88 84`, ["09f0", "658884"]],
    ["of both", hex`00000001 09 f0 000001 65 88 00000001 41`, ["09f0", "6588", "41"]],
    ["without what stands before the first", hex`09 f0 000001 65 88`, ["6588"]],
    ["without the zeros behind them", hex`000001 09 f0 00 00 00 00 000001 65 88 00 00`, ["09f0", "6588"]],
    ["without the empty ones", hex`000001 000001 09 00000001 000001 65 000001`, ["09", "65"]],
    ["with ones in them", hex`000001 01 01 00 01 02 000001 65 01`, ["0101000102", "6501"]],
    ["with escapes in them", hex`000001 65 00 00 03 01 000001 41`, ["6500000301", "41"]],
    ["of zeros alone, none", hex`000001 00 00 00`, []],
    ["without any, none", hex`09 f0 00 01 65`, []],
    ["of nothing, none", hex``, []],
    ["of one byte, none", hex`01`, []],
  ])("%s", (_what, bytes, expected) => {
    expect(text(nalUnitsOfAnnexB(bytes))).toEqual(expected);
  });

  test("as views", () => {
    const bytes = hex`000001 09 f0 000001 65 88`;
    expect(nalUnitsOfAnnexB(bytes).every(({ buffer }) => buffer === bytes.buffer)).toBe(true);
  });

  test("of damage and noise none is empty, ends with a zero, or has a start code in it", () => {
    const random = seededRandom(9);
    for (let index = 0; index < 3000; index += 1) {
      const bytes = Uint8Array.from({ length: Math.floor(random() * 40) }, () => Math.floor(random() * 3));
      for (const nalUnit of nalUnitsOfAnnexB(bytes)) {
        expect(nalUnit.at(-1)).toBeGreaterThan(0);
        expect(toHex(nalUnit).match(/^(..)*000001/)).toBeNull();
      }
    }
  });
});
