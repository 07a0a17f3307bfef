// Messages to players, encoded once for all of them; and for the few who want less or another stream, a copy that suits.

import { EXTENDED_TIMESTAMP_LENGTH, EXTENDED_TIMESTAMP_MARK } from "./chunk-header.ts";
import { ChunkWriter } from "./chunk-writer.ts";
import { MEDIA_CHANNEL } from "./media-channel.ts";
import { MESSAGE_TYPE } from "./message.ts";

/** What a server announces on every connection, and so may send without knowing which. */
export const SERVER_CHUNK_SIZE = 65_536;

/** The stream that the first createStream of a connection makes: the one that nearly all players play on. */
export const FIRST_MESSAGE_STREAM_ID = 1;

/** Bytes of a full header: basic header, then timestamp, length, type and message stream id. */
const TIMESTAMP_AT = 1;
const LENGTH_AT = 4;
const TYPE_AT = 7;
const MESSAGE_STREAM_ID_AT = 8;
const FULL_HEADER_LENGTH = 12;
const CONTINUATION_HEADER_LENGTH = 1;

/** What one player wants of a stream. */
export interface Selection {
  readonly messageStreamId: number;
  readonly audio: boolean;
  readonly video: boolean;
}

/** True when the bytes of {@link PlayerMessages} suit as they are. */
export function isWhole({ messageStreamId, audio, video }: Selection): boolean {
  return messageStreamId === FIRST_MESSAGE_STREAM_ID && audio && video;
}

/** Collects whole messages for the stream {@link FIRST_MESSAGE_STREAM_ID}, each beginning with a full header. */
export class PlayerMessages {
  readonly #writer = new ChunkWriter();

  constructor() {
    this.#writer.setChunkSize(SERVER_CHUNK_SIZE);
  }

  /** `payload`, which is copied, is an FLV tag's body; `timestampMs` wraps at 32 bits. */
  write(kind: keyof typeof MEDIA_CHANNEL, timestampMs: number, payload: Uint8Array): void {
    const { chunkStreamId, type } = MEDIA_CHANNEL[kind];
    this.#writer.write({
      chunkStreamId,
      type,
      messageStreamId: FIRST_MESSAGE_STREAM_ID,
      timestampMs: timestampMs % 2 ** 32,
      payload,
    });
  }

  /** Everything written since the last call, owned by the caller; null when that is nothing. */
  take(): Uint8Array | null {
    return this.#writer.take();
  }
}

/** A copy of what {@link PlayerMessages.take} gave, with only the messages of the selection, on its stream. */
export function selectMessages(chunks: Uint8Array, selection: Selection): Uint8Array {
  const view = new DataView(chunks.buffer, chunks.byteOffset, chunks.byteLength);
  const selected = new Uint8Array(chunks.byteLength);
  const selectedView = new DataView(selected.buffer);
  let length = 0;
  for (let at = 0; at < chunks.byteLength; ) {
    const end = at + chunkedLength(view, at);
    if (isWanted(view.getUint8(at + TYPE_AT), selection)) {
      selected.set(chunks.subarray(at, end), length);
      selectedView.setUint32(length + MESSAGE_STREAM_ID_AT, selection.messageStreamId, true);
      length += end - at;
    }
    at = end;
  }
  return selected.subarray(0, length);
}

/** Bytes of the message at `at`, all its chunks with their headers. */
function chunkedLength(view: DataView, at: number): number {
  const isExtended = readU24(view, at + TIMESTAMP_AT) === EXTENDED_TIMESTAMP_MARK;
  const extended = isExtended ? EXTENDED_TIMESTAMP_LENGTH : 0;
  const payloadLength = readU24(view, at + LENGTH_AT);
  const continuations = Math.max(0, Math.ceil(payloadLength / SERVER_CHUNK_SIZE) - 1);
  return (
    FULL_HEADER_LENGTH + extended + payloadLength + continuations * (CONTINUATION_HEADER_LENGTH + extended)
  );
}

function isWanted(type: number, { audio, video }: Selection): boolean {
  if (type === MESSAGE_TYPE.audio) return audio;
  return type === MESSAGE_TYPE.video ? video : true;
}

function readU24(view: DataView, at: number): number {
  return (view.getUint16(at) << 8) | view.getUint8(at + 2);
}
