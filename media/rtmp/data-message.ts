// Data messages (RTMP 1.0 §7.1.3), without the order to keep them that encoders put before, and with it.

import { amf0PayloadOf } from "./command.ts";
import type { Message } from "./message.ts";

/** `@setDataFrame` as an AMF0 string: marker, length, characters. */
const SET_DATA_FRAME = Uint8Array.from([
  2,
  0,
  13,
  ...[..."@setDataFrame"].map((letter) => letter.charCodeAt(0)),
]);

/** AMF0: the handler's name, then its values. */
export function dataPayloadOf(message: Message): Uint8Array {
  const payload = amf0PayloadOf(message);
  const isOrder = SET_DATA_FRAME.every((byte, index) => payload[index] === byte);
  return isOrder ? payload.subarray(SET_DATA_FRAME.byteLength) : payload;
}

export function withSetDataFrame(payload: Uint8Array): Uint8Array {
  const ordered = new Uint8Array(SET_DATA_FRAME.byteLength + payload.byteLength);
  ordered.set(SET_DATA_FRAME);
  ordered.set(payload, SET_DATA_FRAME.byteLength);
  return ordered;
}
