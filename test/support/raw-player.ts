// An RTMP player that asks to play and then only takes bytes, or does not even do that.

import { encodeAmf0 } from "#media/amf0/encode.ts";
import type { Amf0Value } from "#media/amf0/value.ts";
import { ChunkWriter } from "#media/rtmp/chunk-writer.ts";
import { ClientHandshake, HANDSHAKE_RANDOM_LENGTH } from "#media/rtmp/handshake.ts";
import { MESSAGE_TYPE } from "#media/rtmp/message.ts";

export interface RawPlayerOptions {
  /** `rtmp://host:port/app/name`. */
  readonly url: string;
  /** Everything behind the handshake. */
  readonly onBytes?: (bytes: Uint8Array) => void;
  readonly onClosed?: () => void;
  /** Reads nothing more once it was sent this many bytes behind the handshake. */
  readonly stopsReadingAfterBytes?: number;
}

/** Resolves when it is connected; ends when the returned object is disposed of. */
export async function startRawPlayer(options: RawPlayerOptions): Promise<Disposable> {
  const { hostname, port, pathname } = new URL(options.url);
  const [, app = "", ...name] = pathname.split("/");
  const { stopsReadingAfterBytes = Number.POSITIVE_INFINITY } = options;
  const handshake = new ClientHandshake(new Uint8Array(HANDSHAKE_RANDOM_LENGTH));
  let bytesRead = 0;
  const socket = await Bun.connect({
    hostname,
    port: Number(port),
    socket: {
      open: (opened) => {
        opened.write(handshake.takeOutput() ?? new Uint8Array());
      },
      data: (opened, bytes) => {
        if (handshake.isDone) {
          bytesRead += bytes.byteLength;
          options.onBytes?.(bytes);
          if (bytesRead > stopsReadingAfterBytes) opened.pause();
          return;
        }
        handshake.push(bytes);
        opened.write(handshake.takeOutput() ?? new Uint8Array());
        if (handshake.isDone) opened.write(requestToPlay(app, name.join("/")));
      },
      close: () => options.onClosed?.(),
    },
  });
  return { [Symbol.dispose]: () => socket.terminate() };
}

/** Everything a player says, without waiting for answers. */
function requestToPlay(app: string, name: string): Uint8Array {
  const writer = new ChunkWriter();
  const say = (messageStreamId: number, ...values: readonly Amf0Value[]): void =>
    writer.write({
      chunkStreamId: 3,
      messageStreamId,
      timestampMs: 0,
      type: MESSAGE_TYPE.commandAmf0,
      payload: encodeAmf0(values),
    });
  say(0, "connect", 1, new Map([["app", app]]));
  say(0, "createStream", 2, null);
  say(1, "play", 0, null, name, -1000);
  return writer.take() ?? new Uint8Array();
}
