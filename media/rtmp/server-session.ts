// The server's side of one RTMP connection: bytes received become events, and what is to be sent waits to be taken.

import { concat } from "#media/bytes/concat.ts";
import { splitAggregate } from "./aggregate.ts";
import { ChunkReader } from "./chunk-reader.ts";
import { type Command, parseCommand } from "./command.ts";
import { ConnectionControl } from "./connection-control.ts";
import { dataPayloadOf } from "./data-message.ts";
import { ServerHandshake } from "./handshake.ts";
import { DEFAULT_LIMITS, type RtmpLimits } from "./limits.ts";
import { MESSAGE_TYPE, type Message } from "./message.ts";
import { appOf } from "./net-connection.ts";
import type { PlayRefusal, PublishRefusal } from "./net-stream.ts";
import { PlayStream } from "./play-stream.ts";
import { FIRST_MESSAGE_STREAM_ID, type Selection } from "./player-messages.ts";
import { RtmpProtocolError } from "./protocol-error.ts";
import { ServerReplies } from "./server-replies.ts";
import { parsePlayName, parseStreamName, type StreamName } from "./stream-name.ts";

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
  | { readonly type: "unpublished" }
  /** What the player wants from now on, null for nothing. */
  | { readonly type: "play-changed"; readonly selection: Selection | null }
  /** By the player: it is told nothing more of it. */
  | { readonly type: "play-ended" };

export class ServerSession {
  readonly #limits: RtmpLimits;
  readonly #handshake: ServerHandshake;
  readonly #reader: ChunkReader;
  readonly #replies = new ServerReplies();
  readonly #control: ConnectionControl;
  #app: string | null = null;
  #createdStreams = 0;
  #publishingStreamId: number | null = null;
  #play: PlayStream | null = null;
  #commandSecond = 0;
  #commandsInSecond = 0;

  /** `randomBytes`: the 1528 that S1 is filled with (RTMP 1.0 §5.2.3). */
  constructor(options: { randomBytes: Uint8Array; limits?: Partial<RtmpLimits> }) {
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#handshake = new ServerHandshake(options.randomBytes);
    this.#reader = new ChunkReader(this.#limits);
    this.#control = new ConnectionControl(this.#reader, this.#replies);
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
      } else if (!this.#control.receive(message)) {
        yield* this.#receive(message, nowMs);
      }
    }
    this.#control.acknowledge();
  }

  /** Everything to be sent since the last call, null when that is nothing. */
  takeOutput(): Uint8Array | null {
    const handshake = this.#handshake.takeOutput();
    const chunks = this.#replies.take();
    return handshake !== null && chunks !== null ? concat([handshake, chunks]) : (handshake ?? chunks);
  }

  acceptPublish({ messageStreamId }: PublishRequest): void {
    this.#publishingStreamId = messageStreamId;
    this.#replies.streamBegin(messageStreamId);
    this.#replies.status(messageStreamId, "status", "NetStream.Publish.Start", "Publishing.");
  }

  /** The caller sends what is to be sent, then closes the connection: OBS and FFmpeg may wait for ever. */
  refusePublish({ messageStreamId }: PublishRequest, code: PublishRefusal, description: string): void {
    this.#replies.status(messageStreamId, "error", code, description);
  }

  /** Media may be sent behind what is to be sent; to begin with, everything on the stream of the request. */
  acceptPlay({ messageStreamId }: PlayRequest): Selection {
    this.#play = new PlayStream(this.#replies, messageStreamId);
    return { messageStreamId, audio: true, video: true };
  }

  /** As {@link refusePublish}. */
  refusePlay({ messageStreamId }: PlayRequest, code: PlayRefusal, description: string): void {
    this.#replies.status(messageStreamId, "error", code, description);
  }

  /** Tells the player that what it plays is over; nothing without a play. */
  notifyPlayEnd(reason: string): void {
    this.#play?.end(reason);
    this.#play = null;
  }

  /** Tells the publisher that it was unpublished; nothing without a publish. */
  notifyUnpublish(reason: string): void {
    if (this.#publishingStreamId === null) return;
    this.#replies.status(this.#publishingStreamId, "status", "NetStream.Unpublish.Success", reason);
    this.#publishingStreamId = null;
  }

  /** Tells the publisher that what it sends cannot be used; nothing without a publish. */
  rejectPublish(reason: string): void {
    if (this.#publishingStreamId === null) return;
    this.#replies.status(this.#publishingStreamId, "error", "NetStream.Publish.Rejected", reason);
    this.#publishingStreamId = null;
  }

  *#receive(message: Message, nowMs: number): Generator<SessionEvent> {
    switch (message.type) {
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

  *#receiveCommand(command: Command): Generator<SessionEvent> {
    switch (command.name) {
      case "connect":
        this.#connect(command);
        return;
      case "createStream":
        this.#createStream(command);
        return;
      case "FCPublish":
        this.#replies.fcPublish(command.args[0]);
        this.#replies.answer(command, undefined);
        return;
      case "publish":
        yield* this.#publish(command);
        return;
      case "play":
        yield* this.#playRequested(command);
        return;
      case "FCUnpublish":
      case "closeStream":
      case "deleteStream":
        if (!this.#isOfIdleStream(command)) {
          yield* this.#unpublish();
          yield* this.#endPlay();
        }
        this.#replies.answer(command, undefined);
        return;
      case "getStreamLength":
        this.#replies.answer(command, 0);
        return;
      case "_result":
      case "_error":
      case "onStatus":
        return;
      default:
        if (this.#play?.receive(command)) yield { type: "play-changed", selection: this.#play.selection };
        this.#replies.answer(command, undefined);
    }
  }

  #connect(command: Command): void {
    if (this.#app !== null) throw new RtmpProtocolError("a second connect on one connection");
    this.#app = appOf(command);
    this.#replies.connected(command);
  }

  #createStream(command: Command): void {
    this.#createdStreams += 1;
    const { maxCreateStreams } = this.#limits;
    if (this.#createdStreams > maxCreateStreams) {
      throw new RtmpProtocolError(
        `createStream for the ${this.#createdStreams}th time; at most ${maxCreateStreams} are made`,
      );
    }
    this.#replies.streamCreated(command, FIRST_MESSAGE_STREAM_ID + this.#createdStreams - 1);
  }

  /** It ends another stream than the one in use. Encoders are sloppy with what they name: only a stream we made counts. */
  #isOfIdleStream({ name, args: [named], messageStreamId }: Command): boolean {
    const streamId = name === "deleteStream" ? named : messageStreamId;
    if (name === "FCUnpublish" || typeof streamId !== "number") return false;
    const isMade =
      streamId >= FIRST_MESSAGE_STREAM_ID && streamId < FIRST_MESSAGE_STREAM_ID + this.#createdStreams;
    return isMade && streamId !== this.#publishingStreamId && streamId !== this.#play?.messageStreamId;
  }

  *#publish(command: Command): Generator<SessionEvent> {
    const [name] = command.args;
    if (name === false || name === NO_NAME) {
      yield* this.#unpublish();
      return;
    }
    if (this.#publishingStreamId !== null) {
      this.#replies.status(
        command.messageStreamId,
        "error",
        "NetStream.Publish.BadName",
        "This connection publishes.",
      );
      throw new RtmpProtocolError("a second publish on one connection");
    }
    yield* this.#endPlay();
    yield { type: "publish-requested", request: this.#request(command, parseStreamName) };
  }

  /** A play replaces whatever the connection did before. */
  *#playRequested(command: Command): Generator<SessionEvent> {
    yield* this.#unpublish();
    yield* this.#endPlay();
    yield { type: "play-requested", request: this.#request(command, parsePlayName) };
  }

  *#unpublish(): Generator<SessionEvent> {
    if (this.#publishingStreamId === null) return;
    this.#publishingStreamId = null;
    yield { type: "unpublished" };
  }

  *#endPlay(): Generator<SessionEvent> {
    if (this.#play === null) return;
    this.#play = null;
    yield { type: "play-ended" };
  }

  #request(command: Command, parse: typeof parseStreamName): PublishRequest & PlayRequest {
    if (this.#app === null) throw new RtmpProtocolError(`${command.name} before connect`);
    const [name] = command.args;
    return {
      ...parse(this.#app, typeof name === "string" ? name : ""),
      messageStreamId: command.messageStreamId,
    };
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
}

function media({ type, timestampMs, payload }: Message): SessionEvent {
  return {
    type: "media",
    message: { kind: type === MESSAGE_TYPE.video ? "video" : "audio", timestampMs, payload },
  };
}
