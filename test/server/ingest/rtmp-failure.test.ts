// A mistake of ours behind the RTMP port.

import { expect, test } from "bun:test";
import { ClientSession } from "#media/rtmp/client-session.ts";
import { HANDSHAKE_RANDOM_LENGTH } from "#media/rtmp/handshake.ts";
import { Descriptors } from "#server/common/descriptors.ts";
import { createLog } from "#server/common/log.ts";
import { RtmpListener } from "#server/ingest/rtmp-listener.ts";
import { SlowPlayers } from "#server/ingest/slow-players.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { until } from "#test/support/until.ts";

test("costs the connection it happened to, which is closed, and is in the log", async () => {
  const lines: string[] = [];
  const listener = new RtmpListener({
    ...{ hostname: "127.0.0.1", port: 0, tls: null, clock: new FakeClock() },
    descriptors: new Descriptors({ limit: Number.POSITIVE_INFINITY, countOpen: () => 0 }),
    door: {
      claim: () => {
        throw new Error("no door is here");
      },
      play: () => "unknown",
    },
    slowPlayers: new SlowPlayers(),
    log: createLog({ level: "error", write: (line) => lines.push(line), clock: new FakeClock() }),
  });
  const session = new ClientSession({
    randomBytes: new Uint8Array(HANDSHAKE_RANDOM_LENGTH),
    ...{ app: "live", tcUrl: "rtmp://127.0.0.1/live", streamName: "key" },
  });
  const said = (): Uint8Array => session.takeOutput() ?? new Uint8Array();
  let isClosed = false;
  await Bun.connect({
    hostname: "127.0.0.1",
    port: listener.port,
    socket: {
      open: (socket) => void socket.write(said()),
      data: (socket, bytes) => {
        for (const _ of session.push(bytes)) void _;
        socket.write(said());
      },
      close: () => {
        isClosed = true;
      },
    },
  });
  await until("the end of the connection", () => isClosed);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { event: "rtmp_connection_failed", message: "Error: no door is here" },
  ]);
  listener.stop();
});
