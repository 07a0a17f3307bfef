import { describe, expect, test } from "bun:test";
import { concat } from "#media/bytes/concat.ts";
import { ChunkReader } from "#media/rtmp/chunk-reader.ts";
import { ChunkWriter } from "#media/rtmp/chunk-writer.ts";
import { DEFAULT_LIMITS, type RtmpLimits } from "#media/rtmp/limits.ts";
import { MESSAGE_TYPE, type Message } from "#media/rtmp/message.ts";
import { parseAbort, parseSetChunkSize } from "#media/rtmp/protocol-control.ts";
import { RtmpProtocolError } from "#media/rtmp/protocol-error.ts";
import { damaged } from "#test/support/damage.ts";
import { hex, toHex } from "#test/support/hex.ts";

function newReader(limits: Partial<RtmpLimits> = {}): ChunkReader {
  return new ChunkReader({ ...DEFAULT_LIMITS, ...limits });
}

/** The messages of `bytes`, with Set Chunk Size and Abort obeyed as a session obeys them. */
function* obeying(reader: ChunkReader, bytes: Uint8Array): Generator<Message> {
  for (const message of reader.push(bytes)) {
    if (message.type === MESSAGE_TYPE.setChunkSize) reader.setChunkSize(parseSetChunkSize(message.payload));
    if (message.type === MESSAGE_TYPE.abort) reader.abort(parseAbort(message.payload));
    yield message;
  }
}

/** A message on a line: chunk stream, message stream, type, timestamp, payload. */
function line({ chunkStreamId, messageStreamId, type, timestampMs, payload }: Message): string {
  return [chunkStreamId, messageStreamId, type, timestampMs, toHex(payload)].join(" ");
}

function read(bytes: Uint8Array, reader = newReader()): string[] {
  return Array.from(obeying(reader, bytes), line);
}

describe("a header", () => {
  test.each([
    [2, "02"],
    [63, "3f"],
    [64, "00 00"],
    [319, "00 ff"],
    [320, "01 00 01"],
    [365, "01 2d 01"],
    [65_599, "01 ff ff"],
  ])("of chunk stream %d begins %s", (chunkStreamId, basicHeader) => {
    expect(read(hex`${basicHeader} 000000 000001 09 00000000 aa`)).toEqual([`${chunkStreamId} 0 9 0 aa`]);
  });

  test("of type 0 has everything, the message stream id little-endian", () => {
    const bytes = hex`
      06                             // type 0, chunk stream 6
      0003e8  000002  09  01000000   // at 1000 ms, 2 bytes, video, message stream 1
      1701
    `;
    expect(read(bytes)).toEqual(["6 1 9 1000 1701"]);
  });

  test("of a lesser type takes what it leaves out from the one before", () => {
    const bytes = hex`
      04  0003e8  000002  09  01000000  1701  // type 0, at 1000 ms
      44  000021  000001  08            af    // type 1: 33 ms later, 1 byte, audio
      84  000017                        ae    // type 2: 23 ms later
      c4                                ad    // type 3: 23 ms later again
    `;
    expect(read(bytes)).toEqual(["4 1 9 1000 1701", "4 1 8 1033 af", "4 1 8 1056 ae", "4 1 8 1079 ad"]);
  });

  test("of type 3 behind type 0 advances by that one's timestamp (FFmpeg's audio of constant size)", () => {
    const bytes = hex`
      04  000017  000001  08  01000000  af
      c4                                ae
      c4                                ad
    `;
    expect(read(bytes)).toEqual(["4 1 8 23 af", "4 1 8 46 ae", "4 1 8 69 ad"]);
  });

  test("of type 1 may begin a chunk stream (SRS's Bug98: rtmpdump's Ping and buffer length)", () => {
    expect(read(hex`42 000000 000006 04 000600000d0f`)).toEqual(["2 0 4 0 000600000d0f"]);
  });

  test("of type 3 may begin the user control message behind it, as rtmpdump's does", () => {
    const bytes = hex`
      42  000000  000006  04  000600000d0f
      c2                      000700000d0f
    `;
    expect(read(bytes)).toEqual(["2 0 4 0 000600000d0f", "2 0 4 0 000700000d0f"]);
  });

  test.each([
    ["2", hex`85 000010`],
    ["3", hex`c5`],
  ])("of type %s cannot begin a chunk stream", (chunkType, bytes) => {
    const refusal = `chunk stream 5 begins with a chunk of type ${chunkType}, expected 0 or 1`;
    expect(() => read(bytes)).toThrow(new RtmpProtocolError(refusal));
  });

  test("takes timestamps past 2^32 around to 0", () => {
    const bytes = hex`
      04  ffffff  000001  09  01000000  fffffff0  aa
      84  000020                                  bb
    `;
    expect(read(bytes)).toEqual(["4 1 9 4294967280 aa", "4 1 9 16 bb"]);
  });
});

describe("an extended timestamp", () => {
  test("is absolute in type 0 and a delta in types 1 and 2", () => {
    const bytes = hex`
      04  ffffff  000001  09  01000000  01000000  aa
      44  ffffff  000001  09            01000001  bb
      84  ffffff                        01000002  cc
    `;
    expect(read(bytes)).toEqual(["4 1 9 16777216 aa", "4 1 9 33554433 bb", "4 1 9 50331651 cc"]);
  });

  const payload = toHex(Uint8Array.from({ length: 130 }, (_, index) => index + 1));
  const [firstPart, secondPart] = [payload.slice(0, 256), payload.slice(256)];

  test.each([
    ["repeats it, after type 0", "ffffff 000082 09 01000000 01000000", "04", "01000000"],
    ["repeats nothing, after type 0 (OBS before 2024)", "ffffff 000082 09 01000000 01000000", "04", ""],
    ["repeats the delta, after type 1", "ffffff 000082 09 01000000", "44", "01000000"],
    ["repeats the timestamp, after type 1", "ffffff 000082 09 01000000", "44", "01000001"],
    ["repeats nothing, after type 1", "ffffff 000082 09 01000000", "44", ""],
  ])("is told from payload when type 3 %s", (_, header, first, repeated) => {
    const bytes = hex`
      04  000001  000001  09  01000000  aa     // a message at 1 ms for deltas to lean on
      ${first}  ${header}  ${firstPart}
      c4        ${repeated}  ${secondPart}
      06  000000  000001  08  01000000  af     // what is read in step goes on in step
    `;
    const timestamp = first === "04" ? 0x01000000 : 0x01000001;
    expect(read(bytes)).toEqual(["4 1 9 1 aa", `4 1 9 ${timestamp} ${payload}`, "6 1 8 0 af"]);
    expect(splitReadings(bytes)).toEqual(new Set([read(bytes).join("\n")]));
  });

  test("that payload contradicts within fewer than four bytes delays no message", () => {
    const bytes = hex`
      04  ffffff  000082  09  01000000  01000000  ${firstPart}
      c4                                          ${secondPart}
    `;
    expect(read(bytes)).toHaveLength(1);
  });

  test("is repeated by a type 3 that begins a message, and advances it", () => {
    const bytes = hex`
      04  000000  000001  09  01000000            aa
      44  ffffff  000001  09            01000000  bb
      c4                                01000000  cc
    `;
    expect(read(bytes)).toEqual(["4 1 9 0 aa", "4 1 9 16777216 bb", "4 1 9 33554432 cc"]);
  });

  test("is over with the next header that has none, even for payload that looks like one", () => {
    const bytes = hex`
      04  ffffff  000004  09  01000000  01000000  aaaaaaaa
      84  000021                                  bbbbbbbb
      c4                                          00000021
    `;
    expect(read(bytes)).toEqual([
      "4 1 9 16777216 aaaaaaaa",
      "4 1 9 16777249 bbbbbbbb",
      "4 1 9 16777282 00000021",
    ]);
  });
});

/** A capture's worth of everything: chunk streams interleaved, chunk sizes changed, a message aborted and one replaced. */
const conversation = hex`
  02  000000  000004  01  00000000  00000004             // Set Chunk Size 4
  06  0003e8  000006  09  01000000  17010000             // video of 6 bytes begins
  44  000005  000001  08            af                   // audio begins a chunk stream with type 1
  c6                                0001                 // the video goes on
  00 00  ffffff  000005  09  01000000  01000000 a0a1a2a3 // chunk stream 64, extended
  02  000000  000004  01  00000000  00000002             // Set Chunk Size 2: also for the message begun
  c0 00  01000000  a4
  06  0007d0  000004  09  01000000  b0b1                 // begins ...
  02  000000  000004  02  00000000  0000                 // ... and is aborted
  c2                                0006
  06  0007d1  000004  09  01000000  c0c1                 // begins, and is replaced
  06  0007d2  000002  09  01000000  d0d1
  06  0007d3  000000  08  01000000                       // audio of no bytes
  01 ff ff  000000  000001  12  01000000  05
`;

const conversed = [
  "2 0 1 0 00000004",
  "4 0 8 5 af",
  "6 1 9 1000 170100000001",
  "2 0 1 0 00000002",
  "64 1 9 16777216 a0a1a2a3a4",
  "2 0 2 0 00000006",
  "6 1 9 2002 d0d1",
  "6 1 8 2003 ",
  "65599 1 18 0 05",
];

test("messages come out in the order they are completed", () => {
  expect(read(conversation)).toEqual(conversed);
});

/** What is read of `bytes` in two pushes, for every place between them; joined, so that equal readings are one. */
function splitReadings(bytes: Uint8Array): Set<string> {
  const readings = new Set<string>();
  for (let at = 0; at <= bytes.byteLength; at++) {
    const reader = newReader();
    readings.add([...read(bytes.slice(0, at), reader), ...read(bytes.slice(at), reader)].join("\n"));
  }
  return readings;
}

test("bytes split anywhere make the same messages", () => {
  expect(splitReadings(conversation)).toEqual(new Set([conversed.join("\n")]));
});

test("bytes that come one by one make the same messages", () => {
  const reader = newReader();
  const messages: Message[] = [];
  for (const byte of conversation) messages.push(...obeying(reader, Uint8Array.of(byte)));
  expect(messages.map(line)).toEqual(conversed);
  expect(reader.receivedBytes).toBe(conversation.byteLength);
});

test("a payload is a view of what came where it is a quarter of it, and keeps no more than itself where it is less", () => {
  for (const [payloadLength, isView] of [
    [4, true],
    [3, false],
  ] as const) {
    const header = Uint8Array.of(4, 0, 0, 0, 0, 0, payloadLength, 9, 1, 0, 0, 0);
    const bytes = new Uint8Array(16);
    bytes.set(header);
    const [message] = newReader().push(bytes);
    expect(message?.payload.byteLength).toBe(payloadLength);
    expect(message?.payload.buffer === bytes.buffer).toBe(isView);
    expect(message?.payload.constructor).toBe(Uint8Array);
  }
});

test("of a Buffer, too, payloads are plain arrays, and what is kept of it is a copy", () => {
  const bytes = Buffer.from([4, 0, 0, 0, 0, 0, 2, 9, 1, 0, 0, 0, 7, 8, 4, 0]);
  const reader = newReader();
  const [message] = [...reader.push(bytes)];
  expect(message?.payload).toEqual(Uint8Array.of(7, 8));
  expect(message?.payload.constructor).toBe(Uint8Array);
  bytes.fill(0xff);
  const [next] = [...reader.push(Uint8Array.of(0, 0, 0, 0, 2, 9, 1, 0, 0, 0, 5, 6))];
  expect(next?.payload).toEqual(Uint8Array.of(5, 6));
});

test("an aborted message's header is still leant on", () => {
  const bytes = hex`
    06  0003e8  000081  09  01000000  ${"00".repeat(128)}
    02  000000  000004  02  00000000  00000006
    86  000021                        ${"11".repeat(128)}
    c6                                22
  `;
  expect(read(bytes)).toEqual(["2 0 2 0 00000006", `6 1 9 1033 ${"11".repeat(128)}22`]);
});

test("abort of a chunk stream nobody opened is nothing", () => {
  expect(() => newReader().abort(9)).not.toThrow();
});

test("a message longer than the first memory it got comes out whole", () => {
  const payload = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251);
  const writer = new ChunkWriter();
  writer.setChunkSize(4096);
  writer.write({ chunkStreamId: 6, messageStreamId: 1, type: MESSAGE_TYPE.video, timestampMs: 0, payload });
  const reader = newReader();
  reader.setChunkSize(4096);
  const bytes = writer.take() ?? hex``;
  const messages = [0, 1, 2].flatMap((part) => [
    ...reader.push(bytes.subarray(part * 40_000, (part + 1) * 40_000)),
  ]);
  expect(messages.map((message) => toHex(message.payload) === toHex(payload))).toEqual([true]);
});

describe("a chunk size", () => {
  test.each([0, -1, 1.5, 0x80000000, Number.NaN])("of %d is refused", (size) => {
    expect(() => newReader().setChunkSize(size)).toThrow(RtmpProtocolError);
  });

  test("of 0x7fffffff is that of the longest message there can be", () => {
    const reader = newReader();
    reader.setChunkSize(0x7fffffff);
    expect(reader.chunkSize).toBe(0xffffff);
  });

  test("of 1 is accepted while messages are small", () => {
    const reader = newReader();
    reader.setChunkSize(1);
    expect(read(hex`04 000000 000003 14 00000000 aa c4 bb c4 cc`, reader)).toEqual(["4 0 20 0 aabbcc"]);
  });
});

describe("refused is", () => {
  test("a media message longer than its limit, at its header", () => {
    const reader = newReader({ maxMediaMessageBytes: 1000 });
    expect(() => read(hex`04 000000 0003e9 09 01000000`, reader)).toThrow(
      new RtmpProtocolError("message of type 9 has 1001 bytes, the limit is 1000"),
    );
    expect(read(hex`04 000000 0003e8 09 01000000`, newReader({ maxMediaMessageBytes: 1000 }))).toEqual([]);
  });

  test.each([MESSAGE_TYPE.commandAmf0, MESSAGE_TYPE.dataAmf0, MESSAGE_TYPE.userControl, 99])(
    "a message of type %d longer than 64 KiB",
    (type) => {
      const header = (length: string) =>
        hex`04 000000 ${length} ${type.toString(16).padStart(2, "0")} 01000000`;
      expect(read(header("010000"))).toEqual([]);
      expect(() => read(header("010001"))).toThrow("has 65537 bytes, the limit is 65536");
    },
  );

  test("a chunk stream more than the limit", () => {
    const begun = (count: number) =>
      concat(
        Array.from(
          { length: count },
          (_, index) => hex`00 ${index.toString(16).padStart(2, "0")} 000000 000000 08 01000000`,
        ),
      );
    expect(read(begun(64))).toHaveLength(64);
    expect(() => read(begun(65))).toThrow(
      new RtmpProtocolError("chunk stream 128 would be one more than 64"),
    );
  });

  test("a large message in tiny chunks, also when they turn tiny on the way", () => {
    const reader = newReader();
    reader.setChunkSize(31);
    expect(() => read(hex`04 000000 010001 09 01000000`, reader)).toThrow("65537 bytes in chunks of 31");
    const bytes = hex`
      04  000000  020000  09  01000000  ${"00".repeat(128)}
      02  000000  000004  01  00000000  00000001
      c4
    `;
    expect(() => read(bytes)).toThrow("130944 bytes in chunks of 1");
  });

  test("more half-received bytes than the limit, over all chunk streams", () => {
    const reader = newReader({ maxPartialBytes: 100_000 });
    reader.setChunkSize(65_536);
    const begin = (chunkStreamId: string) =>
      hex`${chunkStreamId} 000000 00ffff 09 01000000 ${"00".repeat(40_000)}`;
    // Each chunk is cut off by the end of the push, so it has to be finished before the next one begins.
    const rest = hex`${"00".repeat(25_535)}`;
    expect(read(concat([begin("04"), rest, begin("05"), rest]), reader)).toHaveLength(2);
    reader.setChunkSize(40_000);
    expect(read(concat([begin("04"), begin("05")]), reader)).toEqual([]);
    expect(() => read(begin("06"), reader)).toThrow(
      "half-received messages take 120000 bytes, the limit is 100000",
    );
  });

  test("no message whose chunk streams were replaced, aborted or finished before", () => {
    const reader = newReader({ maxPartialBytes: 50_000 });
    reader.setChunkSize(40_000);
    const begin = hex`04 000000 00ffff 09 01000000 ${"00".repeat(40_000)}`;
    const abort = hex`02 000000 000004 02 00000000 00000004`;
    const finish = hex`c4 ${"00".repeat(25_535)}`;
    const bytes = concat([begin, begin, abort, begin, finish, begin, finish, begin]);
    expect(read(bytes, reader)).toHaveLength(3);
  });
});

test("a declared length allocates nothing by itself", () => {
  const reader = newReader({ maxPartialBytes: 16 * 1024 });
  expect(read(hex`04 000000 ffffff 09 01000000 ${"00".repeat(128)}`, reader)).toEqual([]);
});

test("damage throws an RtmpProtocolError or nothing", () => {
  let refusals = 0;
  for (const bytes of damaged(conversation, 5000)) {
    try {
      read(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(RtmpProtocolError);
      refusals++;
    }
  }
  expect(refusals).toBeGreaterThan(500);
});
