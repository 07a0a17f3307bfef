// What a server says on one connection: each reply on the chunk stream and message stream that clients expect it on.

import { encodeAmf0 } from "#media/amf0/encode.ts";
import type { Amf0Value } from "#media/amf0/value.ts";
import { ChunkWriter } from "./chunk-writer.ts";
import type { Command } from "./command.ts";
import { COMMAND_CHUNK_STREAM_ID } from "./media-channel.ts";
import { MESSAGE_TYPE } from "./message.ts";
import { connectSucceeded, result } from "./net-connection.ts";
import { onFcPublish, onStatus, type StatusCode } from "./net-stream.ts";
import { SERVER_CHUNK_SIZE } from "./player-messages.ts";
import {
  BANDWIDTH_LIMIT_TYPE,
  CONTROL_CHUNK_STREAM_ID,
  encodeAcknowledgement,
  encodeSetChunkSize,
  encodeSetPeerBandwidth,
  encodeWindowAcknowledgementSize,
} from "./protocol-control.ts";
import { encodePingResponse, encodeStreamBegin, encodeStreamEof } from "./user-control.ts";

/** What we ask of the peer, and what we do ourselves until it asks for something else: as all servers say it. */
export const WINDOW_BYTES = 2_500_000;

const STATUS_CHUNK_STREAM_ID = 5;

export class ServerReplies {
  readonly #writer = new ChunkWriter();

  /** The large chunk size comes before anything that needs it; FFmpeg copies it for its own messages. */
  connected(connect: Command): void {
    this.windowAcknowledgementSize();
    this.#control(
      MESSAGE_TYPE.setPeerBandwidth,
      encodeSetPeerBandwidth({ windowBytes: WINDOW_BYTES, limitType: BANDWIDTH_LIMIT_TYPE.dynamic }),
    );
    this.#control(MESSAGE_TYPE.setChunkSize, encodeSetChunkSize(SERVER_CHUNK_SIZE));
    this.#writer.setChunkSize(SERVER_CHUNK_SIZE);
    this.#command(connectSucceeded(connect));
  }

  streamCreated({ transactionId }: Command, messageStreamId: number): void {
    this.#command(result(transactionId, messageStreamId));
  }

  fcPublish(streamName: Amf0Value): void {
    this.#command(onFcPublish(streamName));
  }

  /** A call with a transaction id waits for its answer; one without gets none. */
  answer({ transactionId }: Command, value: Amf0Value): void {
    if (transactionId !== 0) this.#command(result(transactionId, value));
  }

  status(messageStreamId: number, level: "status" | "error", code: StatusCode, description: string): void {
    const payload = onStatus(level, code, description);
    this.#write(STATUS_CHUNK_STREAM_ID, messageStreamId, MESSAGE_TYPE.commandAmf0, payload);
  }

  streamBegin(messageStreamId: number): void {
    this.#control(MESSAGE_TYPE.userControl, encodeStreamBegin(messageStreamId));
  }

  streamEof(messageStreamId: number): void {
    this.#control(MESSAGE_TYPE.userControl, encodeStreamEof(messageStreamId));
  }

  /** Flash players may not look at the samples of a stream without it. */
  sampleAccess(messageStreamId: number): void {
    const payload = encodeAmf0(["|RtmpSampleAccess", true, true]);
    this.#write(STATUS_CHUNK_STREAM_ID, messageStreamId, MESSAGE_TYPE.dataAmf0, payload);
  }

  pong(timestampMs: number): void {
    this.#control(MESSAGE_TYPE.userControl, encodePingResponse(timestampMs));
  }

  windowAcknowledgementSize(): void {
    this.#control(MESSAGE_TYPE.windowAcknowledgementSize, encodeWindowAcknowledgementSize(WINDOW_BYTES));
  }

  acknowledgement(receivedBytes: number): void {
    this.#control(MESSAGE_TYPE.acknowledgement, encodeAcknowledgement(receivedBytes));
  }

  /** Everything said since the last call, null when that is nothing. */
  take(): Uint8Array | null {
    return this.#writer.take();
  }

  #control(type: number, payload: Uint8Array): void {
    this.#write(CONTROL_CHUNK_STREAM_ID, 0, type, payload);
  }

  #command(payload: Uint8Array): void {
    this.#write(COMMAND_CHUNK_STREAM_ID, 0, MESSAGE_TYPE.commandAmf0, payload);
  }

  #write(chunkStreamId: number, messageStreamId: number, type: number, payload: Uint8Array): void {
    this.#writer.write({ chunkStreamId, messageStreamId, type, timestampMs: 0, payload });
  }
}
