// The parameter sets of a stream as they stand: those of its record, replaced and joined by those that come between pictures.

import { ByteReader } from "#media/bytes/byte-reader.ts";
import { ByteWriter } from "#media/bytes/byte-writer.ts";
import { sameBytes } from "#media/bytes/same-bytes.ts";
import { CodecError, parsing } from "#media/codecs/codec-error.ts";
import { readParameterSets } from "./decoder-configuration-record.ts";
import { NAL_TYPE, nalTypeOf } from "./nal-unit-type.ts";
import { type PictureParameterSet, parsePictureParameterSet } from "./picture-parameter-set.ts";
import {
  hasChromaFormat,
  parseSequenceParameterSet,
  type SequenceParameterSet,
} from "./sequence-parameter-set.ts";

/** What a slice is read by. */
export interface ActiveSets {
  readonly sequence: SequenceParameterSet;
  readonly picture: PictureParameterSet;
}

interface Kept<Parsed> {
  readonly bytes: Uint8Array;
  readonly parsed: Parsed;
}

export class ParameterSets {
  readonly #sequences = new Map<number, Kept<SequenceParameterSet>>();
  readonly #pictures = new Map<number, Kept<PictureParameterSet>>();
  #version = 0;

  /** Rises with every set that is new or has other bytes. */
  get version(): number {
    return this.#version;
  }

  /** Those of an AVCDecoderConfigurationRecord, in the place of all that were known. Throws {@link CodecError}. */
  replaceBy(record: Uint8Array): void {
    const sets = parsing("AVCDecoderConfigurationRecord", () => readParameterSets(new ByteReader(record)));
    this.#sequences.clear();
    this.#pictures.clear();
    this.#version += 1;
    for (const nalUnit of [...sets.sequenceParameterSets, ...sets.pictureParameterSets])
      this.#takeIfRead(nalUnit);
  }

  /** One that cannot be read is left out: pictures that need it are passed on as they come. */
  #takeIfRead(nalUnit: Uint8Array): void {
    try {
      this.take(nalUnit);
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
    }
  }

  /** A set that came, in the place of the one with its id. Throws {@link CodecError} for one that is damaged, and keeps the old one. */
  take(nalUnit: Uint8Array): void {
    if (nalTypeOf(nalUnit) === NAL_TYPE.sequenceParameterSet) {
      this.#keep(this.#sequences, nalUnit, parseSequenceParameterSet);
    } else {
      this.#keep(this.#pictures, nalUnit, parsePictureParameterSet);
    }
  }

  /** Throws {@link CodecError} where one of the two is not known. */
  of(pictureParameterSetId: number): ActiveSets {
    const picture = this.#pictures.get(pictureParameterSetId)?.parsed;
    if (picture === undefined)
      throw new CodecError(`picture parameter set ${pictureParameterSetId} is not known`);
    const sequence = this.#sequences.get(picture.sequenceParameterSetId)?.parsed;
    if (sequence === undefined)
      throw new CodecError(`sequence parameter set ${picture.sequenceParameterSetId} is not known`);
    return { sequence, picture };
  }

  /** Of the picture parameter set that came first; null where there is none whose sequence parameter set is known. */
  get first(): ActiveSets | null {
    for (const { parsed: picture } of this.#pictures.values()) {
      const sequence = this.#sequences.get(picture.sequenceParameterSetId)?.parsed;
      if (sequence !== undefined) return { sequence, picture };
    }
    return null;
  }

  /**
   * The AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1) of what pictures with this set are decoded by: its sequence
   * parameter set, and all picture parameter sets that belong to that. Throws as {@link of}.
   */
  recordOf(pictureParameterSetId: number, nalUnitLengthSize: 1 | 2 | 4): Uint8Array {
    const { sequence } = this.of(pictureParameterSetId);
    const sequenceBytes = this.#sequences.get(sequence.id)?.bytes ?? new Uint8Array();
    const pictures = [...this.#pictures.values()].filter(
      ({ parsed }) => parsed.sequenceParameterSetId === sequence.id,
    );
    const writer = new ByteWriter(64);
    writer.u8(1).u8(sequence.profileIdc).u8(sequence.constraintFlags).u8(sequence.levelIdc);
    writer.u8(0xfc | (nalUnitLengthSize - 1)).u8(0xe0 | 1);
    writer.u16(sequenceBytes.byteLength).bytes(sequenceBytes);
    writer.u8(pictures.length);
    for (const { bytes } of pictures) writer.u16(bytes.byteLength).bytes(bytes);
    if (hasChromaFormat(sequence.profileIdc)) {
      const { chromaFormatIdc, lumaBits, chromaBits } = sequence.chroma;
      writer
        .u8(0xfc | chromaFormatIdc)
        .u8(0xf8 | (lumaBits - 8))
        .u8(0xf8 | (chromaBits - 8));
      writer.u8(0); // numOfSequenceParameterSetExt
    }
    return writer.take();
  }

  /** Whether pictures with this set are decoded by what the record holds, and by nothing else. Throws as {@link of}. */
  isHeldBy(record: Uint8Array, pictureParameterSetId: number): boolean {
    const held = readParameterSets(new ByteReader(record));
    const { sequence } = this.of(pictureParameterSetId);
    const sequenceBytes = this.#sequences.get(sequence.id)?.bytes;
    const [first] = held.sequenceParameterSets;
    if (first === undefined || sequenceBytes === undefined || !sameBytes(first, sequenceBytes)) return false;
    return [...this.#pictures.values()].every(
      ({ bytes, parsed }) =>
        parsed.sequenceParameterSetId !== sequence.id ||
        held.pictureParameterSets.some((each) => sameBytes(each, bytes)),
    );
  }

  #keep<Parsed extends { readonly id: number }>(
    kept: Map<number, Kept<Parsed>>,
    nalUnit: Uint8Array,
    parse: (nalUnit: Uint8Array) => Parsed,
  ): void {
    for (const { bytes } of kept.values()) if (sameBytes(bytes, nalUnit)) return;
    const parsed = parse(nalUnit);
    kept.set(parsed.id, { bytes: nalUnit.slice(), parsed });
    this.#version += 1;
  }
}
