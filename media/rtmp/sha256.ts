// SHA-256 and HMAC over it, synchronous, for the digest handshake (FIPS 180-4 §6.2, RFC 2104).

import { concat } from "#media/bytes/concat.ts";

const BLOCK_LENGTH = 64;

/** The first 32 bits of the fractional parts of the square roots of the first 8 primes. */
const INITIAL_HASH = fractionalParts(8, 1 / 2);

/** The same of the cube roots of the first 64 primes. */
const ROUND_CONSTANTS = fractionalParts(64, 1 / 3);

/** The 32 bytes of a message's SHA-256. */
export function sha256(message: Uint8Array): Uint8Array {
  const padded = pad(message);
  const hash = INITIAL_HASH.slice();
  const schedule = new Uint32Array(64);
  for (let at = 0; at < padded.byteLength; at += BLOCK_LENGTH) addBlock(hash, schedule, padded, at);
  const digest = new DataView(new ArrayBuffer(32));
  hash.forEach((word, index) => {
    digest.setUint32(4 * index, word);
  });
  return new Uint8Array(digest.buffer);
}

/** The 32 bytes of HMAC-SHA256. */
export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  const block = new Uint8Array(BLOCK_LENGTH);
  block.set(key.byteLength > BLOCK_LENGTH ? sha256(key) : key);
  const inner = sha256(concat([block.map((byte) => byte ^ 0x36), message]));
  return sha256(concat([block.map((byte) => byte ^ 0x5c), inner]));
}

/** The message, a 1 bit, zeros, and its length in bits as 64 bits: whole blocks. */
function pad(message: Uint8Array): Uint8Array {
  const length = Math.ceil((message.byteLength + 9) / BLOCK_LENGTH) * BLOCK_LENGTH;
  const padded = new Uint8Array(length);
  padded.set(message);
  padded[message.byteLength] = 0x80;
  new DataView(padded.buffer).setBigUint64(length - 8, BigInt(message.byteLength) * 8n);
  return padded;
}

/** `hash` takes in the block at `at`. `schedule` is memory to work in. */
function addBlock(hash: Uint32Array, schedule: Uint32Array, padded: Uint8Array, at: number): void {
  fillSchedule(schedule, new DataView(padded.buffer, at, BLOCK_LENGTH));
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = hash;
  for (let round = 0; round < 64; round++) {
    const choice = (e & f) ^ (~e & g);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const word = (ROUND_CONSTANTS[round] ?? 0) + (schedule[round] ?? 0);
    const first = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + choice + word) | 0;
    const second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, index) => {
    hash[index] = (hash[index] ?? 0) + word;
  });
}

function fillSchedule(schedule: Uint32Array, block: DataView): void {
  const at = (index: number) => schedule[index] ?? 0;
  for (let index = 0; index < 16; index++) schedule[index] = block.getUint32(4 * index);
  for (let index = 16; index < 64; index++) {
    const early = at(index - 15);
    const late = at(index - 2);
    const mixedEarly = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3);
    const mixedLate = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
    schedule[index] = at(index - 16) + mixedEarly + at(index - 7) + mixedLate;
  }
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

/** The first 32 bits of the fractional parts of the first `count` primes, each raised to `power`. */
function fractionalParts(count: number, power: number): Uint32Array {
  const parts = new Uint32Array(count);
  let found = 0;
  for (let candidate = 2; found < count; candidate++) {
    if (isPrime(candidate)) parts[found++] = (candidate ** power % 1) * 2 ** 32;
  }
  return parts;
}

function isPrime(candidate: number): boolean {
  for (let divisor = 2; divisor * divisor <= candidate; divisor++) {
    if (candidate % divisor === 0) return false;
  }
  return true;
}
