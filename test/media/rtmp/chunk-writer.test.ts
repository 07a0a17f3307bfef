import { expect, test } from "bun:test";
import { ChunkReader } from "#media/rtmp/chunk-reader.ts";
import { ChunkWriter } from "#media/rtmp/chunk-writer.ts";
import { DEFAULT_LIMITS } from "#media/rtmp/limits.ts";
import { MESSAGE_TYPE, type Message } from "#media/rtmp/message.ts";
import { hex, toHex } from "#test/support/hex.ts";

const ping: Message = {
  chunkStreamId: 2,
  messageStreamId: 0,
  type: MESSAGE_TYPE.userControl,
  timestampMs: 0,
  payload: hex`0006 00000007`,
};

test("a message that fits is one chunk", () => {
  const writer = new ChunkWriter();
  writer.write({ ...ping, chunkStreamId: 5, messageStreamId: 1, timestampMs: 1000 });
  expect(writer.take()).toEqual(hex`
    05                                 // type 0, chunk stream 5
    0003e8  000006  04  01000000       // at 1000 ms, 6 bytes, user control, message stream 1
    0006 00000007
  `);
});

test.each([
  [2, "02"],
  [63, "3f"],
  [64, "00 00"],
  [319, "00 ff"],
  [320, "01 00 01"],
  [365, "01 2d 01"],
  [65_599, "01 ff ff"],
])("chunk stream %d has the basic header %s", (chunkStreamId, basicHeader) => {
  const writer = new ChunkWriter();
  writer.write({ ...ping, chunkStreamId });
  const header = hex`${basicHeader}`;
  expect(writer.take()?.subarray(0, header.byteLength)).toEqual(header);
});

test("a longer message goes on in chunks of type 3, and repeats its extended timestamp on each", () => {
  const writer = new ChunkWriter();
  writer.setChunkSize(2);
  writer.write({ ...ping, chunkStreamId: 64, timestampMs: 0x01020304, payload: hex`aabbccddee` });
  expect(writer.take()).toEqual(hex`
    00 00  ffffff  000005  04  00000000  01020304  aabb
    c0 00                                01020304  ccdd
    c0 00                                01020304  ee
  `);
});

test("the timestamp field's mark is itself an extended timestamp, the one before is not", () => {
  const writer = new ChunkWriter();
  writer.write({ ...ping, timestampMs: 0xfffffe, payload: hex`` });
  writer.write({ ...ping, timestampMs: 0xffffff, payload: hex`` });
  expect(writer.take()).toEqual(hex`
    02  fffffe  000000  04  00000000
    02  ffffff  000000  04  00000000  00ffffff
  `);
});

test("a payload of exactly one chunk has no second one", () => {
  const writer = new ChunkWriter();
  writer.write({ ...ping, payload: new Uint8Array(128) });
  expect(writer.take()).toHaveLength(12 + 128);
  writer.write({ ...ping, payload: new Uint8Array(129) });
  expect(writer.take()).toHaveLength(12 + 128 + 1 + 1);
});

test("what was written is taken once, merged", () => {
  const writer = new ChunkWriter();
  expect(writer.take()).toBeNull();
  writer.write(ping);
  writer.write(ping);
  expect(writer.take()).toHaveLength(2 * (12 + 6));
  expect(writer.take()).toBeNull();
});

test("every message written is the message read", () => {
  const written: Message[] = [];
  for (const chunkStreamId of [2, 63, 64, 319, 320, 65_599]) {
    for (const timestampMs of [0, 0xfffffe, 0xffffff, 0x7fffffff, 0xffffffff]) {
      for (const length of [0, 1, 127, 128, 129, 1000]) {
        const payload = new Uint8Array(length).fill(length);
        written.push({ chunkStreamId, messageStreamId: 1, type: MESSAGE_TYPE.video, timestampMs, payload });
      }
    }
  }
  const writer = new ChunkWriter();
  for (const message of written) writer.write(message);
  const read = [...new ChunkReader(DEFAULT_LIMITS).push(writer.take() ?? hex``)];
  expect(read.map((message) => ({ ...message, payload: toHex(message.payload) }))).toEqual(
    written.map((message) => ({ ...message, payload: toHex(message.payload) })),
  );
});

test("a chunk size of nothing is our own mistake", () => {
  expect(() => new ChunkWriter().setChunkSize(0)).toThrow("chunk size 0");
});
