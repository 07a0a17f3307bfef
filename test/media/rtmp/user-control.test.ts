import { expect, test } from "bun:test";
import {
  encodePingRequest,
  encodePingResponse,
  encodeSetBufferLength,
  encodeStreamBegin,
  encodeStreamEof,
  parseUserControl,
  USER_CONTROL_EVENT,
} from "#media/rtmp/user-control.ts";
import { hex } from "#test/support/hex.ts";

test.each([
  [encodeStreamBegin(1), hex`0000 00000001`, { event: USER_CONTROL_EVENT.streamBegin, messageStreamId: 1 }],
  [encodeStreamEof(2), hex`0001 00000002`, { event: USER_CONTROL_EVENT.streamEof, messageStreamId: 2 }],
  [
    encodeSetBufferLength(1, 3000),
    hex`0003 00000001 00000bb8`,
    { event: USER_CONTROL_EVENT.setBufferLength, messageStreamId: 1, bufferMs: 3000 },
  ],
  [encodePingRequest(7), hex`0006 00000007`, { event: USER_CONTROL_EVENT.pingRequest, timestampMs: 7 }],
  [encodePingResponse(7), hex`0007 00000007`, { event: USER_CONTROL_EVENT.pingResponse, timestampMs: 7 }],
])("an event is encoded and parsed (%#)", (encoded, bytes, event) => {
  expect(encoded).toEqual(bytes);
  expect(parseUserControl(bytes)).toEqual(event);
});

test("a ping repeats a clock beyond 32 bits without its high bits", () => {
  expect(encodePingRequest(2 ** 32 + 1)).toEqual(hex`0006 00000001`);
});

test.each([
  ["SWFVerify, which nobody documents", hex`001a 00000000`],
  ["an event of a number not given out", hex`0005 00000000`],
  ["a ping without a timestamp", hex`0006`],
  ["a buffer length without the length", hex`0003 00000001`],
  ["nothing", hex``],
])("%s is no event", (_, payload) => {
  expect(parseUserControl(payload)).toBeNull();
});
