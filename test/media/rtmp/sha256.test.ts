import { expect, test } from "bun:test";
import { createHash, createHmac } from "node:crypto";
import { hmacSha256, sha256 } from "#media/rtmp/sha256.ts";
import { toHex } from "#test/support/hex.ts";

function bytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (7 * index + length) & 0xff);
}

test("the hash of abc is the one in FIPS 180-4", () => {
  expect(toHex(sha256(new TextEncoder().encode("abc")))).toBe(
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});

test("messages of every length around the block's end hash as the platform hashes them", () => {
  for (let length = 0; length < 200; length++) {
    expect(toHex(sha256(bytes(length)))).toBe(createHash("sha256").update(bytes(length)).digest("hex"));
  }
});

test("a key shorter, as long and longer than a block authenticates as the platform does", () => {
  for (const keyLength of [0, 30, 63, 64, 65, 200]) {
    const [key, message] = [bytes(keyLength), bytes(1504)];
    expect(toHex(hmacSha256(key, message))).toBe(createHmac("sha256", key).update(message).digest("hex"));
  }
});
