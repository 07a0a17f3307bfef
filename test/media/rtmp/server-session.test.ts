import { describe, expect, test } from "bun:test";
import { encodeAmf0 } from "#media/amf0/encode.ts";
import type { Amf0Value } from "#media/amf0/value.ts";
import { ChunkWriter } from "#media/rtmp/chunk-writer.ts";
import { MESSAGE_TYPE } from "#media/rtmp/message.ts";
import { RtmpProtocolError } from "#media/rtmp/protocol-error.ts";
import { damaged } from "#test/support/damage.ts";
import { hex } from "#test/support/hex.ts";
import { codeOf, RtmpPeer } from "#test/support/rtmp-peer.ts";

const frame = Uint8Array.of(0x27, 1, 0, 0, 0);

function namesOf(commands: readonly (readonly Amf0Value[])[]): Amf0Value[] {
  return commands.map(([name]) => name);
}

test("connect is answered with window, bandwidth and chunk size before the result", () => {
  const peer = new RtmpPeer();
  peer.connect();
  const answers = peer.answers();
  expect(answers.map(({ type }) => type)).toEqual([
    MESSAGE_TYPE.windowAcknowledgementSize,
    MESSAGE_TYPE.setPeerBandwidth,
    MESSAGE_TYPE.setChunkSize,
    MESSAGE_TYPE.commandAmf0,
  ]);
  const [name, transactionId, , information] = answers[3]?.values ?? [];
  expect([name, transactionId]).toEqual(["_result", 1]);
  expect(information instanceof Map ? information.get("code") : null).toBe("NetConnection.Connect.Success");
});

test("the client's object encoding is echoed", () => {
  const peer = new RtmpPeer();
  peer.command(
    0,
    "connect",
    1,
    new Map<string, Amf0Value>([
      ["app", "live"],
      ["objectEncoding", 3],
    ]),
  );
  const information = peer.commands()[0]?.[3];
  expect(information instanceof Map ? information.get("objectEncoding") : null).toBe(3);
});

test("a publish is asked for with its names, and begins once it is accepted", () => {
  const peer = new RtmpPeer();
  peer.publish("key?token=1");
  expect(peer.events).toEqual([
    {
      type: "publish-requested",
      request: { app: "live", streamName: "key", query: new Map([["token", "1"]]), messageStreamId: 1 },
    },
  ]);
  const commands = peer.commands();
  expect(codeOf(commands.at(-1))).toBe("NetStream.Publish.Start");
});

test("a refusal has the level that stops an encoder, and no media passes", () => {
  const peer = new RtmpPeer({
    answer: (session, request) => session.refusePublish(request, "NetStream.Publish.Denied", "no"),
  });
  peer.publish();
  const information = peer.commands().at(-1)?.[3];
  expect(information instanceof Map ? [information.get("level"), information.get("code")] : null).toEqual([
    "error",
    "NetStream.Publish.Denied",
  ]);
  peer.send(MESSAGE_TYPE.video, frame, { messageStreamId: 1 });
  expect(peer.events.some(({ type }) => type === "media")).toBe(false);
});

test("audio, video and data come out as they went in, data without its order", () => {
  const peer = new RtmpPeer();
  peer.publish();
  peer.send(MESSAGE_TYPE.video, frame, { messageStreamId: 1, timestampMs: 40 });
  peer.send(MESSAGE_TYPE.audio, Uint8Array.of(0xaf, 1), { messageStreamId: 1, timestampMs: 46 });
  peer.send(MESSAGE_TYPE.dataAmf0, encodeAmf0(["@setDataFrame", "onMetaData", null]), { messageStreamId: 1 });
  expect(peer.events.slice(1)).toEqual([
    { type: "media", message: { kind: "video", timestampMs: 40, payload: frame } },
    { type: "media", message: { kind: "audio", timestampMs: 46, payload: Uint8Array.of(0xaf, 1) } },
    { type: "media", message: { kind: "data", timestampMs: 0, payload: encodeAmf0(["onMetaData", null]) } },
  ]);
});

test("media before a publish goes nowhere", () => {
  const peer = new RtmpPeer();
  peer.connect();
  peer.send(MESSAGE_TYPE.video, frame, { messageStreamId: 1 });
  peer.send(MESSAGE_TYPE.dataAmf0, encodeAmf0(["onMetaData"]), { messageStreamId: 1 });
  expect(peer.events).toEqual([]);
});

describe("the flows of encoders", () => {
  test("FFmpeg: releaseStream, FCPublish and createStream in one burst, each answered by its number", () => {
    const peer = new RtmpPeer();
    peer.connect();
    peer.commands();
    peer.command(0, "releaseStream", 2, null, "key");
    peer.command(0, "FCPublish", 3, null, "key");
    peer.command(0, "createStream", 4, null);
    const commands = peer.commands();
    expect(commands.map(([name, transactionId]) => [name, transactionId])).toEqual([
      ["_result", 2],
      ["onFCPublish", 0],
      ["_result", 3],
      ["_result", 4],
    ]);
    expect(commands[3]?.[3]).toBe(1);
  });

  test("GStreamer: transaction 0 asks for no answer, deleteStream names the stream", () => {
    const peer = new RtmpPeer();
    peer.connect();
    peer.commands();
    peer.command(0, "releaseStream", 0, null, "key");
    peer.command(0, "createStream", 2, null);
    peer.command(1, "publish", 0, null, "key", "live");
    const commands = peer.commands();
    expect(namesOf(commands)).toEqual(["_result", "onStatus"]);
    peer.command(1, "deleteStream", 0, null, "key");
    expect(peer.events.map(({ type }) => type)).toEqual(["publish-requested", "unpublished"]);
  });

  test("Wirecast: a publish of the name false ends the publish", () => {
    for (const name of ["false", false] as const) {
      const peer = new RtmpPeer();
      peer.publish();
      peer.command(1, "publish", 0, null, name);
      expect(peer.events.map(({ type }) => type)).toEqual(["publish-requested", "unpublished"]);
    }
  });

  test("FMLE and Flash with AMF3: a command behind a format byte of 0", () => {
    const peer = new RtmpPeer();
    const connect = encodeAmf0(["connect", 1, new Map([["app", "live"]])]);
    peer.send(MESSAGE_TYPE.commandAmf3, Uint8Array.of(0, ...connect));
    expect(namesOf(peer.commands())).toEqual(["_result"]);
  });

  test("calls that nobody knows are answered, never refused", () => {
    const peer = new RtmpPeer();
    peer.connect();
    peer.commands();
    peer.command(0, "_checkbw", 7, null);
    peer.command(0, "FCSubscribe", 0, null, "key");
    peer.command(0, "getStreamLength", 8, null, "key");
    expect(peer.commands().map(([name, transactionId, , value]) => [name, transactionId, value])).toEqual([
      ["_result", 7, undefined],
      ["_result", 8, 0],
    ]);
  });

  test("leaving: FCUnpublish, then deleteStream, are one end", () => {
    const peer = new RtmpPeer();
    peer.publish();
    peer.command(0, "FCUnpublish", 6, null, "key");
    peer.command(0, "deleteStream", 7, null, 1);
    expect(peer.events.map(({ type }) => type)).toEqual(["publish-requested", "unpublished"]);
  });

  test("another stream's end is not the end of the publish, whoever names it how", () => {
    const peer = new RtmpPeer();
    peer.publish();
    peer.command(0, "createStream", 8, null);
    peer.command(0, "deleteStream", 9, null, 2);
    peer.command(2, "closeStream", 0, null);
    expect(peer.events.map(({ type }) => type)).toEqual(["publish-requested"]);
    peer.command(0, "deleteStream", 10, null, 7); // a stream that never was: the encoder means its own
    expect(peer.events.map(({ type }) => type)).toEqual(["publish-requested", "unpublished"]);
  });

  test("a publish can follow an unpublish on the same connection", () => {
    const peer = new RtmpPeer();
    peer.publish();
    peer.command(0, "FCUnpublish", 6, null, "key");
    peer.command(1, "publish", 8, null, "key", "live");
    expect(peer.events.map(({ type }) => type)).toEqual([
      "publish-requested",
      "unpublished",
      "publish-requested",
    ]);
  });
});

test("Set Chunk Size is in force for the very next chunk of the same bytes", () => {
  const peer = new RtmpPeer();
  peer.publish();
  const writer = new ChunkWriter();
  const message = { chunkStreamId: 6, messageStreamId: 1, timestampMs: 0, type: MESSAGE_TYPE.video };
  writer.write({ ...message, chunkStreamId: 2, type: MESSAGE_TYPE.setChunkSize, payload: hex`00 00 10 00` });
  writer.setChunkSize(4096);
  writer.write({ ...message, payload: new Uint8Array(4000).fill(7) });
  peer.push(writer.take() ?? new Uint8Array());
  const last = peer.events.at(-1);
  expect(last?.type === "media" ? last.message.payload : null).toEqual(new Uint8Array(4000).fill(7));
});

describe("limits", () => {
  test("a publish before connect", () => {
    const peer = new RtmpPeer();
    expect(() => peer.command(1, "publish", 5, null, "key")).toThrow("publish before connect");
  });

  test("a second connect, a second publish", () => {
    const peer = new RtmpPeer();
    peer.publish();
    expect(() => peer.connect()).toThrow(RtmpProtocolError);
    const other = new RtmpPeer();
    other.publish();
    other.commands();
    expect(() => other.command(2, "publish", 6, null, "key")).toThrow("a second publish");
    expect(codeOf(other.commands().at(-1))).toBe("NetStream.Publish.BadName");
  });

  test("more streams than any encoder makes", () => {
    const peer = new RtmpPeer({ limits: { maxCreateStreams: 2 } });
    peer.connect();
    peer.command(0, "createStream", 2, null);
    peer.command(0, "createStream", 3, null);
    expect(() => peer.command(0, "createStream", 4, null)).toThrow("createStream");
  });

  test("a flood of commands, counted by the second", () => {
    const peer = new RtmpPeer({ limits: { maxCommandsPerSecond: 5 } });
    peer.connect();
    const ask = () => peer.command(0, "_checkbw", 0, null);
    for (let index = 0; index < 4; index += 1) ask();
    expect(ask).toThrow("6 commands within a second");
    const patient = new RtmpPeer({ limits: { maxCommandsPerSecond: 5 } });
    patient.connect();
    for (let index = 0; index < 50; index += 1) {
      patient.nowMs += 250;
      patient.command(0, "_checkbw", 0, null);
    }
  });

  test("a command that is no AMF0", () => {
    const peer = new RtmpPeer();
    expect(() => peer.send(MESSAGE_TYPE.commandAmf0, hex`02 00 ff 61`)).toThrow(RtmpProtocolError);
    expect(() => new RtmpPeer().send(MESSAGE_TYPE.commandAmf0, hex`05`)).toThrow("name is no string");
  });
});

test("a tcUrl that is missing or no URL, and a name that is a number, harm nothing", () => {
  const peer = new RtmpPeer();
  peer.command(
    0,
    "connect",
    1,
    new Map<string, Amf0Value>([
      ["app", "live"],
      ["tcUrl", '"[::1'.repeat(200)],
    ]),
  );
  peer.command(1, "publish", 5, null, 17);
  expect(
    peer.events.map((event) => (event.type === "publish-requested" ? event.request.streamName : null)),
  ).toEqual([""]);
});

test("damaged bytes only ever break the protocol", () => {
  for (const bytes of damaged(recordedPublish(), 500)) {
    const peer = new RtmpPeer();
    try {
      peer.push(bytes);
    } catch (error) {
      if (!(error instanceof RtmpProtocolError)) throw error;
    }
  }
});

/** Everything after the handshake of a short publish. */
function recordedPublish(): Uint8Array {
  const writer = new ChunkWriter();
  const write = (type: number, payload: Uint8Array, messageStreamId = 0): void =>
    writer.write({ chunkStreamId: 3, messageStreamId, timestampMs: 40, type, payload });
  write(MESSAGE_TYPE.commandAmf0, encodeAmf0(["connect", 1, new Map([["app", "live"]])]));
  write(MESSAGE_TYPE.commandAmf0, encodeAmf0(["createStream", 4, null]));
  write(MESSAGE_TYPE.commandAmf0, encodeAmf0(["publish", 5, null, "key", "live"]), 1);
  for (let index = 0; index < 20; index += 1) write(MESSAGE_TYPE.video, new Uint8Array(60).fill(index), 1);
  return writer.take() ?? new Uint8Array();
}
