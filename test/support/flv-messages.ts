// What an RTMP player makes of the bytes it is sent: messages by kind and time.

import { ChunkReader } from "#media/rtmp/chunk-reader.ts";
import { DEFAULT_LIMITS } from "#media/rtmp/limits.ts";
import { MESSAGE_TYPE, type Message } from "#media/rtmp/message.ts";
import { SERVER_CHUNK_SIZE } from "#media/rtmp/player-messages.ts";

export function readMessages(...chunks: readonly Uint8Array[]): Message[] {
  const reader = new ChunkReader(DEFAULT_LIMITS);
  reader.setChunkSize(SERVER_CHUNK_SIZE);
  return chunks.flatMap((each) => [...reader.push(each)]);
}

/** For example `key 2000`, `inter 2040`, `audio 2043`; headers `avc 2000`, `aac 2000`, metadata `data 2000`. */
export function described(messages: readonly Message[]): string[] {
  return messages.map((message) => `${kindOf(message)} ${message.timestampMs}`);
}

function kindOf({ type, payload: [first, second] }: Message): string {
  if (type === MESSAGE_TYPE.dataAmf0) return "data";
  if (type === MESSAGE_TYPE.audio) return second === 0 ? "aac" : "audio";
  if (second === 0) return "avc";
  return first === 0x17 ? "key" : "inter";
}
