// The client's side of one RTMP connection that publishes: as an encoder asks for it, and tells the media apart.

import { isAmf0Object } from "#media/amf0/value.ts";
import { concat } from "#media/bytes/concat.ts";
import { ChunkReader } from "./chunk-reader.ts";
import { ChunkWriter } from "./chunk-writer.ts";
import { type Command, encodeCommand, parseCommand } from "./command.ts";
import { withSetDataFrame } from "./data-message.ts";
import { ClientHandshake } from "./handshake.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { COMMAND_CHUNK_STREAM_ID, MEDIA_CHANNEL } from "./media-channel.ts";
import { MESSAGE_TYPE, type Message } from "./message.ts";
import {
  CONTROL_CHUNK_STREAM_ID,
  encodeSetChunkSize,
  parseAbort,
  parseSetChunkSize,
} from "./protocol-control.ts";
import type { MediaMessage } from "./server-session.ts";
import { encodePingResponse, parseUserControl, USER_CONTROL_EVENT } from "./user-control.ts";

const CHUNK_SIZE = 65_536;

/** The calls are numbered, so that their answers can be told apart. */
const TRANSACTION = { connect: 1, createStream: 4, publish: 5 } as const;

export type ClientEvent =
  /** Media may be sent from now on. */
  | { readonly type: "publishing" }
  /** The server will not have it, or has had enough of it. */
  | { readonly type: "refused"; readonly code: string; readonly description: string };

export interface ClientSessionOptions {
  /** 1528 bytes for C1. */
  readonly randomBytes: Uint8Array;
  readonly app: string;
  /** The server's address with the application, as the user typed it. */
  readonly tcUrl: string;
  readonly streamName: string;
}

export class ClientSession {
  readonly #options: ClientSessionOptions;
  readonly #handshake: ClientHandshake;
  readonly #reader = new ChunkReader(DEFAULT_LIMITS);
  readonly #writer = new ChunkWriter();
  #messageStreamId: number | null = null;

  constructor(options: ClientSessionOptions) {
    this.#options = options;
    this.#handshake = new ClientHandshake(options.randomBytes);
  }

  /** Bytes from the server. Throws `RtmpProtocolError`. */
  *push(bytes: Uint8Array): Generator<ClientEvent> {
    const wasDone = this.#handshake.isDone;
    const chunks = wasDone ? bytes : this.#handshake.push(bytes);
    if (chunks === null) return;
    if (!wasDone) this.#connect();
    for (const message of this.#reader.push(chunks)) yield* this.#receive(message);
  }

  /** Everything to be sent since the last call, null when that is nothing. */
  takeOutput(): Uint8Array | null {
    const handshake = this.#handshake.takeOutput();
    const chunks = this.#writer.take();
    return handshake !== null && chunks !== null ? concat([handshake, chunks]) : (handshake ?? chunks);
  }

  /** The `payload` of a data message is AMF0 as a server passes it on; `@setDataFrame` is put before it. */
  sendMedia({ kind, timestampMs, payload }: MediaMessage): void {
    if (this.#messageStreamId === null) throw new Error("media before the server made a stream");
    const body = kind === "data" ? withSetDataFrame(payload) : payload;
    this.#writer.write({
      ...MEDIA_CHANNEL[kind],
      messageStreamId: this.#messageStreamId,
      timestampMs,
      payload: body,
    });
  }

  /** Says that the publish is over; the connection may be closed once that is sent. */
  unpublish(): void {
    const { streamName } = this.#options;
    this.#command(0, encodeCommand("FCUnpublish", 0, null, streamName));
    this.#command(0, encodeCommand("deleteStream", 0, null, this.#messageStreamId ?? 0));
  }

  #connect(): void {
    const { app, tcUrl, streamName } = this.#options;
    this.#write(CONTROL_CHUNK_STREAM_ID, 0, MESSAGE_TYPE.setChunkSize, encodeSetChunkSize(CHUNK_SIZE));
    this.#writer.setChunkSize(CHUNK_SIZE);
    const connect = new Map([
      ["app", app],
      ["type", "nonprivate"],
      ["flashVer", "FMLE/3.0 (compatible; Tandem)"],
      ["tcUrl", tcUrl],
    ]);
    this.#command(0, encodeCommand("connect", TRANSACTION.connect, connect));
    this.#command(0, encodeCommand("FCPublish", 0, null, streamName));
    this.#command(0, encodeCommand("createStream", TRANSACTION.createStream, null));
  }

  *#receive(message: Message): Generator<ClientEvent> {
    switch (message.type) {
      case MESSAGE_TYPE.setChunkSize:
        this.#reader.setChunkSize(parseSetChunkSize(message.payload));
        return;
      case MESSAGE_TYPE.abort:
        this.#reader.abort(parseAbort(message.payload));
        return;
      case MESSAGE_TYPE.userControl:
        this.#receiveUserControl(message);
        return;
      case MESSAGE_TYPE.commandAmf0:
        yield* this.#receiveCommand(parseCommand(message, DEFAULT_LIMITS));
    }
  }

  #receiveUserControl({ payload }: Message): void {
    const control = parseUserControl(payload);
    if (control?.event !== USER_CONTROL_EVENT.pingRequest) return;
    this.#write(
      CONTROL_CHUNK_STREAM_ID,
      0,
      MESSAGE_TYPE.userControl,
      encodePingResponse(control.timestampMs),
    );
  }

  *#receiveCommand(command: Command): Generator<ClientEvent> {
    const [information] = command.args;
    const member = (name: string): string => {
      const value = information !== undefined && isAmf0Object(information) ? information.get(name) : null;
      return typeof value === "string" ? value : "";
    };
    if (command.name === "_result" && command.transactionId === TRANSACTION.createStream) {
      this.#publish(typeof information === "number" ? information : 1);
    } else if (command.name === "onStatus" && member("code") === "NetStream.Publish.Start") {
      yield { type: "publishing" };
    } else if (command.name === "_error" || command.name === "onStatus") {
      yield { type: "refused", code: member("code"), description: member("description") };
    }
  }

  #publish(messageStreamId: number): void {
    this.#messageStreamId = messageStreamId;
    const { streamName } = this.#options;
    this.#command(messageStreamId, encodeCommand("publish", TRANSACTION.publish, null, streamName, "live"));
  }

  #command(messageStreamId: number, payload: Uint8Array): void {
    this.#write(COMMAND_CHUNK_STREAM_ID, messageStreamId, MESSAGE_TYPE.commandAmf0, payload);
  }

  #write(chunkStreamId: number, messageStreamId: number, type: number, payload: Uint8Array): void {
    this.#writer.write({ chunkStreamId, messageStreamId, type, timestampMs: 0, payload });
  }
}
