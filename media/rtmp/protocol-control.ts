// The payloads of the protocol control messages, which go on chunk stream 2 of message stream 0 (RTMP 1.0 §5.4).

import { ByteReader } from "#media/bytes/byte-reader.ts";
import { ByteWriter } from "#media/bytes/byte-writer.ts";
import { RtmpProtocolError } from "./protocol-error.ts";

/** The chunk stream of protocol control and user control messages. */
export const CONTROL_CHUNK_STREAM_ID = 2;

/** How a Set Peer Bandwidth is meant (§5.4.5): the window to use, the most to use, or hard if the last one was hard. */
export const BANDWIDTH_LIMIT_TYPE = { hard: 0, soft: 1, dynamic: 2 } as const;

export interface PeerBandwidth {
  readonly windowBytes: number;
  /** One of {@link BANDWIDTH_LIMIT_TYPE}. */
  readonly limitType: number;
}

/** Set Chunk Size: bytes, 1..0x7fffffff. Throws {@link RtmpProtocolError} for any other, as for a payload of another length. */
export function parseSetChunkSize(payload: Uint8Array): number {
  const size = parseU32(payload, "Set Chunk Size");
  if (size < 1 || size > 0x7fffffff) {
    throw new RtmpProtocolError(`Set Chunk Size says ${size}, which is not within 1..${0x7fffffff}`);
  }
  return size;
}

export function encodeSetChunkSize(size: number): Uint8Array {
  return encodeU32(size);
}

/** Abort Message: the chunk stream whose half-received message is void. Throws {@link RtmpProtocolError}. */
export function parseAbort(payload: Uint8Array): number {
  return parseU32(payload, "Abort Message");
}

export function encodeAbort(chunkStreamId: number): Uint8Array {
  return encodeU32(chunkStreamId);
}

/** Acknowledgement: the bytes received so far, mod 2^32. Throws {@link RtmpProtocolError}. */
export function parseAcknowledgement(payload: Uint8Array): number {
  return parseU32(payload, "Acknowledgement");
}

/** `receivedBytes` is the whole running total; it goes out mod 2^32. */
export function encodeAcknowledgement(receivedBytes: number): Uint8Array {
  return encodeU32(receivedBytes % 2 ** 32);
}

/** Window Acknowledgement Size: bytes. Throws {@link RtmpProtocolError}. */
export function parseWindowAcknowledgementSize(payload: Uint8Array): number {
  return parseU32(payload, "Window Acknowledgement Size");
}

export function encodeWindowAcknowledgementSize(windowBytes: number): Uint8Array {
  return encodeU32(windowBytes);
}

/** Set Peer Bandwidth; without its last byte it is dynamic, as old peers send it. Throws {@link RtmpProtocolError}. */
export function parseSetPeerBandwidth(payload: Uint8Array): PeerBandwidth {
  const windowBytes = parseU32(payload, "Set Peer Bandwidth");
  return { windowBytes, limitType: payload[4] ?? BANDWIDTH_LIMIT_TYPE.dynamic };
}

export function encodeSetPeerBandwidth({ windowBytes, limitType }: PeerBandwidth): Uint8Array {
  return new ByteWriter(5).u32(windowBytes).u8(limitType).take();
}

function parseU32(payload: Uint8Array, name: string): number {
  if (payload.byteLength < 4)
    throw new RtmpProtocolError(`${name} has ${payload.byteLength} bytes, it takes 4`);
  return new ByteReader(payload).u32();
}

function encodeU32(value: number): Uint8Array {
  return new ByteWriter(4).u32(value).take();
}
