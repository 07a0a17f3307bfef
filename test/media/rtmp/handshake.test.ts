import { expect, test } from "bun:test";
import { concat } from "#media/bytes/concat.ts";
import { ClientHandshake, HANDSHAKE_RANDOM_LENGTH, ServerHandshake } from "#media/rtmp/handshake.ts";
import { RtmpProtocolError } from "#media/rtmp/protocol-error.ts";
import { hex, toHex } from "#test/support/hex.ts";

const PACKET_LENGTH = 1536;
const NOTHING = new Uint8Array(0);

function randomBytes(step: number): Uint8Array {
  return Uint8Array.from({ length: HANDSHAKE_RANDOM_LENGTH }, (_, index) => (step * index + 1) & 0xff);
}

const simpleC0C1 = concat([Uint8Array.of(3), new Uint8Array(8), randomBytes(5)]);
const c2 = new Uint8Array(PACKET_LENGTH).fill(0xc2);
const firstChunk = hex`02 000000 000004 01 00000000 00001000`;

test("the answer to a simple handshake is ready with C1's last byte, and the chunks begin behind C2", () => {
  const handshake = new ServerHandshake(randomBytes(3));
  expect(handshake.push(simpleC0C1.subarray(0, -1))).toBeNull();
  expect(handshake.takeOutput()).toBeNull();
  expect(handshake.push(simpleC0C1.subarray(-1))).toBeNull();
  const answer = handshake.takeOutput() ?? NOTHING;
  expect(answer).toEqual(
    concat([
      Uint8Array.of(3),
      new Uint8Array(8),
      randomBytes(3),
      simpleC0C1.subarray(1), // S2 is C1
    ]),
  );
  expect(handshake.takeOutput()).toBeNull();
  expect(handshake.isDone).toBe(false);
  expect(handshake.push(concat([c2, firstChunk]))).toEqual(firstChunk);
  expect(handshake.isDone).toBe(true);
});

test("a handshake split anywhere ends with the same answer and the same rest", () => {
  const all = concat([simpleC0C1, c2, firstChunk]);
  const whole = new ServerHandshake(randomBytes(3));
  expect(whole.push(all)).toEqual(firstChunk);
  const answer = whole.takeOutput();
  for (let at = 0; at <= all.byteLength; at++) {
    const split = new ServerHandshake(randomBytes(3));
    const rests = [split.push(all.subarray(0, at)), split.push(all.subarray(at))];
    expect(concat(rests.map((rest) => rest ?? NOTHING))).toEqual(firstChunk);
    expect(split.takeOutput()).toEqual(answer);
  }
});

test("a C1 with a digest is answered with digests in the same arrangement", () => {
  const c1 = concat([hex`00000000 09007c02`, randomBytes(3)]);
  c1.set(hex`f9af7af61be195badaa9d1be4972fa59ae183c760771417f76f3b1ef89d1e7db`, 34);
  const handshake = new ServerHandshake(randomBytes(3));
  handshake.push(concat([Uint8Array.of(3), c1]));
  const answer = handshake.takeOutput() ?? NOTHING;
  const s1 = answer.subarray(1, 1 + PACKET_LENGTH);
  expect(toHex(s1.subarray(0, 8))).toBe("0000000004050001");
  const others = concat([s1.subarray(0, 34), s1.subarray(66)]);
  const digest = new Bun.CryptoHasher("sha256", "Genuine Adobe Flash Media Server 001").update(others);
  expect(toHex(s1.subarray(34, 66))).toBe(digest.digest("hex"));
  expect(answer.subarray(1 + PACKET_LENGTH)).not.toEqual(c1);
});

test("a C1 with a version and no digest is answered as a simple one", () => {
  const c1 = concat([hex`00000000 80000702`, randomBytes(7)]);
  const handshake = new ServerHandshake(randomBytes(3));
  handshake.push(concat([Uint8Array.of(3), c1]));
  const answer = handshake.takeOutput() ?? NOTHING;
  expect(toHex(answer.subarray(5, 9))).toBe("00000000");
  expect(answer.subarray(1 + PACKET_LENGTH)).toEqual(c1);
});

test.each([0, 2, 6, 8, 0x47])("version %d is refused at its byte", (version) => {
  const refusal = `the peer's handshake has version ${version}, expected 3`;
  const bytes = Uint8Array.of(version);
  expect(() => new ServerHandshake(randomBytes(3)).push(bytes)).toThrow(new RtmpProtocolError(refusal));
  expect(() => new ClientHandshake(randomBytes(3)).push(bytes)).toThrow(new RtmpProtocolError(refusal));
});

test("a client and a server shake hands, byte by byte", () => {
  const client = new ClientHandshake(randomBytes(5));
  const server = new ServerHandshake(randomBytes(3));
  const c0c1 = client.takeOutput() ?? NOTHING;
  expect(c0c1).toEqual(simpleC0C1);
  for (const byte of c0c1) server.push(Uint8Array.of(byte));
  const answer = server.takeOutput() ?? NOTHING;
  for (const byte of answer) client.push(Uint8Array.of(byte));
  expect(client.isDone).toBe(true);
  const echo = client.takeOutput() ?? NOTHING;
  expect(echo).toEqual(answer.subarray(1, 1 + PACKET_LENGTH));
  expect(server.push(echo)).toEqual(NOTHING);
  expect(server.isDone).toBe(true);
});

test("a client that gets all of the answer with chunks behind it hands them on", () => {
  const client = new ClientHandshake(randomBytes(5));
  const server = new ServerHandshake(randomBytes(3));
  server.push(client.takeOutput() ?? NOTHING);
  expect(client.push(concat([server.takeOutput() ?? NOTHING, firstChunk]))).toEqual(firstChunk);
});

test("too few random bytes are our own mistake", () => {
  expect(() => new ServerHandshake(new Uint8Array(16))).toThrow("1528");
});
