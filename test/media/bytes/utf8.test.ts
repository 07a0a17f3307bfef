import { expect, test } from "bun:test";
import { decodeUtf8, encodeUtf8 } from "#media/bytes/utf8.ts";
import { seededRandom } from "#test/support/damage.ts";
import { hex } from "#test/support/hex.ts";

const platformDecoder = new TextDecoder("utf-8", { ignoreBOM: true });

test("a string of every length of sequence survives both ways", () => {
  const text = "key é € 𝄞 \u{10ffff}\ufeff";
  expect(encodeUtf8(text)).toEqual(new TextEncoder().encode(text));
  expect(decodeUtf8(encodeUtf8(text))).toBe(text);
});

test("a string longer than the stack would take is decoded", () => {
  const text = "aé𝄞".repeat(100_000);
  expect(decodeUtf8(encodeUtf8(text))).toBe(text);
});

test("a surrogate alone is encoded as the replacement character", () => {
  expect(encodeUtf8("a\ud834b\udd1e")).toEqual(hex`61 efbfbd 62 efbfbd`);
});

test.each([
  ["an overlong form", hex`c0 80`, "\ufffd\ufffd"],
  ["a surrogate", hex`ed a0 80`, "\ufffd\ufffd\ufffd"],
  ["a value beyond U+10FFFF", hex`f4 90 80 80`, "\ufffd\ufffd\ufffd\ufffd"],
  ["a sequence cut off by another character", hex`e2 82 41`, "\ufffdA"],
  ["a sequence cut off by the end", hex`41 f0 9d 84`, "A\ufffd"],
  ["a continuation byte alone", hex`80 41`, "\ufffdA"],
])("%s becomes replacement characters", (_, bytes, text) => {
  expect(decodeUtf8(bytes)).toBe(text);
});

test("random bytes are decoded as the platform's decoder decodes them", () => {
  const random = seededRandom(8);
  for (let round = 0; round < 5000; round++) {
    // Bytes from 0x80 on are the interesting ones.
    const bytes = Uint8Array.from({ length: 12 }, () => 0x60 + Math.floor(random() * 0xa0));
    expect(decodeUtf8(bytes)).toBe(platformDecoder.decode(bytes));
  }
});
