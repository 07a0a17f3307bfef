// An FLV file as the RTMP messages that would carry it (Adobe FLV 10.1, annex E: the bodies are the same).

import { ByteReader } from "#media/bytes/byte-reader.ts";

export interface ClipMessage {
  readonly kind: "audio" | "video" | "data";
  /** On the file's clock. */
  readonly timestampMs: number;
  readonly payload: Uint8Array;
}

const KINDS: Readonly<Record<number, ClipMessage["kind"]>> = { 8: "audio", 9: "video", 18: "data" };

/** Every audio, video and script tag of the file, in order. Throws when it is cut short. */
export function readFlvFile(bytes: Uint8Array): ClipMessage[] {
  const reader = new ByteReader(bytes);
  reader.skip(5); // signature, version, flags
  const dataOffset = reader.u32();
  reader.skip(dataOffset - 9 + 4); // rest of the header, PreviousTagSize0
  const messages: ClipMessage[] = [];
  while (reader.remaining > 0) {
    const tagType = reader.u8();
    const dataSize = reader.u24();
    const timestampMs = reader.u24() + reader.u8() * 0x1000000; // Timestamp, TimestampExtended
    reader.skip(3); // StreamID
    const payload = reader.view(dataSize);
    reader.skip(4); // PreviousTagSize
    const kind = KINDS[tagType];
    if (kind !== undefined) messages.push({ kind, timestampMs, payload });
  }
  return messages;
}
