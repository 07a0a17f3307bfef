// Received bytes to messages: takes the chunks of all chunk streams apart and puts their messages together (RTMP 1.0 §5.3).

import { concat } from "#media/bytes/concat.ts";
import { byteAt, CHUNK_TYPE, ChunkHeader, EXTENDED_TIMESTAMP_LENGTH } from "./chunk-header.ts";
import { ChunkStream } from "./chunk-stream.ts";
import type { RtmpLimits } from "./limits.ts";
import { MESSAGE_TYPE, type Message } from "./message.ts";
import { RtmpProtocolError } from "./protocol-error.ts";

/** What both sides chunk by until they say otherwise. */
export const INITIAL_CHUNK_SIZE = 128;

/** The longest message that a 24-bit length can declare: a chunk size beyond it says no more than this one (§5.4.1). */
const MAX_MESSAGE_LENGTH = 0xffffff;

/** A message is a view of what was received where it is at least this share of it: so much more is kept for it at most. */
const MIN_VIEW_SHARE = 1 / 4;

const NOTHING = new Uint8Array(0);

/**
 * Between two pushes it holds the payload of half-received messages, copied, and at most one header that is not whole.
 * It obeys no message by itself: who reads them calls {@link setChunkSize} and {@link abort} before taking the next one.
 */
export class ChunkReader {
  readonly #limits: RtmpLimits;
  readonly #streams = new Map<number, ChunkStream>();
  readonly #header = new ChunkHeader();
  #chunkSize = INITIAL_CHUNK_SIZE;
  #receivedBytes = 0;
  /** The start of a header that was not whole when the bytes ended. */
  #held = NOTHING;
  /** The chunk stream whose chunk is being read, and how much of its payload is still to come. */
  #current: ChunkStream | null = null;
  #chunkRemaining = 0;
  /** Memory of all half-received messages. */
  #partialBytes = 0;

  constructor(limits: RtmpLimits) {
    this.#limits = limits;
  }

  /** All bytes ever pushed. */
  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  get chunkSize(): number {
    return this.#chunkSize;
  }

  /** In force from the next chunk on, also for the rest of half-received messages. Throws when `size` is not 1..0x7fffffff. */
  setChunkSize(size: number): void {
    if (!Number.isInteger(size) || size < 1 || size > 0x7fffffff) {
      throw new RtmpProtocolError(`chunk size ${size} is not within 1..${0x7fffffff}`);
    }
    this.#chunkSize = Math.min(size, MAX_MESSAGE_LENGTH);
  }

  /** Drops what has come of a half-received message (§5.4.2). Its header stays. */
  abort(chunkStreamId: number): void {
    const stream = this.#streams.get(chunkStreamId);
    if (stream !== undefined) this.#discard(stream);
  }

  /**
   * Yields the messages that `bytes` complete. Their payloads may be views of it: it must not be written to afterwards. Throws
   * {@link RtmpProtocolError}, for good.
   */
  *push(bytes: Uint8Array): Generator<Message, void> {
    this.#receivedBytes += bytes.byteLength;
    const input = this.#takeHeld(bytes);
    let at = 0;
    for (;;) {
      if (this.#current === null) at = this.#beginChunk(input, at);
      const stream: ChunkStream | null = this.#current;
      if (stream === null) {
        if (at < input.byteLength) this.#held = input.slice(at);
        return;
      }
      const end = Math.min(at + this.#chunkRemaining, input.byteLength);
      this.#chunkRemaining -= end - at;
      const message = this.#takePayload(stream, input, at, end);
      at = end;
      if (this.#chunkRemaining > 0) return;
      this.#current = null;
      if (message !== null) yield message;
    }
  }

  /** What is to be read now, the held bytes before the new ones; a plain Uint8Array, since a Buffer's slices share memory. */
  #takeHeld(bytes: Uint8Array): Uint8Array {
    const held = this.#held;
    if (held.byteLength === 0 && bytes.constructor === Uint8Array) return bytes;
    if (held.byteLength === 0) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#held = NOTHING;
    return concat([held, bytes]);
  }

  /** Reads the chunk header at `at`, makes its chunk stream the current one and returns where it ends; not whole, it stays. */
  #beginChunk(bytes: Uint8Array, at: number): number {
    const header = this.#header;
    const headerLength = header.read(bytes, at);
    if (headerLength === 0) return at;
    let payloadAt = at + headerLength;
    const known = this.#streams.get(header.chunkStreamId);
    if (known?.hasExtendedTimestamp && header.chunkType === CHUNK_TYPE.continuation) {
      const repeatedLength = repeatedTimestampLength(known, bytes, payloadAt);
      if (repeatedLength === null) return at;
      payloadAt += repeatedLength;
    }
    const stream = known ?? this.#open(header);
    if (header.chunkType !== CHUNK_TYPE.continuation || !stream.isOpen) this.#beginMessage(stream, header);
    const remaining = stream.messageLength - stream.receivedBytes;
    this.#checkChunkSize(remaining);
    this.#current = stream;
    this.#chunkRemaining = Math.min(remaining, this.#chunkSize);
    return payloadAt;
  }

  #open(header: ChunkHeader): ChunkStream {
    const { chunkStreamId, chunkType } = header;
    // Type 1 leaves out the message stream id alone, and rtmpdump begins chunk stream 2 with it.
    if (chunkType !== CHUNK_TYPE.full && chunkType !== CHUNK_TYPE.sameStream) {
      throw new RtmpProtocolError(
        `chunk stream ${chunkStreamId} begins with a chunk of type ${chunkType}, expected 0 or 1`,
      );
    }
    const { maxChunkStreams } = this.#limits;
    if (this.#streams.size >= maxChunkStreams) {
      throw new RtmpProtocolError(`chunk stream ${chunkStreamId} would be one more than ${maxChunkStreams}`);
    }
    const stream = new ChunkStream(chunkStreamId);
    this.#streams.set(chunkStreamId, stream);
    return stream;
  }

  #beginMessage(stream: ChunkStream, header: ChunkHeader): void {
    this.#discard(stream);
    stream.begin(header);
    const maxBytes = isMedia(stream.messageType)
      ? this.#limits.maxMediaMessageBytes
      : this.#limits.maxCommandMessageBytes;
    if (stream.messageLength > maxBytes) {
      throw new RtmpProtocolError(
        `message of type ${stream.messageType} has ${stream.messageLength} bytes, the limit is ${maxBytes}`,
      );
    }
  }

  #checkChunkSize(remaining: number): void {
    const { largeMessageBytes, minLargeMessageChunkSize } = this.#limits;
    if (remaining <= largeMessageBytes || this.#chunkSize >= minLargeMessageChunkSize) return;
    throw new RtmpProtocolError(
      `${remaining} bytes in chunks of ${this.#chunkSize}: more than ${largeMessageBytes} take chunks of ${minLargeMessageChunkSize} or more`,
    );
  }

  /** Takes the current chunk's payload from `start` to `end`; the message when that is the last of it. */
  #takePayload(stream: ChunkStream, input: Uint8Array, start: number, end: number): Message | null {
    if (end - start === stream.messageLength) {
      const isMost = end - start >= input.byteLength * MIN_VIEW_SHARE;
      return stream.finishWith(isMost ? input.subarray(start, end) : input.slice(start, end));
    }
    const capacity = stream.capacity;
    stream.append(input.subarray(start, end));
    if (stream.receivedBytes === stream.messageLength) {
      this.#partialBytes -= capacity;
      return stream.finish();
    }
    this.#countPartial(stream.capacity - capacity);
    return null;
  }

  #countPartial(grownBytes: number): void {
    this.#partialBytes += grownBytes;
    const { maxPartialBytes } = this.#limits;
    if (this.#partialBytes <= maxPartialBytes) return;
    throw new RtmpProtocolError(
      `half-received messages take ${this.#partialBytes} bytes, the limit is ${maxPartialBytes}`,
    );
  }

  #discard(stream: ChunkStream): void {
    this.#partialBytes -= stream.capacity;
    stream.discard();
  }
}

function isMedia(messageType: number): boolean {
  return (
    messageType === MESSAGE_TYPE.audio ||
    messageType === MESSAGE_TYPE.video ||
    messageType === MESSAGE_TYPE.aggregate
  );
}

/**
 * How many bytes of extended timestamp a type 3 chunk repeats: 4 or 0, and null while that cannot be told. §5.3.1.3 has it
 * repeat the field, as most peers do; some repeat the message's timestamp in place of a delta, and OBS before 2024 repeats
 * nothing. So it is a timestamp when it is the one expected, else it is payload.
 */
function repeatedTimestampLength(stream: ChunkStream, bytes: Uint8Array, at: number): number | null {
  const available = Math.min(EXTENDED_TIMESTAMP_LENGTH, bytes.byteLength - at);
  if (
    !startsWith(bytes, at, available, stream.timestampField) &&
    !startsWith(bytes, at, available, stream.timestampMs)
  ) {
    return 0;
  }
  return available === EXTENDED_TIMESTAMP_LENGTH ? EXTENDED_TIMESTAMP_LENGTH : null;
}

/** Whether the `available` bytes at `at` are the first ones of `value` in 32 bits. */
function startsWith(bytes: Uint8Array, at: number, available: number, value: number): boolean {
  for (let index = 0; index < available; index++) {
    if (byteAt(bytes, at + index) !== ((value >>> (24 - 8 * index)) & 0xff)) return false;
  }
  return true;
}
