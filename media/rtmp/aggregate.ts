// Aggregate messages (RTMP 1.0 §7.1.6): several audio, video and data messages in one, as FLV tags.

import { ByteReader, EndOfBytesError } from "#media/bytes/byte-reader.ts";
import type { Message } from "./message.ts";
import { RtmpProtocolError } from "./protocol-error.ts";

/** Each tag as a message of its own; its time is the aggregate's plus the tag's distance from the first tag. */
export function* splitAggregate(aggregate: Message): Generator<Message> {
  const reader = new ByteReader(aggregate.payload);
  let firstTimestampMs: number | null = null;
  while (reader.remaining > 0) {
    const { type, timestampMs, payload } = readTag(reader);
    firstTimestampMs ??= timestampMs;
    const offsetMs = timestampMs - firstTimestampMs;
    yield { ...aggregate, type, timestampMs: (aggregate.timestampMs + offsetMs) >>> 0, payload };
  }
}

/** FLV tag and the back pointer behind it (Adobe FLV 10.1 §E.4.1). */
function readTag(reader: ByteReader): { type: number; timestampMs: number; payload: Uint8Array } {
  try {
    const type = reader.u8();
    const length = reader.u24();
    const timestampMs = (reader.u24() | (reader.u8() << 24)) >>> 0;
    reader.skip(3); // stream id
    const payload = reader.view(length);
    reader.skip(Math.min(4, reader.remaining)); // back pointer
    return { type, timestampMs, payload };
  } catch (error) {
    if (!(error instanceof EndOfBytesError)) throw error;
    throw new RtmpProtocolError(`an aggregate message that ends within a tag: ${error.message}`, {
      cause: error,
    });
  }
}
