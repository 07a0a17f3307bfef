// An RTMP message, whole: what the chunk layer carries and everything above it speaks.

/** Message type ids (RTMP 1.0 §5.4, §6.2, §7.1). */
export const MESSAGE_TYPE = {
  setChunkSize: 1,
  abort: 2,
  acknowledgement: 3,
  userControl: 4,
  windowAcknowledgementSize: 5,
  setPeerBandwidth: 6,
  audio: 8,
  video: 9,
  dataAmf3: 15,
  sharedObjectAmf3: 16,
  commandAmf3: 17,
  dataAmf0: 18,
  sharedObjectAmf0: 19,
  commandAmf0: 20,
  aggregate: 22,
} as const;

export interface Message {
  /** 2..65599. The type may change from message to message on one chunk stream: it says nothing of the media kind. */
  readonly chunkStreamId: number;
  /** 0 for the connection itself. */
  readonly messageStreamId: number;
  /** One of {@link MESSAGE_TYPE}, or one that nobody knows. */
  readonly type: number;
  /** Unsigned 32 bits; wraps. */
  readonly timestampMs: number;
  /** Shares no memory with what was received: safe to keep. */
  readonly payload: Uint8Array;
}
