import { expect, test } from "bun:test";
import {
  BANDWIDTH_LIMIT_TYPE,
  encodeAbort,
  encodeAcknowledgement,
  encodeSetChunkSize,
  encodeSetPeerBandwidth,
  encodeWindowAcknowledgementSize,
  parseAbort,
  parseAcknowledgement,
  parseSetChunkSize,
  parseSetPeerBandwidth,
  parseWindowAcknowledgementSize,
} from "#media/rtmp/protocol-control.ts";
import { RtmpProtocolError } from "#media/rtmp/protocol-error.ts";
import { hex } from "#test/support/hex.ts";

test("each message is 32 bits, big-endian, both ways", () => {
  expect(encodeSetChunkSize(65_536)).toEqual(hex`00010000`);
  expect(parseSetChunkSize(hex`00010000`)).toBe(65_536);
  expect(encodeAbort(5)).toEqual(hex`00000005`);
  expect(parseAbort(hex`00000005`)).toBe(5);
  expect(encodeWindowAcknowledgementSize(2_500_000)).toEqual(hex`002625a0`);
  expect(parseWindowAcknowledgementSize(hex`002625a0`)).toBe(2_500_000);
  expect(parseAcknowledgement(hex`ffffffff`)).toBe(0xffffffff);
});

test("an acknowledgement goes on from zero after 4 GiB", () => {
  expect(encodeAcknowledgement(2 ** 32 + 7)).toEqual(hex`00000007`);
});

test("Set Peer Bandwidth has a limit type behind the window", () => {
  const bandwidth = { windowBytes: 2_500_000, limitType: BANDWIDTH_LIMIT_TYPE.soft };
  expect(encodeSetPeerBandwidth(bandwidth)).toEqual(hex`002625a0 01`);
  expect(parseSetPeerBandwidth(hex`002625a0 01`)).toEqual(bandwidth);
  expect(parseSetPeerBandwidth(hex`002625a0`).limitType).toBe(BANDWIDTH_LIMIT_TYPE.dynamic);
});

test("the largest chunk size is accepted", () => {
  expect(parseSetChunkSize(hex`7fffffff`)).toBe(0x7fffffff);
});

test.each([[hex`00000000`], [hex`80000000`], [hex`ffffffff`]])("the chunk size %p is refused", (payload) => {
  expect(() => parseSetChunkSize(payload)).toThrow(RtmpProtocolError);
});

test.each([
  [parseSetChunkSize],
  [parseAbort],
  [parseAcknowledgement],
  [parseWindowAcknowledgementSize],
  [parseSetPeerBandwidth],
])("%p refuses fewer than four bytes", (parse) => {
  expect(() => parse(hex`000001`)).toThrow(RtmpProtocolError);
});
