import { describe, expect, test } from "bun:test";
import type { AccessUnit } from "#media/track/track.ts";
import { type Burst, type FanOutPlayer, RtmpFanOut } from "#server/programme/rtmp-fan-out.ts";
import { described, readMessages } from "#test/support/flv-messages.ts";
import { audioUnits, interleaved, videoUnit, videoUnits } from "#test/support/programme-units.ts";
import { audioTrack, videoTrack } from "#test/support/tracks.ts";

/** Longer than a test: what waits is sent when something else makes it be. */
const NEVER_MS = 60_000;

class Player implements FanOutPlayer {
  readonly bursts: Burst[] = [];
  endReason: string | null = null;

  send(burst: Burst): void {
    this.bursts.push(burst);
  }

  ended(reason: string): void {
    this.endReason = reason;
  }

  /** As a player gets them: the headers of where it starts, then everything. */
  get messages(): string[] {
    const headers = this.bursts[0]?.headers ?? new Uint8Array();
    return described(readMessages(headers, ...this.bursts.map(({ messages }) => messages)));
  }
}

function fanOutOf(tracks = [videoTrack, audioTrack], mergeMilliseconds = NEVER_MS): RtmpFanOut {
  const fanOut = new RtmpFanOut(mergeMilliseconds);
  fanOut.setTracks(tracks);
  return fanOut;
}

function push(fanOut: RtmpFanOut, units: Iterable<AccessUnit>): void {
  for (const unit of units) fanOut.push(unit);
}

function gop(fromSeconds: number, frames = 3): Iterable<AccessUnit> {
  return videoUnits({ fromSeconds, seconds: frames / 25, gopFrames: frames });
}

/** A recovery point and the picture after it. */
function refresh(seconds: number): AccessUnit[] {
  const first = videoUnit(seconds, false);
  return [{ ...first, hints: { isRecoveryPoint: true } }, videoUnit(seconds + 0.04, false)];
}

describe("a newcomer", () => {
  test("who is the first starts with the last key frame, kept while nobody played", () => {
    const fanOut = fanOutOf();
    push(fanOut, gop(0));
    push(fanOut, gop(1));
    const player = new Player();
    fanOut.join(player);
    expect(player.messages).toEqual([
      "data 1000",
      "avc 1000",
      "aac 1000",
      "key 1000",
      "inter 1040",
      "inter 1080",
    ]);
    expect(player.bursts).toHaveLength(1);
  });

  test("who is not gets the very bytes that the others got", () => {
    const fanOut = fanOutOf();
    const first = new Player();
    fanOut.join(first);
    push(fanOut, gop(0));
    fanOut.flush();
    push(fanOut, gop(1));
    fanOut.flush();
    fanOut.push(videoUnit(1.12, false));
    fanOut.flush();
    const second = new Player();
    fanOut.join(second);
    expect(described(readMessages(...second.bursts.map((each) => each.messages)))).toEqual([
      "key 1000",
      "inter 1040",
      "inter 1080",
      "inter 1120",
    ]);
    expect(second.bursts.every((burst, index) => burst === first.bursts[index + 1])).toBe(true);
    const [start] = second.bursts;
    expect(described(readMessages(start?.headers ?? new Uint8Array()))).toEqual([
      "data 1000",
      "avc 1000",
      "aac 1000",
    ]);
  });

  test("in the middle of a group that is too long to be kept waits for the next key frame", () => {
    const fanOut = fanOutOf();
    push(fanOut, gop(0, 2600));
    const player = new Player();
    fanOut.join(player);
    fanOut.push(videoUnit(200, false));
    fanOut.flush();
    expect(player.bursts.map(({ headers }) => headers)).toEqual([null]);
    fanOut.push(videoUnit(201, true));
    fanOut.flush();
    expect(player.bursts.at(-1)?.headers).not.toBeNull();
  });

  test("in a group that goes on for longer than is kept waits for the next key frame", () => {
    for (const [seconds, isKept] of [
      [30, true],
      [30.1, false],
    ] as const) {
      const fanOut = fanOutOf([videoTrack]);
      fanOut.push(videoUnit(0, true));
      fanOut.push(videoUnit(seconds, false));
      const player = new Player();
      fanOut.join(player);
      expect(player.bursts).toHaveLength(isKept ? 1 : 0);
    }
  });

  test("to a stream without anything better starts with its newest recovery point, from the second one on", () => {
    const fanOut = fanOutOf([videoTrack]);
    fanOut.push(videoUnit(0, false));
    push(fanOut, refresh(1));
    const early = new Player();
    fanOut.join(early);
    fanOut.flush();
    expect(early.bursts).toEqual([]);
    push(fanOut, refresh(2));
    expect(early.bursts.map(({ headers }) => headers)).toEqual([]);
    fanOut.flush();
    expect(early.messages).toEqual(["data 2000", "avc 2000", "inter 2000", "inter 2040"]);
    push(fanOut, refresh(3));
    fanOut.flush();
    const late = new Player();
    fanOut.join(late);
    expect(late.messages).toEqual(["data 3000", "avc 3000", "inter 3000", "inter 3040"]);
    fanOut.leave(early);
    fanOut.leave(late);
    push(fanOut, refresh(4));
    const alone = new Player();
    fanOut.join(alone);
    expect(alone.messages).toEqual(["data 4000", "avc 4000", "inter 4000", "inter 4040"]);
  });

  test("to a stream with key frames starts with none of its recovery points", () => {
    for (const isFirst of [true, false]) {
      const fanOut = fanOutOf([videoTrack]);
      if (!isFirst) fanOut.join(new Player());
      push(fanOut, gop(1, 2));
      push(fanOut, refresh(2));
      push(fanOut, gop(3, 2));
      push(fanOut, refresh(4));
      fanOut.flush();
      const player = new Player();
      fanOut.join(player);
      expect(player.messages).toEqual([
        ...["data 3000", "avc 3000", "key 3000", "inter 3040"],
        ...["inter 4000", "inter 4040"],
      ]);
    }
  });

  test("to a stream with other tracks waits until it is known anew what there is to start with", () => {
    const fanOut = fanOutOf([videoTrack]);
    push(fanOut, refresh(1));
    push(fanOut, refresh(2));
    fanOut.setTracks([videoTrack]);
    push(fanOut, refresh(3));
    const player = new Player();
    fanOut.join(player);
    fanOut.flush();
    expect(player.bursts).toEqual([]);
    push(fanOut, refresh(4));
    fanOut.flush();
    expect(player.messages).toEqual(["data 4000", "avc 4000", "inter 4000", "inter 4040"]);
  });

  test("to a stream with sound is not taken for one with recovery points: sound is none", () => {
    const fanOut = fanOutOf();
    const sound = [...audioUnits({ seconds: 0.1 })];
    push(
      fanOut,
      sound.map((unit): AccessUnit => ({ ...unit, isSync: false, hints: { isRecoveryPoint: true } })),
    );
    const player = new Player();
    fanOut.join(player);
    fanOut.flush();
    expect(player.bursts).toEqual([]);
  });

  test("to what is over is told so", () => {
    const fanOut = fanOutOf();
    fanOut.end("stopped");
    const player = new Player();
    fanOut.join(player);
    expect([player.endReason, fanOut.playerCount]).toEqual(["stopped", 0]);
  });
});

describe("messages", () => {
  test("wait for others, and are sent before each key frame", () => {
    const fanOut = fanOutOf();
    const player = new Player();
    fanOut.join(player);
    push(fanOut, gop(0));
    expect(player.bursts).toHaveLength(0);
    push(fanOut, gop(1));
    expect(player.bursts).toHaveLength(1);
    fanOut.flush();
    expect(player.bursts.map(({ headers }) => headers !== null)).toEqual([true, true]);
  });

  test("wait no longer than they may", async () => {
    const fanOut = fanOutOf([videoTrack], 1);
    const sent = Promise.withResolvers<Burst>();
    fanOut.join({ send: sent.resolve, ended: () => {} });
    fanOut.push(videoUnit(0, true));
    const { messages } = await sent.promise;
    expect(described(readMessages(messages)).at(-1)).toBe("key 0");
  });

  test("do not wait when the next picture would come too late to go with them", () => {
    const fanOut = fanOutOf([videoTrack, audioTrack], 90);
    const player = new Player();
    fanOut.join(player);
    push(fanOut, interleaved(gop(0, 25), audioUnits({ seconds: 1 })));
    const pictures = player.bursts.map(
      ({ messages }) => described(readMessages(messages)).filter((each) => /key|inter/.test(each)).length,
    );
    expect(pictures).toEqual([3, 3, 3, 3, 3, 3, 3, 3]);
  });

  test("that were received together are sent together when merging is off", async () => {
    const fanOut = fanOutOf([videoTrack], 0);
    const player = new Player();
    fanOut.join(player);
    push(fanOut, gop(0));
    expect(player.bursts).toEqual([]);
    await Promise.resolve();
    expect(player.bursts).toHaveLength(1);
  });

  test("are the same bytes for all", () => {
    const fanOut = fanOutOf();
    const players = [new Player(), new Player(), new Player()];
    for (const player of players) fanOut.join(player);
    push(fanOut, gop(0));
    fanOut.flush();
    expect(new Set(players.map(({ bursts: [burst] }) => burst?.messages)).size).toBe(1);
  });

  test("are not even encoded while nobody plays", () => {
    const fanOut = fanOutOf();
    const player = new Player();
    fanOut.join(player);
    fanOut.leave(player);
    push(fanOut, gop(0));
    fanOut.flush();
    expect(player.bursts).toEqual([]);
  });

  test("of a track nobody announced are left out", () => {
    const fanOut = fanOutOf([videoTrack]);
    const player = new Player();
    fanOut.join(player);
    push(fanOut, interleaved(gop(0), audioUnits({ seconds: 0.1 })));
    fanOut.flush();
    expect(player.messages.some((message) => message.startsWith("audio"))).toBe(false);
  });
});

describe("other tracks", () => {
  const other = {
    ...videoTrack,
    configuration: { ...videoTrack.configuration, record: Uint8Array.of(1, 2, 3) },
  };

  test("are announced in the stream, before their first key frame", () => {
    const fanOut = fanOutOf([videoTrack]);
    const player = new Player();
    fanOut.join(player);
    push(fanOut, gop(0, 2));
    fanOut.setTracks([other]);
    push(fanOut, gop(1, 2));
    fanOut.flush();
    expect(player.messages).toEqual([
      ...["data 0", "avc 0", "key 0", "inter 40"],
      ...["data 1000", "avc 1000", "key 1000", "inter 1040"],
    ]);
  });

  test("that are the same after a discontinuity are not announced again", () => {
    const fanOut = fanOutOf([videoTrack]);
    const player = new Player();
    fanOut.join(player);
    push(fanOut, gop(0, 1));
    fanOut.discontinuity();
    push(fanOut, gop(1, 1));
    fanOut.flush();
    expect(player.messages).toEqual(["data 0", "avc 0", "key 0", "key 1000"]);
  });

  test("let no player's time go back", () => {
    const fanOut = fanOutOf([videoTrack]);
    const player = new Player();
    fanOut.join(player);
    push(fanOut, gop(1, 2));
    fanOut.setTracks([other]);
    push(fanOut, gop(0.99, 2));
    fanOut.flush();
    expect(player.messages.filter((each) => /key|inter/.test(each))).toEqual([
      ...["key 1000", "inter 1040", "key 1040", "inter 1040"],
    ]);
  });
});

test("headers of other tracks do not take the sound back that had come further than the picture", () => {
  const other = { ...videoTrack, configuration: { ...videoTrack.configuration, record: Uint8Array.of(1) } };
  const fanOut = fanOutOf();
  const player = new Player();
  fanOut.join(player);
  push(fanOut, interleaved(gop(0), audioUnits({ seconds: 0.3 })));
  fanOut.setTracks([other, audioTrack]);
  push(fanOut, gop(0.12));
  push(fanOut, audioUnits({ fromSeconds: 0.13, seconds: 0.3 }));
  fanOut.flush();
  const sound = player.messages
    .filter((each) => /audio|aac/.test(each))
    .map((each) => Number(each.split(" ")[1]));
  expect(sound).toEqual(sound.toSorted((a, b) => a - b));
});

test("of sound alone decoding can begin with any burst", () => {
  const fanOut = fanOutOf([audioTrack]);
  const first = new Player();
  fanOut.join(first);
  push(fanOut, audioUnits({ seconds: 0.05 }));
  fanOut.flush();
  const second = new Player();
  fanOut.join(second);
  push(fanOut, audioUnits({ fromSeconds: 0.06, seconds: 0.05 }));
  fanOut.flush();
  expect(first.bursts.map(({ headers }) => headers !== null)).toEqual([true, true]);
  expect(second.bursts).toEqual(first.bursts.slice(1));
});

test("players are counted, each once", () => {
  const fanOut = fanOutOf();
  const players = [new Player(), new Player()];
  for (const player of [...players, ...players]) fanOut.join(player);
  expect(fanOut.playerCount).toBe(2);
  for (const player of [...players, ...players]) fanOut.leave(player);
  expect(fanOut.playerCount).toBe(0);
});

test("the end sends what waits and says why", () => {
  const fanOut = fanOutOf();
  const player = new Player();
  fanOut.join(player);
  push(fanOut, gop(0, 1));
  fanOut.end("the livestream was stopped");
  expect(player.messages.at(-1)).toBe("key 0");
  expect([player.endReason, fanOut.isEnded, fanOut.playerCount]).toEqual([
    "the livestream was stopped",
    true,
    0,
  ]);
});
