// The header of one chunk as it lies in the bytes, in all its forms (RTMP 1.0 §5.3.1).

/** Chunk types, the `fmt` field: how much of the message header is there. */
export const CHUNK_TYPE = {
  /** All of it, with an absolute timestamp. */
  full: 0,
  /** All but the message stream id, with a timestamp delta. */
  sameStream: 1,
  /** The timestamp delta alone. */
  sameLength: 2,
  /** Nothing: the message goes on, or another like the last one begins. */
  continuation: 3,
} as const;

/** A 24-bit timestamp field with this value says that an extended timestamp follows (§5.3.1.3). */
export const EXTENDED_TIMESTAMP_MARK = 0xffffff;
export const EXTENDED_TIMESTAMP_LENGTH = 4;

const MESSAGE_HEADER_LENGTH = [11, 7, 3, 0] as const;

/**
 * One object is read into again and again, since a header is read per chunk. It is read by index, since one that is not
 * whole yet has to stay unread; and from the bytes themselves, as a DataView of each read costs more than all its headers. Fields that the chunk's type leaves out keep what an earlier header had.
 */
export class ChunkHeader {
  chunkType = 0;
  chunkStreamId = 0;
  /** The timestamp (type 0) or delta (types 1 and 2) in ms, unsigned 32 bits, extended or not. */
  timestampField = 0;
  hasExtendedTimestamp = false;
  messageLength = 0;
  messageType = 0;
  messageStreamId = 0;

  /**
   * Reads the header at `at` and says how many bytes it takes; 0 when it is not whole. A type 3 header ends at the chunk
   * stream id: whether an extended timestamp follows depends on the chunk stream, and on the peer.
   */
  read(bytes: Uint8Array, at: number): number {
    const remaining = bytes.byteLength - at;
    if (remaining < 1) return 0;
    const first = byteAt(bytes, at);
    const basicLength = basicHeaderLength(first);
    const chunkType = first >> 6;
    const length = basicLength + (MESSAGE_HEADER_LENGTH[chunkType] ?? 0);
    if (remaining < length) return 0;
    if (chunkType === CHUNK_TYPE.continuation) {
      this.#readBasicHeader(bytes, at, first, basicLength);
      return length;
    }
    const field = readU24(bytes, at + basicLength);
    const isExtended = field === EXTENDED_TIMESTAMP_MARK;
    if (isExtended && remaining < length + EXTENDED_TIMESTAMP_LENGTH) return 0;
    this.#readBasicHeader(bytes, at, first, basicLength);
    this.hasExtendedTimestamp = isExtended;
    this.timestampField = isExtended ? readU32(bytes, at + length) : field;
    if (chunkType !== CHUNK_TYPE.sameLength) {
      this.messageLength = readU24(bytes, at + basicLength + 3);
      this.messageType = byteAt(bytes, at + basicLength + 6);
    }
    if (chunkType === CHUNK_TYPE.full)
      this.messageStreamId = readU32LittleEndian(bytes, at + basicLength + 7);
    return isExtended ? length + EXTENDED_TIMESTAMP_LENGTH : length;
  }

  #readBasicHeader(bytes: Uint8Array, at: number, first: number, length: number): void {
    this.chunkType = first >> 6;
    if (length === 1) this.chunkStreamId = first & 0x3f;
    else if (length === 2) this.chunkStreamId = 64 + byteAt(bytes, at + 1);
    else this.chunkStreamId = 64 + byteAt(bytes, at + 1) + 256 * byteAt(bytes, at + 2);
  }
}

/** The low six bits are the chunk stream id, or 0: one byte follows, or 1: two bytes follow, little-endian (§5.3.1.1). */
function basicHeaderLength(first: number): number {
  const low = first & 0x3f;
  return low > 1 ? 1 : 2 + low;
}

export function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

function readU24(bytes: Uint8Array, at: number): number {
  return (byteAt(bytes, at) << 16) | (byteAt(bytes, at + 1) << 8) | byteAt(bytes, at + 2);
}

function readU32(bytes: Uint8Array, at: number): number {
  return byteAt(bytes, at) * 2 ** 24 + readU24(bytes, at + 1);
}

function readU32LittleEndian(bytes: Uint8Array, at: number): number {
  const high = (byteAt(bytes, at + 3) << 24) | (byteAt(bytes, at + 2) << 16);
  return (high | (byteAt(bytes, at + 1) << 8) | byteAt(bytes, at)) >>> 0;
}
