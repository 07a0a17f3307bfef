// A client that says exactly what a test wants it to say, and shows what the server answered.

import { decodeAmf0 } from "#media/amf0/decode.ts";
import { encodeAmf0 } from "#media/amf0/encode.ts";
import type { Amf0Value } from "#media/amf0/value.ts";
import { ChunkReader } from "#media/rtmp/chunk-reader.ts";
import { ChunkWriter } from "#media/rtmp/chunk-writer.ts";
import { ClientHandshake, HANDSHAKE_RANDOM_LENGTH } from "#media/rtmp/handshake.ts";
import { DEFAULT_LIMITS, type RtmpLimits } from "#media/rtmp/limits.ts";
import { MESSAGE_TYPE, type Message } from "#media/rtmp/message.ts";
import { parseSetChunkSize } from "#media/rtmp/protocol-control.ts";
import { type PublishRequest, ServerSession, type SessionEvent } from "#media/rtmp/server-session.ts";

/** How the owner of the session answers a publish. */
export type Answer = (session: ServerSession, request: PublishRequest) => void;

export class RtmpPeer {
  readonly session: ServerSession;
  readonly events: SessionEvent[] = [];
  /** Everything the server sent after the handshake. */
  readonly received: Message[] = [];
  nowMs = 0;
  readonly #answer: Answer;
  readonly #writer = new ChunkWriter();
  readonly #reader = new ChunkReader(DEFAULT_LIMITS);

  constructor(options: { answer?: Answer; limits?: Partial<RtmpLimits> } = {}) {
    this.session = new ServerSession({
      randomBytes: new Uint8Array(HANDSHAKE_RANDOM_LENGTH),
      ...(options.limits === undefined ? {} : { limits: options.limits }),
    });
    this.#answer = options.answer ?? ((session, request) => session.acceptPublish(request));
    const handshake = new ClientHandshake(new Uint8Array(HANDSHAKE_RANDOM_LENGTH));
    this.push(handshake.takeOutput() ?? new Uint8Array());
    handshake.push(this.session.takeOutput() ?? new Uint8Array());
    this.push(handshake.takeOutput() ?? new Uint8Array());
  }

  /** Bytes as they are, and the server's answer to them. */
  push(bytes: Uint8Array): void {
    for (const event of this.session.push(bytes, this.nowMs)) {
      this.events.push(event);
      if (event.type === "publish-requested") this.#answer(this.session, event.request);
    }
  }

  send(type: number, payload: Uint8Array, rest: Partial<Message> = {}): void {
    this.#writer.write({ chunkStreamId: 3, messageStreamId: 0, timestampMs: 0, type, payload, ...rest });
    this.push(this.#writer.take() ?? new Uint8Array());
  }

  command(messageStreamId: number, ...values: readonly Amf0Value[]): void {
    this.send(MESSAGE_TYPE.commandAmf0, encodeAmf0(values), { messageStreamId });
  }

  connect(app = "live"): void {
    this.command(0, "connect", 1, new Map([["app", app]]));
  }

  publish(streamName = "key"): void {
    this.connect();
    this.command(0, "createStream", 4, null);
    this.command(1, "publish", 5, null, streamName, "live");
  }

  /** What the server said since the last call, commands as their values. */
  answers(): { type: number; messageStreamId: number; values: readonly Amf0Value[] }[] {
    const output = this.session.takeOutput();
    const messages: Message[] = [];
    if (output !== null) {
      for (const message of this.#reader.push(output)) {
        if (message.type === MESSAGE_TYPE.setChunkSize)
          this.#reader.setChunkSize(parseSetChunkSize(message.payload));
        messages.push(message);
      }
    }
    this.received.push(...messages);
    return messages.map(({ type, messageStreamId, payload }) => ({
      type,
      messageStreamId,
      values: type === MESSAGE_TYPE.commandAmf0 ? decodeAmf0(payload) : [],
    }));
  }

  /** The commands among {@link answers}. */
  commands(): (readonly Amf0Value[])[] {
    return this.answers()
      .filter(({ type }) => type === MESSAGE_TYPE.commandAmf0)
      .map(({ values }) => values);
  }
}

/** The `code` of an onStatus. */
export function codeOf(command: readonly Amf0Value[] | undefined): string | undefined {
  const information = command?.[3];
  const code = information instanceof Map ? information.get("code") : undefined;
  return typeof code === "string" ? code : undefined;
}
