// The head of a video tag: what kind of packet it carries, of which codec, and when it is shown.

import type { ByteReader } from "#media/bytes/byte-reader.ts";
import { readExVideoTag } from "./ex-video-tag.ts";
import { FlvError, UnsupportedCodecError } from "./flv-error.ts";
import { END_OF_SEQUENCE, FRAME_TYPE, isKeyFrameType, type VideoPacket } from "./tag.ts";

const IS_EX_HEADER = 0x80;
const CODEC_AVC = 7;
const AVC_PACKET_TYPE = { sequenceHeader: 0, nalUnits: 1, endOfSequence: 2 } as const;

const CODEC_NAMES: Record<number, string> = {
  2: "Sorenson H.263",
  3: "Screen video",
  4: "VP6",
  5: "VP6 with alpha",
  6: "Screen video 2",
  12: "HEVC",
  13: "AV1",
};

/** VIDEODATA; null for what carries no picture: commands and metadata. Throws {@link FlvError}. */
export function readVideoTag(reader: ByteReader): VideoPacket | null {
  const head = reader.u8();
  if ((head & IS_EX_HEADER) !== 0) return readExVideoTag(head, reader);
  const frameType = head >> 4;
  const codecId = head & 0x0f;
  if (frameType === FRAME_TYPE.command) return null;
  if (codecId !== CODEC_AVC)
    throw new UnsupportedCodecError("video", codecId, CODEC_NAMES[codecId] ?? "an unknown codec");
  return readAvcVideoPacket(isKeyFrameType(frameType), reader);
}

/** AVCVIDEOPACKET, §E.4.3.2. */
function readAvcVideoPacket(isKeyFrame: boolean, reader: ByteReader): VideoPacket | null {
  const avcPacketType = reader.u8();
  if (avcPacketType === AVC_PACKET_TYPE.endOfSequence) return END_OF_SEQUENCE;
  const compositionTimeMs = reader.i24();
  switch (avcPacketType) {
    case AVC_PACKET_TYPE.sequenceHeader:
      return { type: "configuration", isKeyFrame, compositionTimeMs: 0, body: reader.rest() };
    case AVC_PACKET_TYPE.nalUnits:
      return { type: "frame", isKeyFrame, compositionTimeMs, body: reader.rest() };
    default:
      throw new FlvError(`AVC packet type ${avcPacketType}`);
  }
}
