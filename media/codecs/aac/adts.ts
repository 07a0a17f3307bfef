// AAC in ADTS, where every frame brings a header that FLV and MP4 leave to one AudioSpecificConfig.

import { CodecError } from "#media/codecs/codec-error.ts";
import { type AdtsHeader, configOfHeader, parseAdtsHeader } from "./adts-header.ts";

export interface AdtsFrame {
  /** The raw_data_block, a view: neither header nor CRC. */
  readonly frame: Uint8Array;
  /** What FLV and MP4 hold in the place of the header. */
  readonly audioSpecificConfig: Uint8Array;
}

/** Whether the bytes begin with a header, be the rest of the frame there or not. No AudioSpecificConfig of AAC does. */
export function isAdtsHeader(bytes: Uint8Array): boolean {
  return parseAdtsHeader(bytes) !== null;
}

/**
 * Whether the bytes begin with a whole ADTS frame. A raw frame never does: the three ones that a syncword begins with
 * would be its ID_END, and the frame over before any sound.
 */
export function isAdts(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0xff) return false; // Nearly every frame of every stream is asked: most end here.
  const header = parseAdtsHeader(bytes);
  return (
    header !== null && header.frameLength >= header.headerLength && header.frameLength <= bytes.byteLength
  );
}

/**
 * All the frames in `bytes`, which end where the last of them does; one that has a header and nothing else is left out.
 * A program_config_element holds for the frames behind it too: FFmpeg sends it in the first one only. `known`: the
 * AudioSpecificConfig that one before made of it, null without.
 * Throws {@link CodecError} for a header that is damaged, a frame that is cut off or has several raw_data_blocks, and
 * channel configuration 0 without a program_config_element.
 */
export function readAdtsFrames(bytes: Uint8Array, known: Uint8Array | null = null): readonly AdtsFrame[] {
  const frames: AdtsFrame[] = [];
  let listed = known;
  let left = bytes;
  while (left.byteLength > 0) {
    const header = wholeHeader(left);
    const frame = left.subarray(header.headerLength, header.frameLength);
    left = left.subarray(header.frameLength);
    if (frame.byteLength === 0) continue;
    const config: Uint8Array = configOfHeader(header, frame) ?? listed ?? noChannels();
    if (header.channelConfiguration === 0) listed = config;
    frames.push({ frame, audioSpecificConfig: config });
  }
  return frames;
}

/**
 * Of a header alone, which some encoders send in the place of the AudioSpecificConfig: how long it says its frame is does
 * not matter. Throws {@link CodecError} for one that is damaged, and for channel configuration 0 where nothing follows it
 * that lists the channels.
 */
export function audioSpecificConfigOfAdts(header: Uint8Array): Uint8Array {
  const parsed = parseAdtsHeader(header) ?? noHeader(header);
  return configOfHeader(parsed, header.subarray(parsed.headerLength)) ?? noChannels();
}

/** Of a frame that is there to its end. */
function wholeHeader(bytes: Uint8Array): AdtsHeader {
  const header = parseAdtsHeader(bytes) ?? noHeader(bytes);
  const { headerLength, frameLength, rawDataBlocks } = header;
  if (frameLength < headerLength)
    throw new CodecError(`ADTS frame of ${frameLength} bytes, its header has ${headerLength}`);
  if (frameLength > bytes.byteLength)
    throw new CodecError(`ADTS frame of ${frameLength} bytes, of which ${bytes.byteLength} came`);
  if (rawDataBlocks > 1) throw new CodecError(`ADTS frame of ${rawDataBlocks} raw data blocks`);
  return header;
}

function noHeader(bytes: Uint8Array): never {
  const start = Array.from(bytes.subarray(0, 7), (byte) => byte.toString(16).padStart(2, "0"));
  throw new CodecError(`no ADTS header: ${start.join(" ")}`);
}

function noChannels(): never {
  throw new CodecError("ADTS channel configuration 0 without a program_config_element");
}
