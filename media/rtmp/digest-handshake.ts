// The digest handshake, which Adobe never wrote down: HMAC-SHA256 proofs inside the random bytes of C1, S1 and S2. Flash-based
// players want it before they play H.264, and FFmpeg offers it.

import { encodeUtf8 } from "#media/bytes/utf8.ts";
import { hmacSha256 } from "./sha256.ts";

const DIGEST_LENGTH = 32;

/** Where the four bytes lie that say where the digest is, in either arrangement of the 1536 bytes. */
const POSITION_BASES = [772, 8] as const;
export type PositionBase = (typeof POSITION_BASES)[number];

/** The key of a C1 digest. */
const CLIENT_KEY = encodeUtf8("Genuine Adobe Flash Player 001");
/** The key of an S1 digest; with the salt behind it, of the proof in S2. */
const SERVER_KEY = encodeUtf8("Genuine Adobe Flash Media Server 001");
const SALT = Uint8Array.of(
  ...[0xf0, 0xee, 0xc2, 0x4a, 0x80, 0x68, 0xbe, 0xe8, 0x2e, 0x00, 0xd0, 0xd1, 0x02, 0x9e, 0x7e, 0x57],
  ...[0x6e, 0xec, 0x5d, 0x2d, 0x29, 0x80, 0x6f, 0xab, 0x93, 0xb8, 0xe6, 0x36, 0xcf, 0xeb, 0x31, 0xae],
);
const SALTED_SERVER_KEY = Uint8Array.of(...SERVER_KEY, ...SALT);

export interface ClientDigest {
  readonly base: PositionBase;
  /** 32 bytes. */
  readonly digest: Uint8Array;
}

/** The digest in a C1 of 1536 bytes; null when it has none, as a simple handshake's has not. */
export function findClientDigest(c1: Uint8Array): ClientDigest | null {
  for (const base of POSITION_BASES) {
    const position = digestPosition(c1, base);
    const digest = c1.subarray(position, position + DIGEST_LENGTH);
    if (isSame(digest, digestAround(c1, position, CLIENT_KEY))) return { base, digest };
  }
  return null;
}

/** Puts the digest into an S1 that is complete but for it. */
export function signS1(s1: Uint8Array, base: PositionBase): void {
  const position = digestPosition(s1, base);
  s1.set(digestAround(s1, position, SERVER_KEY), position);
}

/** Puts the proof that the C1 digest was read into the last 32 bytes of an S2 that is complete but for them. */
export function signS2(s2: Uint8Array, clientDigest: Uint8Array): void {
  const position = s2.byteLength - DIGEST_LENGTH;
  const key = hmacSha256(SALTED_SERVER_KEY, clientDigest);
  s2.set(hmacSha256(key, s2.subarray(0, position)), position);
}

function digestPosition(bytes: Uint8Array, base: PositionBase): number {
  const sum = bytes.subarray(base, base + 4).reduce((total, byte) => total + byte, 0);
  return base + 4 + (sum % 728);
}

/** The digest of all bytes but the 32 at `position`. */
function digestAround(bytes: Uint8Array, position: number, key: Uint8Array): Uint8Array {
  const others = new Uint8Array(bytes.byteLength - DIGEST_LENGTH);
  others.set(bytes.subarray(0, position));
  others.set(bytes.subarray(position + DIGEST_LENGTH), position);
  return hmacSha256(key, others);
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.every((byte, index) => byte === right[index]);
}
