import { expect, test } from "bun:test";
import { ChunkReader } from "#media/rtmp/chunk-reader.ts";
import { ChunkWriter } from "#media/rtmp/chunk-writer.ts";
import { ConnectionControl } from "#media/rtmp/connection-control.ts";
import { DEFAULT_LIMITS } from "#media/rtmp/limits.ts";
import { MESSAGE_TYPE } from "#media/rtmp/message.ts";
import { RtmpProtocolError } from "#media/rtmp/protocol-error.ts";
import { ServerReplies } from "#media/rtmp/server-replies.ts";
import { hex } from "#test/support/hex.ts";
import { RtmpPeer } from "#test/support/rtmp-peer.ts";

/** Control of a connection on which nothing was received yet. */
function control() {
  const replies = new ServerReplies();
  const connection = new ConnectionControl(new ChunkReader(DEFAULT_LIMITS), replies);
  const receive = (type: number, payload: Uint8Array): boolean =>
    connection.receive({ chunkStreamId: 2, messageStreamId: 0, timestampMs: 0, type, payload });
  const replied = () =>
    [...new ChunkReader(DEFAULT_LIMITS).push(replies.take() ?? new Uint8Array())].map(
      ({ type, payload }) => ({ type, payload }),
    );
  return { receive, replied };
}

test("a ping is answered with its own time", () => {
  const { receive, replied } = control();
  expect(receive(MESSAGE_TYPE.userControl, hex`00 06  00 00 0d 0f`)).toBe(true);
  expect(replied()).toEqual([{ type: MESSAGE_TYPE.userControl, payload: hex`00 07  00 00 0d 0f` }]);
});

test("user control that asks for nothing is taken and not answered", () => {
  const { receive, replied } = control();
  expect(receive(MESSAGE_TYPE.userControl, hex`00 03  00 00 00 01  00 00 0b b8`)).toBe(true); // SetBufferLength
  expect(receive(MESSAGE_TYPE.userControl, hex`00 1f  00 00 00 01`)).toBe(true); // an undocumented one
  expect(replied()).toEqual([]);
});

test("Set Peer Bandwidth is answered with the window", () => {
  const { receive, replied } = control();
  expect(receive(MESSAGE_TYPE.setPeerBandwidth, hex`00 26 25 a0 02`)).toBe(true);
  expect(replied()).toEqual([{ type: MESSAGE_TYPE.windowAcknowledgementSize, payload: hex`00 26 25 a0` }]);
});

test("commands, media and acknowledgements are for others", () => {
  const { receive, replied } = control();
  const { commandAmf0, aggregate, dataAmf0, acknowledgement } = MESSAGE_TYPE;
  for (const type of [commandAmf0, aggregate, dataAmf0, acknowledgement])
    expect(receive(type, hex`00 00 00 01`)).toBe(false);
  expect(replied()).toEqual([]);
});

test("a chunk size of zero, and a payload too short, break the protocol", () => {
  const { receive } = control();
  expect(() => receive(MESSAGE_TYPE.setChunkSize, hex`00 00 00 00`)).toThrow(RtmpProtocolError);
  expect(() => receive(MESSAGE_TYPE.abort, hex`00`)).toThrow(RtmpProtocolError);
});

test("an abort voids what was received of a message", () => {
  const reader = new ChunkReader(DEFAULT_LIMITS);
  const connection = new ConnectionControl(reader, new ServerReplies());
  const writer = new ChunkWriter();
  const message = { chunkStreamId: 6, messageStreamId: 1, timestampMs: 0, type: MESSAGE_TYPE.video };
  writer.write({ ...message, payload: new Uint8Array(200) });
  const chunks = writer.take() ?? new Uint8Array();
  expect([...reader.push(chunks.subarray(0, 140))]).toEqual([]); // the first chunk, of 128 bytes
  connection.receive({ ...message, type: MESSAGE_TYPE.abort, payload: hex`00 00 00 06` });
  writer.write({ ...message, payload: Uint8Array.of(9) });
  expect([...reader.push(writer.take() ?? new Uint8Array())].map(({ payload }) => payload)).toEqual([
    Uint8Array.of(9),
  ]);
});

test("bytes are acknowledged twice in each window the client asked for", () => {
  const peer = new RtmpPeer();
  peer.publish();
  peer.send(MESSAGE_TYPE.windowAcknowledgementSize, hex`00 00 10 00`, { chunkStreamId: 2 });
  peer.answers();
  for (let index = 0; index < 10; index += 1) {
    peer.send(MESSAGE_TYPE.video, new Uint8Array(1000), { messageStreamId: 1, chunkStreamId: 6 });
  }
  const acknowledgements = peer.answers().filter(({ type }) => type === MESSAGE_TYPE.acknowledgement);
  expect(acknowledgements.length).toBeGreaterThanOrEqual(3);
  expect(acknowledgements.length).toBeLessThanOrEqual(5);
});
