import { describe, expect, test } from "bun:test";
import { encodeAmf0 } from "#media/amf0/encode.ts";
import { MESSAGE_TYPE } from "#media/rtmp/message.ts";
import type { PlayRequest, SessionEvent } from "#media/rtmp/server-session.ts";
import { hex } from "#test/support/hex.ts";
import { codeOf, RtmpPeer } from "#test/support/rtmp-peer.ts";

const everything = { messageStreamId: 1, audio: true, video: true };

/** A peer whose play of `name` was asked for, and nothing answered yet. */
function askedToPlay(name: string, app = "play"): { peer: RtmpPeer; request: PlayRequest } {
  const peer = new RtmpPeer();
  peer.connect(app);
  peer.command(0, "createStream", 2, null);
  peer.command(1, "play", 0, null, name, -2000);
  peer.answers();
  const event = peer.events.at(-1);
  if (event?.type !== "play-requested") throw new Error("No play was asked for.");
  return { peer, request: event.request };
}

function playing(): RtmpPeer {
  const { peer, request } = askedToPlay("id");
  peer.session.acceptPlay(request);
  peer.answers();
  return peer;
}

function lastEvent(peer: RtmpPeer): SessionEvent | undefined {
  return peer.events.at(-1);
}

test("a play is asked for with its names", () => {
  const { request } = askedToPlay("id/primary?token=1");
  expect(request).toEqual({
    app: "play",
    streamName: "id/primary",
    query: new Map([["token", "1"]]),
    messageStreamId: 1,
  });
});

test.each([
  ["play", "flv:id"],
  ["play", "mp4:id"],
  ["play", "id.flv"],
  ["play/id", ""],
])("the container that %s, %s may name is no part of the name", (app, name) => {
  expect(askedToPlay(name, app).request.streamName).toBe("id");
});

test("an accepted play begins in the order that all players take", () => {
  const { peer, request } = askedToPlay("id");
  expect(peer.session.acceptPlay(request)).toEqual(everything);
  const answers = peer.answers();
  expect(answers.map(({ type, messageStreamId }) => [type, messageStreamId])).toEqual([
    [MESSAGE_TYPE.userControl, 0],
    [MESSAGE_TYPE.commandAmf0, 1],
    [MESSAGE_TYPE.commandAmf0, 1],
    [MESSAGE_TYPE.dataAmf0, 1],
  ]);
  const [begin, , , access] = peer.received.slice(-4);
  expect(begin?.payload).toEqual(hex`00 00  00 00 00 01`); // Stream Begin, message stream 1
  expect(answers.slice(1, 3).map(({ values }) => codeOf(values))).toEqual([
    "NetStream.Play.Reset",
    "NetStream.Play.Start",
  ]);
  expect(access?.payload).toEqual(encodeAmf0(["|RtmpSampleAccess", true, true]));
});

test("a refused play has the level and code that end a player", () => {
  const { peer, request } = askedToPlay("nobody");
  peer.session.refusePlay(request, "NetStream.Play.StreamNotFound", "nothing is played here");
  const information = peer.commands().at(-1)?.[3];
  expect(information instanceof Map ? [information.get("level"), information.get("code")] : null).toEqual([
    "error",
    "NetStream.Play.StreamNotFound",
  ]);
});

test("the end of what is played is said once, as players understand it", () => {
  const peer = playing();
  peer.session.notifyPlayEnd("the livestream was stopped");
  const [status] = peer.answers();
  expect(codeOf(status?.values)).toBe("NetStream.Play.UnpublishNotify");
  expect(peer.received.at(-1)?.payload).toEqual(hex`00 01  00 00 00 01`); // Stream EOF, message stream 1
  peer.session.notifyPlayEnd("again");
  expect(peer.answers()).toEqual([]);
});

test("a play on another stream than the first is answered and sent on that", () => {
  const peer = new RtmpPeer();
  peer.connect("play");
  peer.command(0, "createStream", 2, null);
  peer.command(0, "createStream", 3, null);
  peer.command(2, "play", 0, null, "id");
  peer.answers();
  const event = lastEvent(peer);
  if (event?.type !== "play-requested") throw new Error("No play was asked for.");
  expect(peer.session.acceptPlay(event.request)).toEqual({ ...everything, messageStreamId: 2 });
  expect(peer.answers().map(({ messageStreamId }) => messageStreamId)).toEqual([0, 2, 2, 2]);
});

describe("what a player says while it plays", () => {
  test("pause and its end", () => {
    const peer = playing();
    peer.command(1, "pause", 0, null, true, 1000);
    expect(lastEvent(peer)).toEqual({ type: "play-changed", selection: null });
    expect(peer.commands().map(codeOf)).toEqual(["NetStream.Pause.Notify"]);
    peer.command(1, "pause", 0, null, false, 1000);
    expect(lastEvent(peer)).toEqual({ type: "play-changed", selection: everything });
    expect(peer.commands().map(codeOf)).toEqual(["NetStream.Unpause.Notify"]);
  });

  test("audio or video alone, and neither", () => {
    const peer = playing();
    peer.command(1, "receiveVideo", 0, null, false);
    expect(lastEvent(peer)).toEqual({ type: "play-changed", selection: { ...everything, video: false } });
    peer.command(1, "receiveAudio", 0, null, false);
    expect(lastEvent(peer)).toEqual({ type: "play-changed", selection: null });
    expect(peer.commands()).toEqual([]);
    peer.command(1, "receiveVideo", 0, null, true);
    expect(lastEvent(peer)).toEqual({ type: "play-changed", selection: { ...everything, audio: false } });
    expect(peer.commands().map(codeOf)).toEqual(["NetStream.Seek.Notify", "NetStream.Play.Start"]);
  });

  test("a seek is answered and goes nowhere", () => {
    const peer = playing();
    peer.command(1, "seek", 0, null, 5000);
    expect(lastEvent(peer)).toEqual({ type: "play-changed", selection: everything });
    expect(peer.commands().map(codeOf)).toEqual(["NetStream.Seek.Notify", "NetStream.Play.Start"]);
  });

  test("the same without a play is nobody's business", () => {
    const peer = new RtmpPeer();
    peer.connect("play");
    peer.answers();
    peer.command(1, "pause", 7, null, true, 0);
    expect(peer.events).toEqual([]);
    expect(peer.commands().map(([name, transactionId]) => [name, transactionId])).toEqual([["_result", 7]]);
  });
});

describe("a play ends", () => {
  test("once, when the player leaves", () => {
    const peer = playing();
    peer.command(1, "closeStream", 0, null);
    peer.command(0, "deleteStream", 0, null, 1);
    expect(peer.events.map(({ type }) => type)).toEqual(["play-requested", "play-ended"]);
  });

  test("when another begins on the connection", () => {
    const peer = playing();
    peer.command(1, "play", 0, null, "other");
    expect(peer.events.map(({ type }) => type)).toEqual(["play-requested", "play-ended", "play-requested"]);
  });

  test("when a publish begins on the connection, and the other way round", () => {
    const peer = playing();
    peer.command(1, "publish", 0, null, "key");
    peer.command(1, "play", 0, null, "id");
    expect(peer.events.map(({ type }) => type)).toEqual([
      "play-requested",
      "play-ended",
      "publish-requested",
      "unpublished",
      "play-requested",
    ]);
  });
});

test("media from a player goes nowhere", () => {
  const peer = playing();
  peer.send(MESSAGE_TYPE.video, hex`27 01 00 00 00`, { messageStreamId: 1 });
  expect(peer.events.map(({ type }) => type)).toEqual(["play-requested"]);
});

test("a play before connect breaks the protocol", () => {
  const peer = new RtmpPeer();
  expect(() => peer.command(1, "play", 0, null, "id")).toThrow("play before connect");
});
