// The head of an audio tag: what kind of packet it carries, of which codec.

import type { ByteReader } from "#media/bytes/byte-reader.ts";
import { readExAudioTag } from "./ex-audio-tag.ts";
import { FlvError, UnsupportedCodecError } from "./flv-error.ts";
import type { AudioPacket } from "./tag.ts";

/** Video FLV Specification 10.1 §E.4.2.1: SoundFormat. The rate and channel bits beside it say nothing of AAC. */
const SOUND_FORMAT_AAC = 10;
const SOUND_FORMAT_EX = 9;
const AAC_PACKET_TYPE = { sequenceHeader: 0, raw: 1 } as const;

const SOUND_FORMAT_NAMES: Record<number, string> = {
  0: "linear PCM",
  1: "ADPCM",
  2: "MP3",
  3: "linear PCM",
  4: "Nellymoser",
  5: "Nellymoser",
  6: "Nellymoser",
  7: "G.711 A-law",
  8: "G.711 mu-law",
  11: "Speex",
  14: "MP3",
};

/** AUDIODATA; null for what carries no sound. Throws {@link FlvError}. */
export function readAudioTag(reader: ByteReader): AudioPacket | null {
  const head = reader.u8();
  const soundFormat = head >> 4;
  if (soundFormat === SOUND_FORMAT_EX) return readExAudioTag(head, reader);
  if (soundFormat !== SOUND_FORMAT_AAC) {
    const name = SOUND_FORMAT_NAMES[soundFormat] ?? "an unknown codec";
    throw new UnsupportedCodecError("audio", soundFormat, name);
  }
  const aacPacketType = reader.u8();
  switch (aacPacketType) {
    case AAC_PACKET_TYPE.sequenceHeader:
      return { type: "configuration", body: reader.rest() };
    case AAC_PACKET_TYPE.raw:
      return { type: "frame", body: reader.rest() };
    default:
      throw new FlvError(`AAC packet type ${aacPacketType}`);
  }
}
