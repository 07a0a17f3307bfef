import { describe, expect, test } from "bun:test";
import { ChunkReader } from "#media/rtmp/chunk-reader.ts";
import { DEFAULT_LIMITS } from "#media/rtmp/limits.ts";
import { MESSAGE_TYPE, type Message } from "#media/rtmp/message.ts";
import { isWhole, PlayerMessages, SERVER_CHUNK_SIZE, selectMessages } from "#media/rtmp/player-messages.ts";
import { hex } from "#test/support/hex.ts";

function read(chunks: Uint8Array): Message[] {
  const reader = new ChunkReader(DEFAULT_LIMITS);
  reader.setChunkSize(SERVER_CHUNK_SIZE);
  return [...reader.push(chunks)];
}

function written(...messages: Parameters<PlayerMessages["write"]>[]): Uint8Array {
  const player = new PlayerMessages();
  for (const message of messages) player.write(...message);
  return player.take() ?? new Uint8Array();
}

test("each message begins with a full header on the stream that players play on", () => {
  const chunks = written(["video", 1000, hex`27 01`], ["audio", 1011, hex`af 01`], ["data", 1011, hex`05`]);
  expect(chunks).toEqual(hex`
    06  00 03 e8  00 00 02  09  01 00 00 00  27 01  // at 1000 ms, 2 bytes, video, message stream 1
    04  00 03 f3  00 00 02  08  01 00 00 00  af 01  // at 1011 ms, 2 bytes, audio
    04  00 03 f3  00 00 01  12  01 00 00 00  05     // at 1011 ms, 1 byte, data
  `);
});

test("nothing written is nothing taken", () => {
  const messages = new PlayerMessages();
  expect(messages.take()).toBeNull();
  messages.write("audio", 0, hex`af`);
  messages.take();
  expect(messages.take()).toBeNull();
});

test("time wraps at 32 bits", () => {
  const [message] = read(written(["audio", 2 ** 32 + 17_000_000, hex`af 01`]));
  expect(message?.timestampMs).toBe(17_000_000);
});

describe("a selection", () => {
  // Times on either side of the extended timestamp, payloads of no, one, two and three chunks.
  const payloads = [0, 1, SERVER_CHUNK_SIZE, SERVER_CHUNK_SIZE + 1, 2 * SERVER_CHUNK_SIZE, 150_000].map(
    (length) => new Uint8Array(length).fill(length % 251),
  );
  const chunks = written(
    ...payloads.flatMap((payload, index): Parameters<PlayerMessages["write"]>[] => [
      ["video", 0xff_fffd + index, payload],
      ["audio", 0xff_fffd + index, payload],
      ["data", 0xff_fffd + index, hex`05`],
    ]),
  );
  const whole = read(chunks);

  test("moves all messages to its stream", () => {
    const moved = selectMessages(chunks, { messageStreamId: 7, audio: true, video: true });
    expect(read(moved)).toEqual(whole.map((message) => ({ ...message, messageStreamId: 7 })));
  });

  test("leaves out audio or video, and keeps the metadata", () => {
    const withoutAudio = selectMessages(chunks, { messageStreamId: 1, audio: false, video: true });
    expect(read(withoutAudio)).toEqual(whole.filter(({ type }) => type !== MESSAGE_TYPE.audio));
    const withoutVideo = selectMessages(chunks, { messageStreamId: 1, audio: true, video: false });
    expect(read(withoutVideo)).toEqual(whole.filter(({ type }) => type !== MESSAGE_TYPE.video));
  });

  test("is not needed by a player that takes all on the first stream", () => {
    expect(isWhole({ messageStreamId: 1, audio: true, video: true })).toBe(true);
    expect(isWhole({ messageStreamId: 2, audio: true, video: true })).toBe(false);
    expect(isWhole({ messageStreamId: 1, audio: false, video: true })).toBe(false);
    expect(isWhole({ messageStreamId: 1, audio: true, video: false })).toBe(false);
  });
});
