// A publisher that sends what it has as nobody should: all at once, or a byte at a time.

import { ClientSession } from "#media/rtmp/client-session.ts";
import { HANDSHAKE_RANDOM_LENGTH } from "#media/rtmp/handshake.ts";
import type { ClipMessage } from "#server/command/demo/flv-file.ts";

/** Resolves when all of it is with the system; it stays connected until it is disposed of. `url`: stream key included. */
export async function publishInPieces(
  url: string,
  messages: readonly ClipMessage[],
  pieceBytes: number,
): Promise<Disposable> {
  const { hostname, port, pathname } = new URL(url);
  const [, app = "", streamName = ""] = pathname.split("/");
  const tcUrl = `rtmp://${hostname}:${port}/${app}`;
  const randomBytes = new Uint8Array(HANDSHAKE_RANDOM_LENGTH);
  const session = new ClientSession({ randomBytes, app, tcUrl, streamName });
  const started = Promise.withResolvers<void>();
  let drained = Promise.withResolvers<void>();
  let isClosed = false;
  const socket = await Bun.connect({
    hostname,
    port: Number(port),
    socket: {
      open: (opened) => {
        opened.setNoDelay(true);
        opened.write(session.takeOutput() ?? new Uint8Array());
      },
      data: (receiving, bytes) => {
        for (const { type } of session.push(bytes)) {
          if (type === "publishing") started.resolve();
          else started.reject(new Error(type));
        }
        receiving.write(session.takeOutput() ?? new Uint8Array());
      },
      drain: () => drained.resolve(),
      close: () => {
        isClosed = true;
        drained.resolve();
      },
    },
  });
  await started.promise;
  for (const message of messages) session.sendMedia(message);
  const bytes = session.takeOutput() ?? new Uint8Array();
  for (let at = 0; at < bytes.byteLength; ) {
    drained = Promise.withResolvers<void>();
    const written = socket.write(bytes.subarray(at, at + pieceBytes));
    if (written < 0 || isClosed) throw new Error("the server closed the connection");
    at += written;
    if (written === 0) await drained.promise;
  }
  return { [Symbol.dispose]: () => socket.terminate() };
}
