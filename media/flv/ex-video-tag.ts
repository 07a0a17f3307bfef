// The extended video tag head of Enhanced RTMP, where codecs have names: H.264 by its FourCC is read as in a legacy tag.

import type { ByteReader } from "#media/bytes/byte-reader.ts";
import { FlvError, UnsupportedCodecError } from "./flv-error.ts";
import { readFourCc } from "./four-cc.ts";
import { END_OF_SEQUENCE, FRAME_TYPE, isKeyFrameType, type VideoPacket } from "./tag.ts";

/** Enhanced RTMP v2, "Enhanced Video": VideoPacketType. */
const PACKET_TYPE = {
  sequenceStart: 0,
  codedFrames: 1,
  sequenceEnd: 2,
  codedFramesX: 3,
  metadata: 4,
} as const;

const CODEC_NAMES: Record<string, string> = { hvc1: "HEVC", av01: "AV1", vp09: "VP9", vp08: "VP8" };

/** ExVideoTagHeader and its body; `head` is the byte already read. Null as of a legacy tag. */
export function readExVideoTag(head: number, reader: ByteReader): VideoPacket | null {
  const frameType = (head >> 4) & 0x07;
  const packetType = head & 0x0f;
  // Encoders disagree on the frame type of metadata, so it is looked at first.
  if (packetType === PACKET_TYPE.metadata || frameType === FRAME_TYPE.command) return null;
  if (packetType > PACKET_TYPE.metadata) throw new FlvError(`extended video packet type ${packetType}`);
  const fourCc = readFourCc(reader);
  if (fourCc !== "avc1") throw new UnsupportedCodecError("video", fourCc, CODEC_NAMES[fourCc] ?? fourCc);
  const isKeyFrame = isKeyFrameType(frameType);
  switch (packetType) {
    case PACKET_TYPE.sequenceStart:
      return { type: "configuration", isKeyFrame, compositionTimeMs: 0, body: reader.rest() };
    case PACKET_TYPE.codedFrames:
      return { type: "frame", isKeyFrame, compositionTimeMs: reader.i24(), body: reader.rest() };
    case PACKET_TYPE.codedFramesX:
      return { type: "frame", isKeyFrame, compositionTimeMs: 0, body: reader.rest() };
    default:
      return END_OF_SEQUENCE;
  }
}
