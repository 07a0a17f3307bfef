// Who is let in at the RTMP port when file descriptors run short.

import { afterEach, expect, test } from "bun:test";
import { ClientSession } from "#media/rtmp/client-session.ts";
import { HANDSHAKE_RANDOM_LENGTH } from "#media/rtmp/handshake.ts";
import { Descriptors } from "#server/common/descriptors.ts";
import { createLog } from "#server/common/log.ts";
import { RtmpListener } from "#server/ingest/rtmp-listener.ts";
import { SlowPlayers } from "#server/ingest/slow-players.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { startRawPlayer } from "#test/support/raw-player.ts";
import { until } from "#test/support/until.ts";

const LIMIT = 256;
/** Half of the reserve, which is a quarter of the limit. */
const WAITING_ROOM = 32;

const listeners: RtmpListener[] = [];
afterEach(() => {
  for (const listener of listeners.splice(0)) listener.stop();
});

/** A port that everybody may publish and play at, with `left` descriptors that nobody counts again. */
function listening(left: number) {
  let clockMs = 0;
  const countOpen = (): number => {
    clockMs += 1000;
    return LIMIT - left;
  };
  const descriptors = new Descriptors({ limit: LIMIT, countOpen, monotonicMs: () => clockMs });
  expect(descriptors.figures.open).toBe(LIMIT - left);
  let players = 0;
  const feed = { join: () => void players++, leave: () => undefined };
  const publisher = {
    ...{ setTrack: () => {}, push: () => {}, announced: () => {}, dropped: () => {}, unusable: () => {} },
    refused: () => {},
    end: () => {},
  };
  const listener = new RtmpListener({
    ...{ hostname: "127.0.0.1", port: 0, tls: null, clock: new FakeClock(), descriptors },
    door: { claim: () => publisher, play: () => feed },
    slowPlayers: new SlowPlayers(),
    log: createLog({ level: "error", write: () => {}, clock: new FakeClock() }),
  });
  listeners.push(listener);
  const turnedAway = () => Object.fromEntries(descriptors.figures.turnedAway);
  return { port: listener.port, listener, turnedAway, players: () => players };
}

class Peer {
  isClosed = false;
  heard = "";
  readonly #session = new ClientSession({
    randomBytes: new Uint8Array(HANDSHAKE_RANDOM_LENGTH),
    ...{ app: "live", tcUrl: "rtmp://127.0.0.1/live", streamName: "key" },
  });
  isPublishing = false;

  /** `silent`: says nothing; `asking`: shakes hands and no more; `encoder`: publishes. */
  static async connect(port: number, kind: "silent" | "asking" | "encoder"): Promise<Peer> {
    const peer = new Peer();
    const said = (): Uint8Array => peer.#session.takeOutput() ?? new Uint8Array();
    await Bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: {
        open: (socket) => {
          if (kind !== "silent") socket.write(said());
        },
        data: (socket, bytes) => {
          peer.heard += bytes.toString("latin1");
          if (kind !== "encoder") return;
          for (const { type } of peer.#session.push(bytes)) peer.isPublishing ||= type === "publishing";
          socket.write(said());
        },
        close: () => {
          peer.isClosed = true;
        },
      },
    });
    if (kind === "asking") await until("the handshake's answer", () => peer.heard !== "" || peer.isClosed);
    if (kind === "encoder") await until("the publish", () => peer.isPublishing);
    return peer;
  }
}

test("who says nothing makes room for who comes, the longest silent first; who has spoken stays", async () => {
  const { port, turnedAway } = listening(127);
  const asking = await Peer.connect(port, "asking");
  const silent: Peer[] = [];
  for (let count = 1; count < WAITING_ROOM; count += 1) silent.push(await Peer.connect(port, "silent"));
  const next = await Peer.connect(port, "asking");
  await until("the first to leave", () => silent[0]?.isClosed);
  expect(silent.filter(({ isClosed }) => isClosed)).toHaveLength(1);
  expect([asking.isClosed, next.isClosed]).toEqual([false, false]);
  expect(turnedAway()).toEqual({ http_idle: 0, rtmp_waiting: 1, rtmp_player: 0 });
});

test("where descriptors abound any number may wait", async () => {
  const { port, turnedAway } = listening(128 + 2 * WAITING_ROOM);
  for (let count = 0; count < 2 * WAITING_ROOM; count += 1) await Peer.connect(port, "silent");
  expect(turnedAway().rtmp_waiting).toBe(0);
});

test("the last of them are for encoders: one that publishes stays, whoever comes", async () => {
  const { port, turnedAway } = listening(25);
  const encoder = await Peer.connect(port, "encoder");
  const asking = await Peer.connect(port, "asking");
  await until("nobody let in", () => asking.isClosed);
  expect(encoder.isClosed).toBe(false);
  expect(turnedAway().rtmp_waiting).toBe(1);
});

test("an encoder takes the place of one who waits", async () => {
  const { port } = listening(25);
  const silent = await Peer.connect(port, "silent");
  const encoder = await Peer.connect(port, "encoder");
  await until("the place", () => silent.isClosed);
  expect(encoder.isPublishing).toBe(true);
});

test("players are refused by name before encoders are", async () => {
  let heard = "";
  const play = async (port: number) => {
    const closed = Promise.withResolvers<void>();
    const url = `rtmp://127.0.0.1:${port}/play/show`;
    const onBytes = (bytes: Uint8Array): void => {
      heard += Buffer.from(bytes).toString("latin1");
    };
    const player = await startRawPlayer({ url, onBytes, onClosed: closed.resolve });
    return { closed: closed.promise, [Symbol.dispose]: () => player[Symbol.dispose]() };
  };
  const short = listening(48);
  using refused = await play(short.port);
  await refused.closed;
  expect(heard).toContain("NetStream.Play.Failed");
  expect([short.players(), short.turnedAway().rtmp_player]).toEqual([0, 1]);
  expect((await Peer.connect(short.port, "encoder")).isPublishing).toBe(true);

  const ample = listening(49);
  using _player = await play(ample.port);
  await until("a player", () => ample.players() === 1);
});

test("a paused port lets nobody in, keeps who is there, and is the same one afterwards", async () => {
  const { port, listener } = listening(200);
  const encoder = await Peer.connect(port, "encoder");
  listener.pause();
  await expect(Peer.connect(port, "silent")).rejects.toThrow();
  listener.resume();
  expect(listener.port).toBe(port);
  expect((await Peer.connect(port, "encoder")).isPublishing).toBe(true);
  expect(encoder.isClosed).toBe(false);
});
