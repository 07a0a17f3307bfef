// What one chunk stream remembers: the last message header on it, and the message that is half received.

import { CHUNK_TYPE, type ChunkHeader } from "./chunk-header.ts";
import type { Message } from "./message.ts";

/**
 * The first memory of a half-received message, unless it is shorter: most frames fit, and all the chunk streams a peer may
 * open take a megabyte together before it has sent any of it.
 */
const INITIAL_CAPACITY = 16 * 1024;

const NOTHING = new Uint8Array(0);

export class ChunkStream {
  readonly id: number;
  /** The timestamp of the message that is being received, else of the last one; unsigned 32 bits. */
  timestampMs = 0;
  /** As the last header that had one wrote it: what a type 3 chunk repeats and advances by. */
  timestampField = 0;
  hasExtendedTimestamp = false;
  messageLength = 0;
  messageType = 0;
  messageStreamId = 0;
  /** Whether the message that the header describes has begun and is not whole. */
  isOpen = false;
  /** Payload bytes received of it. */
  receivedBytes = 0;
  #payload: Uint8Array = NOTHING;

  constructor(id: number) {
    this.id = id;
  }

  /** Bytes of memory that the half-received message takes. */
  get capacity(): number {
    return this.#payload.byteLength;
  }

  /** A message begins, with none half received; what the type of `header` leaves out is as it was. */
  begin(header: ChunkHeader): void {
    this.isOpen = true;
    if (header.chunkType !== CHUNK_TYPE.continuation) {
      this.timestampField = header.timestampField;
      this.hasExtendedTimestamp = header.hasExtendedTimestamp;
    }
    if (header.chunkType < CHUNK_TYPE.sameLength) {
      this.messageLength = header.messageLength;
      this.messageType = header.messageType;
    }
    if (header.chunkType === CHUNK_TYPE.full) {
      this.messageStreamId = header.messageStreamId;
      this.timestampMs = this.timestampField;
    } else {
      this.timestampMs = (this.timestampMs + this.timestampField) >>> 0;
    }
  }

  /** Adds a piece of payload. Memory grows with what has come, at most twofold, never with the length a header declares. */
  append(piece: Uint8Array): void {
    const needed = this.receivedBytes + piece.byteLength;
    if (needed > this.#payload.byteLength) {
      const grown = new Uint8Array(
        Math.min(this.messageLength, Math.max(needed, this.#payload.byteLength * 2, INITIAL_CAPACITY)),
      );
      grown.set(this.#payload.subarray(0, this.receivedBytes));
      this.#payload = grown;
    }
    this.#payload.set(piece, this.receivedBytes);
    this.receivedBytes = needed;
  }

  /** The message with the payload appended so far, which is all of it. */
  finish(): Message {
    return this.finishWith(this.#payload);
  }

  /** The message with a payload that came in one piece. */
  finishWith(payload: Uint8Array): Message {
    this.discard();
    return {
      chunkStreamId: this.id,
      messageStreamId: this.messageStreamId,
      type: this.messageType,
      timestampMs: this.timestampMs,
      payload,
    };
  }

  /** Forgets a half-received message; the header stays, for the chunks that lean on it. */
  discard(): void {
    this.isOpen = false;
    this.receivedBytes = 0;
    this.#payload = NOTHING;
  }
}
