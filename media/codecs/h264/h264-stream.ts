// One encoder's H.264 as it comes → its configurations and whole pictures, of which it is known what decoding can begin with.

import { sameBytes } from "#media/bytes/same-bytes.ts";
import { CodecError } from "#media/codecs/codec-error.ts";
import { type H264Configuration, h264Configuration } from "./h264-configuration.ts";
import { NAL_TYPE, nalTypeOf } from "./nal-unit-type.ts";
import { joinNalUnits } from "./nal-units.ts";
import { OpenGops } from "./open-gops.ts";
import { ParameterSets } from "./parameter-sets.ts";
import { type NalUnits, type Picture, PictureAssembler } from "./picture-assembler.ts";
import { parsePictureParameterSet } from "./picture-parameter-set.ts";
import { StillPictures } from "./still-pictures.ts";

/** When a picture is decoded and shown, in ticks of its source's clock; and what its source says it is. */
export interface PictureTiming {
  readonly dts: number;
  readonly compositionTime: number;
  /** The container calls it a key frame. */
  readonly isKeyFrame: boolean;
}

export type H264Item<Timing> = H264ConfigurationItem | H264PictureItem<Timing>;

/** What comes after it is decoded by this. */
export interface H264ConfigurationItem {
  readonly type: "configuration";
  readonly configuration: H264Configuration;
}

export interface H264PictureItem<Timing> {
  readonly type: "picture";
  /** With lengths of the configuration's size. */
  readonly data: Uint8Array;
  readonly timing: Timing;
  /** Decoding can begin here, and all is right from here on. */
  readonly isSync: boolean;
  /** Whoever has nothing better begins here: what is shown is right after a while, or perhaps at once. */
  readonly isRecoveryPoint: boolean;
  /** Pictures that come after it are shown before it and need what came before it. */
  readonly isOpenGop: boolean;
}

/** Lengths of streams that have no record to say how long theirs are. */
const OWN_LENGTH_SIZE = 4;

/** IDR pictures may be rarer than key frames; where they are further apart than this, I pictures are begun with. */
const BARE_INTRA_SECONDS = 10;

export class H264Stream<Timing extends PictureTiming> {
  readonly #sets = new ParameterSets();
  readonly #assembler = new PictureAssembler<Timing>(this.#sets);
  readonly #openGops: OpenGops;
  readonly #stills = new StillPictures(this.#sets);
  #configuration: H264Configuration | null = null;
  /** The record that the source sent last. */
  #record: Uint8Array | null = null;
  /** The sets that the configuration was last compared with. */
  #compared = "";
  readonly #timescale: number;
  /** When the last picture was decoded that decoding can begin with. */
  #syncDts: number | null = null;

  /** `timescale`: ticks a second of the source's clock. */
  constructor(timescale: number) {
    this.#timescale = timescale;
    this.#openGops = new OpenGops(this.#sets, timescale);
  }

  /** Null before there are parameter sets. */
  get configuration(): H264Configuration | null {
    return this.#configuration;
  }

  get nalUnitLengthSize(): 1 | 2 | 4 {
    return this.#configuration?.nalUnitLengthSize ?? OWN_LENGTH_SIZE;
  }

  /** The picture that waits to be complete; null where none does. */
  get waiting(): Timing | null {
    return this.#assembler.waiting;
  }

  /** The picture that waits is most likely not whole, as those before it came in pieces. */
  get comesInPieces(): boolean {
    return this.#assembler.comesInPieces;
  }

  /** An AVCDecoderConfigurationRecord; null where it is the one there is. Throws {@link CodecError}. */
  configure(record: Uint8Array): readonly H264Item<Timing>[] {
    if (this.#record !== null && sameBytes(this.#record, record)) return [];
    const configuration = h264Configuration(record);
    const before = this.flush();
    this.#sets.replaceBy(configuration.record);
    this.#record = configuration.record;
    this.#compared = "";
    return [...before, ...this.#changeTo(configuration)];
  }

  /** NAL units that came together, without their lengths. `whole`: the same with lengths, where it is to be had. */
  push(units: NalUnits<Timing>, whole: Uint8Array | null): readonly H264Item<Timing>[] {
    return this.#assembler.push(units).flatMap((picture) => this.#pictureItems(picture, whole));
  }

  /** The picture that waits is all there is of it. */
  flush(): readonly H264Item<Timing>[] {
    return this.#assembler.flush().flatMap((picture) => this.#pictureItems(picture, null));
  }

  /** One that shows the last picture on, decoded when `timing` says; null where none can be made. */
  still(timing: Timing): H264PictureItem<Timing> | null {
    const still = this.#stills.next();
    if (this.#configuration === null || still === null) return null;
    const { nalUnits, isIdr } = still;
    const data = joinNalUnits(nalUnits, this.#configuration.nalUnitLengthSize);
    return { type: "picture", data, timing, isSync: isIdr, isRecoveryPoint: false, isOpenGop: false };
  }

  #pictureItems(picture: Picture<Timing>, whole: Uint8Array | null): H264Item<Timing>[] {
    const { timing } = picture;
    const { dts, compositionTime, isKeyFrame } = timing;
    const placed = this.#openGops.place(picture, dts, dts + compositionTime, isKeyFrame);
    const items: H264Item<Timing>[] = [];
    if (placed.isSync) this.#syncDts = dts;
    const isBareIntra = isKeyFrame && placed.isIntra && !placed.isOpenGop && this.#isWithoutSync(dts);
    const isRecoveryPoint = !placed.isSync && (placed.heals || isBareIntra);
    if (placed.isSync || isRecoveryPoint) items.push(...this.#follow(picture));
    if (this.#configuration === null || placed.nalUnits === null) return items;
    this.#stills.follow(picture, placed.nalUnits);
    const isAsItCame = whole !== null && picture.isOnePush && placed.nalUnits === picture.nalUnits;
    const data = isAsItCame ? whole : joinNalUnits(placed.nalUnits, this.#configuration.nalUnitLengthSize);
    const { isSync, isOpenGop } = placed;
    items.push({ type: "picture", data, timing, isSync, isRecoveryPoint, isOpenGop });
    return items;
  }

  /** Where parameter sets that came between pictures are others than the configuration's, the picture begins with a new one. */
  #follow({ header }: Picture<Timing>): readonly H264Item<Timing>[] {
    if (header === null) return [];
    const { pictureParameterSetId } = header;
    const compared = `${this.#sets.version} ${pictureParameterSetId}`;
    if (compared === this.#compared) return [];
    this.#compared = compared;
    const record = this.#configuration?.record ?? null;
    if (record !== null && this.#sets.isHeldBy(record, pictureParameterSetId)) return [];
    this.#record = null; // Should the source send that once more, it means it.
    return this.#changeTo(
      h264Configuration(this.#sets.recordOf(pictureParameterSetId, this.nalUnitLengthSize)),
    );
  }

  /** There is nothing better near than a picture that only calls itself a key frame. */
  #isWithoutSync(dts: number): boolean {
    if (this.#syncDts === null) return true;
    const ticks = dts - this.#syncDts;
    return ticks < 0 || ticks >= BARE_INTRA_SECONDS * this.#timescale;
  }

  #changeTo(configuration: H264Configuration): readonly H264Item<Timing>[] {
    this.#configuration = configuration;
    return [{ type: "configuration", configuration }];
  }
}

/** Some encoders send parameter sets with start codes in the record's place. Throws {@link CodecError}. */
export function recordOfParameterSets(nalUnits: readonly Uint8Array[]): Uint8Array {
  const sets = new ParameterSets();
  for (const type of [NAL_TYPE.sequenceParameterSet, NAL_TYPE.pictureParameterSet])
    for (const nalUnit of nalUnits) if (nalTypeOf(nalUnit) === type) sets.take(nalUnit);
  const pictures = nalUnits.filter((nalUnit) => nalTypeOf(nalUnit) === NAL_TYPE.pictureParameterSet);
  const [first] = pictures;
  if (first === undefined) throw new CodecError("no picture parameter set");
  return sets.recordOf(parsePictureParameterSet(first).id, OWN_LENGTH_SIZE);
}
