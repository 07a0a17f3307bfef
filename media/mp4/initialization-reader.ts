// What an initialization says of its tracks, as far as a movie of their samples has to repeat it.

import { ByteReader, EndOfBytesError } from "#media/bytes/byte-reader.ts";
import { BOX_HEADER_LENGTH } from "#media/fmp4/box.ts";
import { readBoxes } from "#media/fmp4/box-reader.ts";
import { Fmp4Error } from "#media/fmp4/fmp4-error.ts";
import type { TrackKind } from "#media/track/track.ts";

export interface InitializedTrack {
  /** track_ID, as the fragments name it. */
  readonly trackId: number;
  readonly kind: TrackKind;
  /** Ticks a second. */
  readonly timescale: number;
  /** The whole box of the one sample entry: how the samples are coded. */
  readonly sampleEntry: Uint8Array;
  /** As they are meant to be seen, 16.16 fixed-point pixels; 0 of sound. */
  readonly width: number;
  readonly height: number;
}

/** The tracks of an `ftyp` and a `moov` as `encodeInitialization` makes them. Throws {@link Fmp4Error}. */
export function readInitialization(bytes: Uint8Array): InitializedTrack[] {
  try {
    const moov = within(new ByteReader(bytes), "moov");
    return boxesOf(moov, "trak").map(readTrak);
  } catch (error) {
    if (error instanceof EndOfBytesError) {
      throw new Fmp4Error(`initialization: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

function readTrak(trak: ByteReader): InitializedTrack {
  const tkhd = readTkhd(within(trak, "tkhd"));
  const mdia = within(trak, "mdia");
  const stbl = within(within(mdia, "minf"), "stbl");
  return {
    ...tkhd,
    kind: readHdlr(within(mdia, "hdlr")),
    timescale: readMdhd(within(mdia, "mdhd")),
    sampleEntry: readStsd(within(stbl, "stsd")),
  };
}

/** Track header (ISO/IEC 14496-12 §8.3.2). */
function readTkhd(fields: ByteReader): Pick<InitializedTrack, "trackId" | "width" | "height"> {
  const version = fields.u8();
  fields.u24(); // flags
  fields.skip(version === 1 ? 16 : 8); // creation_time, modification_time
  const trackId = fields.u32(); // track_ID
  fields.skip(4 + (version === 1 ? 8 : 4)); // reserved, duration
  fields.skip(8 + 8 + 36); // reserved; layer, alternate_group, volume, reserved; matrix
  return { trackId, width: fields.u32(), height: fields.u32() };
}

/** Media header (§8.4.2). */
function readMdhd(fields: ByteReader): number {
  const version = fields.u8();
  fields.u24(); // flags
  fields.skip(version === 1 ? 16 : 8); // creation_time, modification_time
  const timescale = fields.u32(); // timescale
  if (timescale === 0) throw new Fmp4Error("a track of timescale 0");
  return timescale;
}

/** Handler reference (§8.4.3). */
function readHdlr(fields: ByteReader): TrackKind {
  fields.skip(8); // version, flags, pre_defined
  const handler = String.fromCharCode(...fields.view(4)); // handler_type
  if (handler === "vide") return "video";
  if (handler === "soun") return "audio";
  throw new Fmp4Error(`a track that ${JSON.stringify(handler)} handles`);
}

/** Sample descriptions (§8.5.2). */
function readStsd(fields: ByteReader): Uint8Array {
  fields.skip(4); // version, flags
  const entryCount = fields.u32(); // entry_count
  if (entryCount !== 1) throw new Fmp4Error(`a track of ${entryCount} sample entries`);
  const at = fields.offset;
  const length = fields.u32();
  if (length < BOX_HEADER_LENGTH) throw new Fmp4Error(`a sample entry of ${length} bytes`);
  fields.skip(length - 4);
  return fields.bytes.slice(at, at + length);
}

/** The fields of the one box of this type. */
function within(reader: ByteReader, type: string): ByteReader {
  const [found] = boxesOf(reader, type);
  if (found === undefined) throw new Fmp4Error(`an initialization without ${type}`);
  return found;
}

/** The boxes before were read from the same bytes: each is looked for from their beginning. */
function boxesOf({ bytes }: ByteReader, type: string): ByteReader[] {
  return [...readBoxes(new ByteReader(bytes))].filter((box) => box.type === type).map(({ fields }) => fields);
}
