// An encoder at 2.5 Mbit/s whose frames say when they were written: each is sent at its time, not in groups.

import { ClientSession } from "#media/rtmp/client-session.ts";
import { HANDSHAKE_RANDOM_LENGTH } from "#media/rtmp/handshake.ts";
import { SendQueue } from "#server/ingest/send-queue.ts";
import { SyntheticEncoder } from "#test/support/synthetic-encoder.ts";
import { nowMs, stamp } from "./stamp.ts";

const FRAMES_PER_SECOND = 30;
const GOP_FRAMES = 60;

/** With 47 audio frames of some 12 bytes a second. */
const FRAME_BYTES = 10_400;

const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/** Publishes until the signal comes. */
export async function publishStamped(inputUrl: string, signal: AbortSignal): Promise<void> {
  const { hostname, port, pathname } = new URL(inputUrl);
  const [, app = "", streamName = ""] = pathname.split("/");
  const session = new ClientSession({
    randomBytes: new Uint8Array(HANDSHAKE_RANDOM_LENGTH),
    app,
    tcUrl: `rtmp://${hostname}:${port}/${app}`,
    streamName,
  });
  const started = Promise.withResolvers<void>();
  const socket = await Bun.connect({
    hostname,
    port: Number(port),
    socket: {
      open: (opened) => {
        opened.write(session.takeOutput() ?? new Uint8Array());
      },
      data: (opened, bytes) => {
        for (const event of session.push(bytes)) {
          if (event.type === "publishing") started.resolve();
          else started.reject(new Error(event.code));
        }
        const output = session.takeOutput();
        if (output !== null) opened.write(output);
      },
      drain: () => queue.drain(),
    },
  });
  const queue = new SendQueue(socket, MAX_WAITING_BYTES);
  await started.promise;
  await send(session, queue, signal);
  socket.terminate();
}

async function send(session: ClientSession, queue: SendQueue, signal: AbortSignal): Promise<void> {
  const encoder = new SyntheticEncoder({
    framesPerSecond: FRAMES_PER_SECOND,
    gopFrames: GOP_FRAMES,
    frameBytes: FRAME_BYTES,
  });
  for (const message of encoder.headers()) session.sendMedia(message);
  const startedAtMs = performance.now();
  while (!signal.aborted) {
    for (const message of encoder.play(1)) {
      const waitMs = startedAtMs + message.timestampMs - performance.now();
      if (waitMs > 0) await Bun.sleep(waitMs);
      if (message.kind === "video") stamp(message.payload, nowMs());
      session.sendMedia(message);
      const output = session.takeOutput();
      if (output !== null) queue.push(output);
    }
  }
}
