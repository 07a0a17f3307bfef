// Messages to bytes to send: a full header, then as many chunks as the payload takes (RTMP 1.0 §5.3).

import { ByteWriter } from "#media/bytes/byte-writer.ts";
import { CHUNK_TYPE, EXTENDED_TIMESTAMP_MARK } from "./chunk-header.ts";
import { INITIAL_CHUNK_SIZE } from "./chunk-reader.ts";
import type { Message } from "./message.ts";

/**
 * Every message begins with a chunk of type 0: deltas would save seven bytes of a frame, and cost the state that peers
 * disagree about.
 */
export class ChunkWriter {
  readonly #writer = new ByteWriter();
  #chunkSize = INITIAL_CHUNK_SIZE;

  /** For the messages written from now on; the Set Chunk Size message that tells the peer comes before. */
  setChunkSize(size: number): void {
    if (!Number.isInteger(size) || size < 1)
      throw new Error(`chunk size ${size} is not a whole number above 0`);
    this.#chunkSize = size;
  }

  /** `payload` is copied. */
  write(message: Message): void {
    const { chunkStreamId, timestampMs, payload } = message;
    const writer = this.#writer;
    const isExtended = timestampMs >= EXTENDED_TIMESTAMP_MARK;
    writeBasicHeader(writer, CHUNK_TYPE.full, chunkStreamId);
    writer
      .u24(isExtended ? EXTENDED_TIMESTAMP_MARK : timestampMs)
      .u24(payload.byteLength)
      .u8(message.type)
      .u32LittleEndian(message.messageStreamId);
    if (isExtended) writer.u32(timestampMs);
    if (payload.byteLength <= this.#chunkSize) {
      writer.bytes(payload);
      return;
    }
    writer.bytes(payload.subarray(0, this.#chunkSize));
    for (let at = this.#chunkSize; at < payload.byteLength; at += this.#chunkSize) {
      writeBasicHeader(writer, CHUNK_TYPE.continuation, chunkStreamId);
      // FFmpeg and librtmp lose step without it after 2^24 ms.
      if (isExtended) writer.u32(timestampMs);
      writer.bytes(payload.subarray(at, at + this.#chunkSize));
    }
  }

  /** Everything written since the last call, owned by the caller; null when that is nothing. */
  take(): Uint8Array | null {
    return this.#writer.length === 0 ? null : this.#writer.take();
  }
}

/** The shortest form that holds the chunk stream id (§5.3.1.1). */
function writeBasicHeader(writer: ByteWriter, chunkType: number, chunkStreamId: number): void {
  const high = chunkType << 6;
  if (chunkStreamId < 64) {
    writer.u8(high | chunkStreamId);
  } else if (chunkStreamId < 64 + 256) {
    writer.u8(high).u8(chunkStreamId - 64);
  } else {
    const rest = chunkStreamId - 64;
    writer
      .u8(high | 1)
      .u8(rest & 0xff)
      .u8(rest >> 8);
  }
}
