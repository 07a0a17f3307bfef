import { expect, test } from "bun:test";
import { CodecError } from "#media/codecs/codec-error.ts";
import { annexBKeyFrame } from "#media/codecs/h264/annex-b.ts";
import { damaged } from "#test/support/damage.ts";
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
