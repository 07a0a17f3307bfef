import { describe, expect, test } from "bun:test";
import { findClientDigest, signS1, signS2 } from "#media/rtmp/digest-handshake.ts";
import { hex, toHex } from "#test/support/hex.ts";

/** A C1 as FFmpeg's but for the random bytes, which count up in threes. */
function clientPacket(): Uint8Array {
  const c1 = Uint8Array.from({ length: 1536 }, (_, index) => (3 * (index - 8) + 1) & 0xff);
  c1.set(hex`
    00 00 00 00  // time
    09 00 7c 02  // version
  `);
  return c1;
}

const vectors = [
  {
    base: 8,
    position: 34,
    digest: "f9af7af61be195badaa9d1be4972fa59ae183c760771417f76f3b1ef89d1e7db",
    proof: "93387d6b5c931d8cc5e9185531dcfeef0d7c8d100fd0b10103f2a5d54043e6b0",
  },
  {
    base: 772,
    position: 1046,
    digest: "f40aeef49f5bac79a2db8f2f283cb7166ac8387937f7836bb75829c76af92e61",
    proof: "3926975da5bf07e8bc3a731a43f0dad717ec65c3ff94cdcc1a7c50af204957f8",
  },
] as const;

describe.each(vectors)("with the digest's position at byte $base", ({ base, position, digest, proof }) => {
  test("the digest of C1 is found", () => {
    const c1 = clientPacket();
    c1.set(hex`${digest}`, position);
    const found = findClientDigest(c1);
    expect(found?.base).toBe(base);
    expect(toHex(found?.digest ?? new Uint8Array(0))).toBe(digest);
  });

  test("a C1 with one other byte changed has no digest", () => {
    const c1 = clientPacket();
    c1.set(hex`${digest}`, position);
    c1[1500] = 0;
    expect(findClientDigest(c1)).toBeNull();
  });

  test("S2 ends with the proof", () => {
    const s2 = Uint8Array.from({ length: 1536 }, (_, index) => (5 * index) & 0xff);
    signS2(s2, hex`${digest}`);
    expect(toHex(s2.subarray(1504))).toBe(proof);
  });

  test("S1 gets the digest of its other bytes, in the place its own four bytes say", () => {
    const s1 = clientPacket();
    signS1(s1, base);
    const others = Buffer.concat([s1.subarray(0, position), s1.subarray(position + 32)]);
    const hmac = new Bun.CryptoHasher("sha256", "Genuine Adobe Flash Media Server 001").update(others);
    expect(toHex(s1.subarray(position, position + 32))).toBe(hmac.digest("hex"));
  });
});

test("a simple C1 has no digest", () => {
  expect(findClientDigest(new Uint8Array(1536))).toBeNull();
});
