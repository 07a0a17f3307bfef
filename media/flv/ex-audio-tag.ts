// The extended audio tag head of Enhanced RTMP, where codecs have names: AAC by its FourCC is read as in a legacy tag.

import type { ByteReader } from "#media/bytes/byte-reader.ts";
import { FlvError, UnsupportedCodecError } from "./flv-error.ts";
import { readFourCc } from "./four-cc.ts";
import type { AudioPacket } from "./tag.ts";

/** Enhanced RTMP v2, "Enhanced Audio": AudioPacketType. */
const PACKET_TYPE = { sequenceStart: 0, codedFrames: 1, sequenceEnd: 2, multichannelConfig: 4 } as const;

const CODEC_NAMES: Record<string, string> = {
  Opus: "Opus",
  fLaC: "FLAC",
  "ac-3": "AC-3",
  "ec-3": "E-AC-3",
  ".mp3": "MP3",
};

/** ExAudioTagHeader and its body; `head` is the byte already read. Null as of a legacy tag. */
export function readExAudioTag(head: number, reader: ByteReader): AudioPacket | null {
  const packetType = head & 0x0f;
  if (packetType > PACKET_TYPE.multichannelConfig || packetType === 3) {
    throw new FlvError(`extended audio packet type ${packetType}`);
  }
  const fourCc = readFourCc(reader);
  if (fourCc !== "mp4a") throw new UnsupportedCodecError("audio", fourCc, CODEC_NAMES[fourCc] ?? fourCc);
  switch (packetType) {
    case PACKET_TYPE.sequenceStart:
      return { type: "configuration", body: reader.rest() };
    case PACKET_TYPE.codedFrames:
      return { type: "frame", body: reader.rest() };
    default:
      return null; // the end of a sequence, or channels that the AudioSpecificConfig already tells
  }
}
