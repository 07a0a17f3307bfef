// The server's side of one RTMP connection: bytes received become events, and what is to be sent waits to be taken.

import type { Amf0Value } from "#media/amf0/value.ts";
import { concat } from "#media/bytes/concat.ts";
import { splitAggregate } from "./aggregate.ts";
import { ChunkReader } from "./chunk-reader.ts";
import { ChunkWriter } from "./chunk-writer.ts";
import { type Command, encodeCommand, parseCommand } from "./command.ts";
import { dataPayloadOf } from "./data-message.ts";
import { ServerHandshake } from "./handshake.ts";
import { DEFAULT_LIMITS, type RtmpLimits } from "./limits.ts";
import { MESSAGE_TYPE, type Message } from "./message.ts";
import { appOf, connectSucceeded, result } from "./net-connection.ts";
import {
  onFcPublish,
  onStatus,
  type PlayRefusal,
  type PublishRefusal,
  type StatusCode,
} from "./net-stream.ts";
import {
  BANDWIDTH_LIMIT_TYPE,
  CONTROL_CHUNK_STREAM_ID,
  encodeAcknowledgement,
  encodeSetChunkSize,
  encodeSetPeerBandwidth,
  encodeWindowAcknowledgementSize,
  parseAbort,
  parseSetChunkSize,
  parseWindowAcknowledgementSize,
} from "./protocol-control.ts";
import { RtmpProtocolError } from "./protocol-error.ts";
import { parseStreamName, type StreamName } from "./stream-name.ts";
import {
  encodePingResponse,
  encodeStreamBegin,
  parseUserControl,
  USER_CONTROL_EVENT,
} from "./user-control.ts";

/** FFmpeg copies the server's chunk size for its own messages: at this one most come in a single chunk. */
const CHUNK_SIZE = 65_536;

/** What we ask of the peer, and what we do ourselves until it asks for something else: as all servers say it. */
const WINDOW_BYTES = 2_500_000;

const COMMAND_CHUNK_STREAM_ID = 3;
const STATUS_CHUNK_STREAM_ID = 5;

/** Wirecast ends a publish by publishing this name. */
const NO_NAME = "false";

export interface PublishRequest extends StreamName {
  readonly messageStreamId: number;
}

export interface PlayRequest extends StreamName {
  readonly messageStreamId: number;
}

export interface MediaMessage {
  readonly kind: "audio" | "video" | "data";
  /** Unsigned 32 bits, as the encoder sent it. */
  readonly timestampMs: number;
  /** An FLV tag's body; of data, AMF0 without `@setDataFrame`. Safe to keep. */
  readonly payload: Uint8Array;
}

/** Requests are to be answered before the next event is asked for. */
export type SessionEvent =
  | { readonly type: "publish-requested"; readonly request: PublishRequest }
  | { readonly type: "play-requested"; readonly request: PlayRequest }
  | { readonly type: "media"; readonly message: MediaMessage }
  | { readonly type: "unpublished" };

export class ServerSession {
  readonly #limits: RtmpLimits;
  readonly #handshake: ServerHandshake;
  readonly #reader: ChunkReader;
  readonly #writer = new ChunkWriter();
  #app: string | null = null;
  #nextMessageStreamId = 1;
  #publishingStreamId: number | null = null;
  #ackWindowBytes = WINDOW_BYTES;
  #acknowledgedBytes = 0;
  #commandSecond = 0;
  #commandsInSecond = 0;

  /** `randomBytes`: the 1528 that S1 is filled with (RTMP 1.0 §5.2.3). */
  constructor(options: { randomBytes: Uint8Array; limits?: Partial<RtmpLimits> }) {
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#handshake = new ServerHandshake(options.randomBytes);
    this.#reader = new ChunkReader(this.#limits);
  }

  /**
   * Bytes of any length, in order, received when the clock said `nowMs`. Throws {@link RtmpProtocolError}, after which the
   * session is of no more use.
   */
  *push(bytes: Uint8Array, nowMs: number): Generator<SessionEvent> {
    const chunks = this.#handshake.isDone ? bytes : this.#handshake.push(bytes);
    if (chunks === null || chunks.byteLength === 0) return;
    for (const message of this.#reader.push(chunks)) {
      if (message.type === MESSAGE_TYPE.video || message.type === MESSAGE_TYPE.audio) {
        if (this.#publishingStreamId !== null) yield media(message);
      } else {
        yield* this.#receive(message, nowMs);
      }
    }
    this.#acknowledge();
  }

  /** Everything to be sent since the last call, null when that is nothing. */
  takeOutput(): Uint8Array | null {
    const handshake = this.#handshake.takeOutput();
    const chunks = this.#writer.take();
    return handshake !== null && chunks !== null ? concat([handshake, chunks]) : (handshake ?? chunks);
  }

  acceptPublish({ messageStreamId }: PublishRequest): void {
    this.#publishingStreamId = messageStreamId;
    this.#control(MESSAGE_TYPE.userControl, encodeStreamBegin(messageStreamId));
    this.#status(messageStreamId, "status", "NetStream.Publish.Start", "Publishing.");
  }

  /** The caller sends what is to be sent, then closes the connection: OBS and FFmpeg may wait for ever. */
  refusePublish({ messageStreamId }: PublishRequest, code: PublishRefusal, description: string): void {
    this.#status(messageStreamId, "error", code, description);
  }

  /** As {@link refusePublish}. */
  refusePlay({ messageStreamId }: PlayRequest, code: PlayRefusal, description: string): void {
    this.#status(messageStreamId, "error", code, description);
  }

  /** Tells the publisher that it was unpublished; nothing without a publish. */
  notifyUnpublish(reason: string): void {
    if (this.#publishingStreamId === null) return;
    this.#status(this.#publishingStreamId, "status", "NetStream.Unpublish.Success", reason);
    this.#publishingStreamId = null;
  }

  *#receive(message: Message, nowMs: number): Generator<SessionEvent> {
    switch (message.type) {
      case MESSAGE_TYPE.setChunkSize:
        this.#reader.setChunkSize(parseSetChunkSize(message.payload));
        return;
      case MESSAGE_TYPE.abort:
        this.#reader.abort(parseAbort(message.payload));
        return;
      case MESSAGE_TYPE.windowAcknowledgementSize:
        this.#ackWindowBytes = parseWindowAcknowledgementSize(message.payload);
        return;
      case MESSAGE_TYPE.setPeerBandwidth:
        this.#control(MESSAGE_TYPE.windowAcknowledgementSize, encodeWindowAcknowledgementSize(WINDOW_BYTES));
        return;
      case MESSAGE_TYPE.userControl:
        this.#receiveUserControl(message);
        return;
      case MESSAGE_TYPE.aggregate:
        for (const part of splitAggregate(message)) yield* this.#receiveMedia(part);
        return;
      case MESSAGE_TYPE.dataAmf0:
      case MESSAGE_TYPE.dataAmf3:
        yield* this.#receiveMedia(message);
        return;
      case MESSAGE_TYPE.commandAmf0:
      case MESSAGE_TYPE.commandAmf3:
        this.#countCommand(nowMs);
        yield* this.#receiveCommand(parseCommand(message, this.#limits));
    }
    // Shared objects, acknowledgements and types nobody knows ask for nothing.
  }

  *#receiveMedia(message: Message): Generator<SessionEvent> {
    if (this.#publishingStreamId === null) return;
    switch (message.type) {
      case MESSAGE_TYPE.audio:
      case MESSAGE_TYPE.video:
        yield media(message);
        return;
      case MESSAGE_TYPE.dataAmf0:
      case MESSAGE_TYPE.dataAmf3:
        yield {
          type: "media",
          message: { kind: "data", timestampMs: message.timestampMs, payload: dataPayloadOf(message) },
        };
    }
  }

  #receiveUserControl({ payload }: Message): void {
    const control = parseUserControl(payload);
    if (control?.event !== USER_CONTROL_EVENT.pingRequest) return;
    this.#control(MESSAGE_TYPE.userControl, encodePingResponse(control.timestampMs));
  }

  *#receiveCommand(command: Command): Generator<SessionEvent> {
    switch (command.name) {
      case "connect":
        this.#connect(command);
        return;
      case "createStream":
        this.#createStream(command);
        return;
      case "FCPublish":
        this.#command(0, onFcPublish(command.args[0]));
        this.#answer(command, undefined);
        return;
      case "publish":
        yield* this.#publish(command);
        return;
      case "play":
        yield { type: "play-requested", request: this.#request(command) };
        return;
      case "FCUnpublish":
      case "closeStream":
      case "deleteStream":
        yield* this.#unpublish();
        this.#answer(command, undefined);
        return;
      case "getStreamLength":
        this.#answer(command, 0);
        return;
      case "_result":
      case "_error":
      case "onStatus":
        return;
      default:
        this.#answer(command, undefined);
    }
  }

  #connect(command: Command): void {
    if (this.#app !== null) throw new RtmpProtocolError("a second connect on one connection");
    this.#app = appOf(command);
    this.#control(MESSAGE_TYPE.windowAcknowledgementSize, encodeWindowAcknowledgementSize(WINDOW_BYTES));
    this.#control(
      MESSAGE_TYPE.setPeerBandwidth,
      encodeSetPeerBandwidth({ windowBytes: WINDOW_BYTES, limitType: BANDWIDTH_LIMIT_TYPE.dynamic }),
    );
    this.#control(MESSAGE_TYPE.setChunkSize, encodeSetChunkSize(CHUNK_SIZE));
    this.#writer.setChunkSize(CHUNK_SIZE);
    this.#command(0, connectSucceeded(command));
  }

  #createStream(command: Command): void {
    if (this.#nextMessageStreamId > this.#limits.maxCreateStreams) {
      throw new RtmpProtocolError(
        `createStream for the ${this.#nextMessageStreamId}th time; at most ${this.#limits.maxCreateStreams} are made`,
      );
    }
    this.#command(0, result(command.transactionId, this.#nextMessageStreamId));
    this.#nextMessageStreamId += 1;
  }

  *#publish(command: Command): Generator<SessionEvent> {
    const [name] = command.args;
    if (name === false || name === NO_NAME) {
      yield* this.#unpublish();
      return;
    }
    if (this.#publishingStreamId !== null) throw new RtmpProtocolError("a second publish on one connection");
    yield { type: "publish-requested", request: this.#request(command) };
  }

  *#unpublish(): Generator<SessionEvent> {
    if (this.#publishingStreamId === null) return;
    this.#publishingStreamId = null;
    yield { type: "unpublished" };
  }

  #request(command: Command): PublishRequest & PlayRequest {
    if (this.#app === null) throw new RtmpProtocolError(`${command.name} before connect`);
    const [name] = command.args;
    const stream = typeof name === "string" ? name : "";
    return { ...parseStreamName(this.#app, stream), messageStreamId: command.messageStreamId };
  }

  /** Whoever numbers a call waits for its answer. */
  #answer({ transactionId }: Command, value: Amf0Value): void {
    if (transactionId !== 0) this.#command(0, encodeCommand("_result", transactionId, null, value));
  }

  #countCommand(nowMs: number): void {
    const second = Math.floor(nowMs / 1000);
    this.#commandsInSecond = second === this.#commandSecond ? this.#commandsInSecond + 1 : 1;
    this.#commandSecond = second;
    const { maxCommandsPerSecond } = this.#limits;
    if (this.#commandsInSecond > maxCommandsPerSecond) {
      throw new RtmpProtocolError(
        `${this.#commandsInSecond} commands within a second; at most ${maxCommandsPerSecond} are read`,
      );
    }
  }

  /** Twice in each window, so that a peer that stops at the window's end never has to (RTMP 1.0 §5.4.3). */
  #acknowledge(): void {
    const { receivedBytes } = this.#reader;
    if (receivedBytes - this.#acknowledgedBytes < this.#ackWindowBytes / 2) return;
    this.#acknowledgedBytes = receivedBytes;
    this.#control(MESSAGE_TYPE.acknowledgement, encodeAcknowledgement(receivedBytes));
  }

  #control(type: number, payload: Uint8Array): void {
    this.#write(CONTROL_CHUNK_STREAM_ID, 0, type, payload);
  }

  #command(messageStreamId: number, payload: Uint8Array): void {
    this.#write(COMMAND_CHUNK_STREAM_ID, messageStreamId, MESSAGE_TYPE.commandAmf0, payload);
  }

  #status(messageStreamId: number, level: "status" | "error", code: StatusCode, description: string): void {
    const payload = onStatus(level, code, description);
    this.#write(STATUS_CHUNK_STREAM_ID, messageStreamId, MESSAGE_TYPE.commandAmf0, payload);
  }

  #write(chunkStreamId: number, messageStreamId: number, type: number, payload: Uint8Array): void {
    this.#writer.write({ chunkStreamId, messageStreamId, type, timestampMs: 0, payload });
  }
}

function media({ type, timestampMs, payload }: Message): SessionEvent {
  return {
    type: "media",
    message: { kind: type === MESSAGE_TYPE.video ? "video" : "audio", timestampMs, payload },
  };
}
