// How a track's samples are coded: the sample entry of each codec, around the record its encoder sent.

import { concat } from "#media/bytes/concat.ts";
import type { AacConfiguration } from "#media/codecs/aac/aac-configuration.ts";
import type { H264Configuration } from "#media/codecs/h264/h264-configuration.ts";
import type { CodecConfiguration } from "#media/track/track.ts";
import { box, fullBox, u8, u16, u24, u32, zeros } from "./box.ts";

export function sampleEntry(configuration: CodecConfiguration): Uint8Array {
  switch (configuration.codec) {
    case "h264":
      return avc1(configuration);
    case "aac":
      return mp4a(configuration);
  }
}

/** AVCSampleEntry (ISO/IEC 14496-15 §5.4.2.1): parameter sets are in the record, never in the samples alone. */
function avc1({ record, width, height, sampleAspectRatio }: H264Configuration): Uint8Array {
  return box("avc1", [
    zeros(6), // reserved
    u16(1), // data_reference_index
    zeros(16), // pre_defined, reserved
    u16(width),
    u16(height),
    u32(0x00480000), // horizresolution, 72 dpi
    u32(0x00480000), // vertresolution
    u32(0), // reserved
    u16(1), // frame_count
    zeros(32), // compressorname
    u16(0x0018), // depth
    u16(0xffff), // pre_defined
    box("avcC", [record]),
    ...(sampleAspectRatio === null ? [] : [pasp(sampleAspectRatio)]),
  ]);
}

/** Pixel aspect ratio (ISO/IEC 14496-12 §12.1.4.2). */
function pasp({ horizontal, vertical }: { horizontal: number; vertical: number }): Uint8Array {
  return box("pasp", [
    u32(horizontal), // hSpacing
    u32(vertical), // vSpacing
  ]);
}

/** MP4AudioSampleEntry (ISO/IEC 14496-14 §5.6.1). */
function mp4a({ record, channels, sampleRate }: AacConfiguration): Uint8Array {
  return box("mp4a", [
    zeros(6), // reserved
    u16(1), // data_reference_index
    zeros(8), // reserved
    u16(channels), // channelcount
    u16(16), // samplesize
    zeros(4), // pre_defined, reserved
    u16(sampleRate <= 0xffff ? sampleRate : 0), // samplerate, 16.16; what does not fit is in the esds alone
    u16(0),
    esds(record),
  ]);
}

/** ES_Descriptor around the AudioSpecificConfig, whole (ISO/IEC 14496-1 §7.2.6.5). */
function esds(audioSpecificConfig: Uint8Array): Uint8Array {
  return fullBox("esds", 0, 0, [
    descriptor(0x03, [
      u16(0), // ES_ID
      u8(0), // no dependence, URL or OCR stream; priority 0
      descriptor(0x04, [
        u8(0x40), // objectTypeIndication: ISO/IEC 14496-3
        u8(0x15), // streamType: audio; upStream 0; reserved 1
        u24(0), // bufferSizeDB
        u32(0), // maxBitrate: not known of a live stream
        u32(0), // avgBitrate
        descriptor(0x05, [audioSpecificConfig]),
      ]),
      descriptor(0x06, [u8(0x02)]), // SLConfigDescriptor: reserved for use in MP4 files
    ]),
  ]);
}

/** A tag, an expandable length in its four-byte form, and the fields (ISO/IEC 14496-1 §8.3.3). */
function descriptor(tag: number, fields: readonly Uint8Array[]): Uint8Array {
  const body = concat(fields);
  const length = body.byteLength;
  return concat([
    u8(tag),
    u8(0x80 | (length >>> 21)),
    u8(0x80 | ((length >>> 14) & 0x7f)),
    u8(0x80 | ((length >>> 7) & 0x7f)),
    u8(length & 0x7f),
    body,
  ]);
}
