// User control messages: a two-byte event and what it is about (RTMP 1.0 §6.2, §7.1.7).

import { ByteReader } from "#media/bytes/byte-reader.ts";
import { ByteWriter } from "#media/bytes/byte-writer.ts";

/** The events of §7.1.7. */
export const USER_CONTROL_EVENT = {
  streamBegin: 0,
  streamEof: 1,
  streamDry: 2,
  setBufferLength: 3,
  streamIsRecorded: 4,
  pingRequest: 6,
  pingResponse: 7,
} as const;

type EventCodes = typeof USER_CONTROL_EVENT;

export type UserControl =
  | {
      readonly event:
        | EventCodes["streamBegin"]
        | EventCodes["streamEof"]
        | EventCodes["streamDry"]
        | EventCodes["streamIsRecorded"];
      readonly messageStreamId: number;
    }
  | {
      readonly event: EventCodes["setBufferLength"];
      readonly messageStreamId: number;
      /** How much the player holds before it plays. */
      readonly bufferMs: number;
    }
  | {
      readonly event: EventCodes["pingRequest"] | EventCodes["pingResponse"];
      /** The asker's clock, which the answer repeats. */
      readonly timestampMs: number;
    };

/** Null for an event that is unknown or shorter than its kind: peers send undocumented ones (26, 31, 32), to be ignored. */
export function parseUserControl(payload: Uint8Array): UserControl | null {
  const reader = new ByteReader(payload);
  if (reader.remaining < 6) return null;
  const event = reader.u16();
  switch (event) {
    case USER_CONTROL_EVENT.streamBegin:
    case USER_CONTROL_EVENT.streamEof:
    case USER_CONTROL_EVENT.streamDry:
    case USER_CONTROL_EVENT.streamIsRecorded:
      return { event, messageStreamId: reader.u32() };
    case USER_CONTROL_EVENT.setBufferLength:
      if (reader.remaining < 8) return null;
      return { event, messageStreamId: reader.u32(), bufferMs: reader.u32() };
    case USER_CONTROL_EVENT.pingRequest:
    case USER_CONTROL_EVENT.pingResponse:
      return { event, timestampMs: reader.u32() };
    default:
      return null;
  }
}

export function encodeStreamBegin(messageStreamId: number): Uint8Array {
  return encodeEvent(USER_CONTROL_EVENT.streamBegin, messageStreamId);
}

export function encodeStreamEof(messageStreamId: number): Uint8Array {
  return encodeEvent(USER_CONTROL_EVENT.streamEof, messageStreamId);
}

export function encodeSetBufferLength(messageStreamId: number, bufferMs: number): Uint8Array {
  return new ByteWriter(10).u16(USER_CONTROL_EVENT.setBufferLength).u32(messageStreamId).u32(bufferMs).take();
}

/** `timestampMs` is the sender's clock, mod 2^32. */
export function encodePingRequest(timestampMs: number): Uint8Array {
  return encodeEvent(USER_CONTROL_EVENT.pingRequest, timestampMs);
}

/** `timestampMs` is that of the request. */
export function encodePingResponse(timestampMs: number): Uint8Array {
  return encodeEvent(USER_CONTROL_EVENT.pingResponse, timestampMs);
}

function encodeEvent(event: number, value: number): Uint8Array {
  return new ByteWriter(6)
    .u16(event)
    .u32(value % 2 ** 32)
    .take();
}
