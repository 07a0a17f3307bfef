// The handshake before the first chunk, both sides of it (RTMP 1.0 §5.2).

import { concat } from "#media/bytes/concat.ts";
import { type ClientDigest, findClientDigest, signS1, signS2 } from "./digest-handshake.ts";
import { RtmpProtocolError } from "./protocol-error.ts";

/** The random part of C1 and S1, in bytes; the part a side is handed, as there is no randomness in here. */
export const HANDSHAKE_RANDOM_LENGTH = 1528;

const VERSION = 3;
const VERSION_LENGTH = 1;
/** C1, S1, C2 and S2 each. */
const PACKET_LENGTH = 1536;
/** Behind the four bytes of the time and the four that are zero in a simple handshake, a version in a digest handshake. */
const RANDOM_OFFSET = 8;

/** As Adobe's servers of the time name themselves; FFmpeg checks the digest from a first byte of 3 on. */
const DIGEST_SERVER_VERSION = [4, 5, 0, 1] as const;

/**
 * The server's side, simple or digest as C1 asks. It answers as soon as C1 is whole instead of waiting as §5.2.1 has it, as
 * every server does, and never looks into C2: GStreamer's is no exact copy of S1.
 */
export class ServerHandshake {
  readonly #randomBytes: Uint8Array;
  readonly #peer = new PeerPackets();
  #output: Uint8Array | null = null;
  #hasAnswered = false;

  /** `randomBytes` has {@link HANDSHAKE_RANDOM_LENGTH} bytes. */
  constructor(randomBytes: Uint8Array) {
    this.#randomBytes = checkRandom(randomBytes);
  }

  /** Whether C2 is whole. */
  get isDone(): boolean {
    return this.#peer.isWhole;
  }

  /** The bytes behind C2, perhaps none, once it is whole; null before. Throws {@link RtmpProtocolError} for a wrong version. */
  push(bytes: Uint8Array): Uint8Array | null {
    const rest = this.#peer.push(bytes);
    const c1 = this.#peer.first;
    if (c1 !== null && !this.#hasAnswered) {
      this.#hasAnswered = true;
      this.#output = answer(c1, this.#randomBytes);
    }
    return rest;
  }

  /** S0, S1 and S2, once; null before and after. */
  takeOutput(): Uint8Array | null {
    const output = this.#output;
    this.#output = null;
    return output;
  }
}

/** The client's side: the simple handshake, which every server takes. */
export class ClientHandshake {
  readonly #peer = new PeerPackets();
  #output: Uint8Array | null;
  #hasAnswered = false;

  /** `randomBytes` has {@link HANDSHAKE_RANDOM_LENGTH} bytes. */
  constructor(randomBytes: Uint8Array) {
    this.#output = new Uint8Array(VERSION_LENGTH + PACKET_LENGTH);
    this.#output[0] = VERSION;
    this.#output.set(checkRandom(randomBytes), VERSION_LENGTH + RANDOM_OFFSET);
  }

  /** Whether S2 is whole. */
  get isDone(): boolean {
    return this.#peer.isWhole;
  }

  /** The bytes behind S2, perhaps none, once it is whole; null before. Throws {@link RtmpProtocolError} for a wrong version. */
  push(bytes: Uint8Array): Uint8Array | null {
    const rest = this.#peer.push(bytes);
    const s1 = this.#peer.first;
    if (s1 !== null && !this.#hasAnswered) {
      this.#hasAnswered = true;
      this.#output = concat([this.#output ?? new Uint8Array(0), s1]); // C2
    }
    return rest;
  }

  /** C0 and C1 from the start, C2 once S1 is whole; null when nothing is due. */
  takeOutput(): Uint8Array | null {
    const output = this.#output;
    this.#output = null;
    return output;
  }
}

/** What the other side sends: a version and two packets. */
class PeerPackets {
  readonly #received = new Uint8Array(VERSION_LENGTH + 2 * PACKET_LENGTH);
  #length = 0;

  get isWhole(): boolean {
    return this.#length === this.#received.byteLength;
  }

  /** C1 or S1; null while it is not whole. */
  get first(): Uint8Array | null {
    const end = VERSION_LENGTH + PACKET_LENGTH;
    return this.#length < end ? null : this.#received.subarray(VERSION_LENGTH, end);
  }

  /** What lies behind the second packet, once it is whole; null before. */
  push(bytes: Uint8Array): Uint8Array | null {
    const taken = Math.min(bytes.byteLength, this.#received.byteLength - this.#length);
    this.#received.set(bytes.subarray(0, taken), this.#length);
    this.#length += taken;
    const version = this.#received[0] ?? 0;
    if (this.#length > 0 && version !== VERSION) {
      throw new RtmpProtocolError(`the peer's handshake has version ${version}, expected ${VERSION}`);
    }
    return this.isWhole ? bytes.subarray(taken) : null;
  }
}

/** S0, S1 and S2. */
function answer(c1: Uint8Array, randomBytes: Uint8Array): Uint8Array {
  const output = new Uint8Array(VERSION_LENGTH + 2 * PACKET_LENGTH);
  output[0] = VERSION;
  const s1 = output.subarray(VERSION_LENGTH, VERSION_LENGTH + PACKET_LENGTH);
  const s2 = output.subarray(VERSION_LENGTH + PACKET_LENGTH);
  s1.set(randomBytes, RANDOM_OFFSET);
  const clientDigest = hasVersion(c1) ? findClientDigest(c1) : null;
  if (clientDigest === null) s2.set(c1);
  else prove(s1, s2, clientDigest);
  return output;
}

/** Makes S1 and S2 those of a digest handshake. */
function prove(s1: Uint8Array, s2: Uint8Array, { base, digest }: ClientDigest): void {
  s1.set(DIGEST_SERVER_VERSION, 4);
  signS1(s1, base);
  s2.set(s1);
  signS2(s2, digest);
}

/** A simple C1 has four zeros where a digest C1 has the client's version. */
function hasVersion(c1: Uint8Array): boolean {
  return c1.subarray(4, RANDOM_OFFSET).some((byte) => byte !== 0);
}

function checkRandom(randomBytes: Uint8Array): Uint8Array {
  if (randomBytes.byteLength === HANDSHAKE_RANDOM_LENGTH) return randomBytes;
  throw new Error(`a handshake takes ${HANDSHAKE_RANDOM_LENGTH} random bytes, got ${randomBytes.byteLength}`);
}
