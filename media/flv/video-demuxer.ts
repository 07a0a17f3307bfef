// The H.264 of one publish: video tags → its track and its pictures, whatever form the tags have them in.

import { ByteReader } from "#media/bytes/byte-reader.ts";
import { CodecError } from "#media/codecs/codec-error.ts";
import { isAnnexB, nalUnitsOfAnnexB } from "#media/codecs/h264/annex-b.ts";
import { type H264Item, H264Stream, recordOfParameterSets } from "#media/codecs/h264/h264-stream.ts";
import { nalUnitsOf } from "#media/codecs/h264/nal-units.ts";
import type { EncodedUnit, UnitHints } from "#media/track/track.ts";
import type { DemuxedItem } from "./demuxed-item.ts";
import { RTMP_CLOCK, RTMP_TIMESCALE } from "./rtmp-clock.ts";
import type { VideoPacket } from "./tag.ts";
import { readVideoTag } from "./video-tag.ts";

export const VIDEO_TRACK_ID = 1;
const VIDEO_TIMESCALE = 90_000;

/** A picture that may come in pieces waits no longer than up to what is this much later than it. */
const MAX_WAIT_MS = 500;

/** The same where pictures do come in pieces: sound may be ahead of them, and come between two. */
const MAX_PIECES_WAIT_MS = 5000;

/** Milliseconds of the encoder's clock. */
interface TagTiming {
  readonly dts: number;
  readonly compositionTime: number;
  readonly isKeyFrame: boolean;
}

const NOTHING: readonly DemuxedItem[] = [];

export class VideoDemuxer {
  readonly #stream = new H264Stream<TagTiming>(RTMP_TIMESCALE);

  /** Throws a `FlvError` or a {@link CodecError}, or that the bytes ended; and is as it was before. */
  push(payload: Uint8Array, timestampMs: number): readonly DemuxedItem[] {
    const packet = readVideoTag(new ByteReader(payload));
    if (packet?.type === "end") return itemsOf(this.#stream.flush());
    if (packet === null || packet.body.byteLength === 0) return [];
    if (packet.type === "configuration") return this.#configure(packet.body);
    return this.#frame(packet, timestampMs);
  }

  /** Something else came that is of this time of the encoder's clock. */
  reached(timestampMs: number): readonly DemuxedItem[] {
    const { waiting, comesInPieces } = this.#stream;
    const maxMs = comesInPieces ? MAX_PIECES_WAIT_MS : MAX_WAIT_MS;
    if (waiting === null || ((timestampMs - waiting.dts) | 0) <= maxMs) return NOTHING;
    return itemsOf(this.#stream.flush());
  }

  /** Nothing follows. */
  flush(): readonly DemuxedItem[] {
    return itemsOf(this.#stream.flush());
  }

  /** A picture that shows the last one on, decoded at this time of the encoder's clock; null where none can be made. */
  still(timestampMs: number): EncodedUnit | null {
    const item = this.#stream.still({ dts: timestampMs, compositionTime: 0, isKeyFrame: false });
    if (item === null) return null;
    const { isSync, data } = item;
    const timing = { clock: RTMP_CLOCK, sentDts: timestampMs, compositionTime: 0 };
    return { trackId: VIDEO_TRACK_ID, ...timing, isSync, hints: { isFiller: true }, data };
  }

  #configure(body: Uint8Array): readonly DemuxedItem[] {
    const record = isAnnexB(body) ? recordOfParameterSets(nalUnitsOfAnnexB(body)) : body;
    return itemsOf(this.#stream.configure(record));
  }

  #frame({ body, isKeyFrame, compositionTimeMs }: VideoPacket, timestampMs: number): readonly DemuxedItem[] {
    const timing = { dts: timestampMs, compositionTime: compositionTimeMs, isKeyFrame };
    const { nalUnits, whole } = this.#split(body);
    const items = itemsOf(this.#stream.push({ nalUnits, timing }, whole));
    const { configuration, waiting } = this.#stream;
    if (items.length > 0 || waiting !== null) return items;
    return [
      { type: "undecodable", kind: "video", form: configuration === null ? "no-configuration" : "no-frame" },
    ];
  }

  /** `whole`: the body with lengths; null where it has start codes, also behind the lengths, or NAL units of no bytes, which decoders take for damage. */
  #split(body: Uint8Array): { nalUnits: readonly Uint8Array[]; whole: Uint8Array | null } {
    try {
      const { nalUnits, isDense } = nalUnitsOf(body, this.#stream.nalUnitLengthSize);
      if (nalUnits.some(isAnnexB))
        return {
          nalUnits: nalUnits.flatMap((each) => (isAnnexB(each) ? nalUnitsOfAnnexB(each) : [each])),
          whole: null,
        };
      return { nalUnits, whole: isDense ? body : null };
    } catch (error) {
      if (!(error instanceof CodecError) || !isAnnexB(body)) throw error;
      return { nalUnits: nalUnitsOfAnnexB(body), whole: null };
    }
  }
}

function itemsOf(items: readonly H264Item<TagTiming>[]): DemuxedItem[] {
  return items.map((item) => {
    if (item.type === "configuration") {
      const { configuration } = item;
      const track = { id: VIDEO_TRACK_ID, kind: "video", timescale: VIDEO_TIMESCALE, configuration } as const;
      return { type: "track", track };
    }
    const { timing, isSync, data } = item;
    const unit: EncodedUnit = {
      trackId: VIDEO_TRACK_ID,
      clock: RTMP_CLOCK,
      sentDts: timing.dts,
      compositionTime: timing.compositionTime,
      isSync,
      data,
    };
    const hints = hintsOf(item.isRecoveryPoint, item.isOpenGop);
    return { type: "unit", unit: hints === null ? unit : { ...unit, hints } };
  });
}

function hintsOf(isRecoveryPoint: boolean, isOpenGop: boolean): UnitHints | null {
  if (isOpenGop) return { isOpenGop };
  return isRecoveryPoint ? { isRecoveryPoint } : null;
}
