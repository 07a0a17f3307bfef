import { describe, expect, test } from "bun:test";
import { PlayerMessages } from "#media/rtmp/player-messages.ts";
import { MAX_PLAYER_BYTES, RtmpPlayer } from "#server/ingest/rtmp-player.ts";
import { SendQueue } from "#server/ingest/send-queue.ts";
import type { Burst } from "#server/programme/rtmp-fan-out.ts";
import { described, readMessages } from "#test/support/flv-messages.ts";
import { MeteredSocket } from "#test/support/metered-socket.ts";

const MEGABYTE = 1024 * 1024;

function messages(...written: Parameters<PlayerMessages["write"]>[]): Uint8Array {
  const player = new PlayerMessages();
  for (const message of written) player.write(...message);
  return player.take() ?? new Uint8Array();
}

function frame(isKeyFrame: boolean, byteLength: number): Uint8Array {
  const payload = new Uint8Array(byteLength);
  payload.set([isKeyFrame ? 0x17 : 0x27, 1]);
  return payload;
}

/** A burst of one frame and one sound. */
function burst(kind: "key" | "inter", timestampMs: number, byteLength = 10): Burst {
  return {
    messages: messages(
      ["video", timestampMs, frame(kind === "key", byteLength)],
      ["audio", timestampMs, Uint8Array.of(0xaf, 1)],
    ),
    headers: kind === "key" ? messages(["video", timestampMs, Uint8Array.of(0x17, 0)]) : null,
  };
}

class Table {
  readonly socket = new MeteredSocket();
  readonly queue = new SendQueue(this.socket, MAX_PLAYER_BYTES);
  nowMs = 1000;
  skips = 0;
  readonly player = new RtmpPlayer({
    queue: this.queue,
    monotonicMs: () => this.nowMs,
    selection: { messageStreamId: 1, audio: true, video: true },
    onEnded: () => {},
    onSkip: () => {
      this.skips += 1;
    },
  });

  constructor() {
    this.socket.allowance = Number.POSITIVE_INFINITY;
  }

  get played(): string[] {
    return described(readMessages(this.socket.taken));
  }
}

test("a player begins at a key frame, with the headers", () => {
  const table = new Table();
  table.player.send(burst("inter", 0));
  table.player.send(burst("key", 40));
  table.player.send(burst("inter", 80));
  table.player.send(burst("key", 120));
  expect(table.played).toEqual([
    ...["avc 40", "key 40", "audio 40"],
    ...["inter 80", "audio 80"],
    ...["key 120", "audio 120"],
  ]);
});

describe("a player that does not read", () => {
  /** Until it skips. */
  function fallBehind(table: Table): void {
    table.player.send(burst("key", 0));
    table.socket.allowance = 0;
    for (let index = 1; index <= 20; index += 1) table.player.send(burst("inter", index, MEGABYTE));
  }

  test("costs a bounded number of bytes", () => {
    const table = new Table();
    fallBehind(table);
    expect(table.queue.waitingBytes).toBeGreaterThan(8 * MEGABYTE);
    expect(table.queue.waitingBytes).toBeLessThan(10 * MEGABYTE);
    expect(table.socket.isTerminated).toBe(false);
  });

  test("goes on at a key frame once it has read what waited, with the headers again", () => {
    const table = new Table();
    fallBehind(table);
    table.player.send(burst("key", 100));
    table.socket.allowance = 8 * MEGABYTE;
    table.queue.drain();
    table.player.send(burst("inter", 140));
    table.player.send(burst("key", 180));
    table.player.send(burst("inter", 220));
    table.socket.allowance = Number.POSITIVE_INFINITY;
    table.queue.drain();
    expect(table.played.slice(-6)).toEqual([
      ...["audio 8", "avc 180", "key 180", "audio 180"],
      ...["inter 220", "audio 220"],
    ]);
  });

  test("is given up when it reads nothing for 15 s", () => {
    const table = new Table();
    table.player.send(burst("key", 0));
    table.socket.allowance = 0;
    table.player.send(burst("inter", 40));
    expect(table.player.isStuck()).toBe(false);
    table.nowMs += 14_000;
    expect(table.player.isStuck()).toBe(false);
    table.nowMs += 1000;
    expect(table.player.isStuck()).toBe(true);
  });

  test("is given up when it reads, but never catches up within 30 s", () => {
    const table = new Table();
    fallBehind(table);
    expect(table.skips).toBe(1);
    for (let second = 1; second < 30; second += 1) {
      table.nowMs += 1000;
      table.socket.allowance = 1000;
      table.queue.drain();
      table.player.send(burst("key", second * 1000));
      expect(table.player.isStuck()).toBe(false);
    }
    table.nowMs += 1000;
    table.socket.allowance = 1000;
    table.queue.drain();
    expect(table.player.isStuck()).toBe(true);
  });

  test("but with nothing to read is not given up", () => {
    const table = new Table();
    table.player.send(burst("key", 0));
    for (let minute = 0; minute < 10; minute += 1) {
      table.nowMs += 60_000;
      expect(table.player.isStuck()).toBe(false);
    }
  });
});

describe("a player that wants", () => {
  test("nothing for a while goes on at the next key frame", () => {
    const table = new Table();
    table.player.send(burst("key", 0));
    table.player.select(null);
    table.player.send(burst("inter", 40));
    table.player.select({ messageStreamId: 1, audio: true, video: true });
    table.player.send(burst("inter", 80));
    table.player.send(burst("key", 120));
    expect(table.played).toEqual(["avc 0", "key 0", "audio 0", "avc 120", "key 120", "audio 120"]);
  });

  test("sound alone gets it without a break", () => {
    const table = new Table();
    table.player.send(burst("key", 0));
    table.player.select({ messageStreamId: 1, audio: true, video: false });
    table.player.send(burst("inter", 40));
    expect(table.played.slice(-2)).toEqual(["audio 0", "audio 40"]);
  });

  test("its messages on another stream gets them there", () => {
    const table = new Table();
    table.player.select({ messageStreamId: 2, audio: true, video: true });
    table.player.send(burst("key", 0));
    expect(readMessages(table.socket.taken).map(({ messageStreamId }) => messageStreamId)).toEqual([2, 2, 2]);
  });
});
