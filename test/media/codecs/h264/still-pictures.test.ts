import { describe, expect, test } from "bun:test";
import { ParameterSets } from "#media/codecs/h264/parameter-sets.ts";
import { parseSliceHeader } from "#media/codecs/h264/slice-header.ts";
import { StillPictures } from "#media/codecs/h264/still-pictures.ts";
import type { FlvMessage } from "#media/flv/tag-demuxer.ts";
import { annexBOf, annexBOfMessages, decodedFrames, demux, encode } from "#test/support/h264-judge.ts";
import { pps, type SliceFields, type SpsFields, slice, sps, TYPE } from "#test/support/h264-syntax.ts";
import { hex } from "#test/support/hex.ts";
import { areInstalled } from "#test/support/program.ts";

class Rig {
  readonly sets = new ParameterSets();
  readonly stills = new StillPictures(this.sets);

  readonly sequence: SpsFields;

  constructor(sequence: SpsFields = { log2MaxLsb: 5 }) {
    this.sequence = sequence;
    this.sets.take(sps(sequence));
    this.sets.take(pps());
  }

  follow(fields: SliceFields, ...others: readonly Uint8Array[]): void {
    this.followUnits([slice({ sps: this.sequence, ...fields }), ...others]);
  }

  followUnits(nalUnits: readonly Uint8Array[]): void {
    const header = parseSliceHeader(nalUnits[0] ?? hex``, this.sets);
    const facts = { header, isIdr: header.isIdr, recoveryPoint: null, isOnePush: true, timing: null };
    this.stills.follow({ ...facts, nalUnits }, nalUnits);
  }

  /** frame_num and pic_order_cnt_lsb. */
  next(): [number, number] | null {
    const [nalUnit] = this.stills.next()?.nalUnits ?? [];
    if (nalUnit === undefined) return null;
    const { frameNum, picOrderCntLsb } = parseSliceHeader(nalUnit, this.sets);
    return [frameNum, picOrderCntLsb];
  }

  still(frameNum: number, lsb: number, back = 1): Uint8Array {
    const modifications = back === 1 ? [] : [[[0, back - 1] as const]];
    const fields = { refIdc: 0, sliceType: TYPE.allP, references: [1], modifications, data: "0001101" };
    return slice({ sps: this.sequence, ...fields, frameNum, lsb });
  }
}

const IDR = { nalType: 5, sliceType: TYPE.I };

describe("its place", () => {
  test("is after a reference picture with the next frame number, after another with the same", () => {
    const rig = new Rig();
    rig.follow(IDR);
    expect(rig.stills.next()).toEqual({ nalUnits: [rig.still(1, 1)], isIdr: false });
    rig.follow({ frameNum: 1, lsb: 2 });
    expect(rig.next()).toEqual([2, 3]);
    rig.follow({ frameNum: 2, lsb: 4, refIdc: 0 });
    expect(rig.next()).toEqual([2, 5]);
    expect(rig.next()).toEqual([2, 5]);
  });

  test("is behind what is shown last, not behind what was decoded last", () => {
    const rig = new Rig();
    rig.follow(IDR);
    rig.follow({ frameNum: 1, lsb: 12 });
    rig.follow({ frameNum: 2, lsb: 4, refIdc: 0 });
    expect(rig.next()).toEqual([2, 13]);
    rig.follow(IDR);
    expect(rig.next()).toEqual([1, 1]);
  });

  test("wraps with the numbers", () => {
    const rig = new Rig();
    rig.follow({ ...IDR, lsb: 0 });
    rig.follow({ frameNum: 14, lsb: 15 });
    expect(rig.next()).toEqual([15, 16]);
    rig.follow({ frameNum: 15, lsb: 30 });
    rig.follow({ frameNum: 15, lsb: 31, refIdc: 0 });
    expect(rig.next()).toEqual([15, 0]);
    rig.follow({ frameNum: 15, lsb: 31 });
    expect(rig.next()).toEqual([0, 0]);
    rig.follow({ frameNum: 0, lsb: 3, refIdc: 0 });
    expect(rig.next()).toEqual([0, 4]);
  });

  test("half of the numbers ahead is behind", () => {
    const rig = new Rig();
    rig.follow(IDR);
    rig.follow({ frameNum: 1, lsb: 16 });
    expect(rig.next()).toEqual([2, 1]);
    rig.follow({ frameNum: 2, lsb: 15 });
    expect(rig.next()).toEqual([3, 16]);
  });

  test("is told by the last slice: that of a second field", () => {
    const rig = new Rig({ isFrameOnly: false, log2MaxLsb: 5 });
    const field = { sps: rig.sequence, frameNum: 3, lsb: 6 };
    rig.followUnits([
      slice({ ...field, field: "top" }),
      slice({ ...field, field: "bottom", lsb: 7, refIdc: 0 }),
      hex`06 05 01 aa 80`,
    ]);
    expect(rig.next()).toEqual([3, 8]);
  });
});

describe("what it shows is the reference picture that is shown last", () => {
  test("also where others were decoded after it", () => {
    const rig = new Rig({ log2MaxLsb: 5, maxReferenceFrames: 4 });
    rig.follow(IDR);
    rig.follow({ frameNum: 1, lsb: 8 });
    expect(rig.stills.next()?.nalUnits).toEqual([rig.still(2, 9)]);
    rig.follow({ frameNum: 2, lsb: 4 });
    expect(rig.stills.next()?.nalUnits).toEqual([rig.still(3, 9, 2)]);
    rig.follow({ frameNum: 3, lsb: 2, refIdc: 0 });
    expect(rig.stills.next()?.nalUnits).toEqual([rig.still(3, 9, 2)]);
    rig.follow({ frameNum: 3, lsb: 10, refIdc: 0 });
    expect(rig.stills.next()?.nalUnits).toEqual([rig.still(3, 11, 2)]);
    rig.follow({ frameNum: 3, lsb: 12 });
    expect(rig.stills.next()?.nalUnits).toEqual([rig.still(4, 13)]);
    rig.follow(IDR);
    expect(rig.stills.next()?.nalUnits).toEqual([rig.still(1, 1)]);
  });

  test("across the end of the frame numbers", () => {
    const rig = new Rig();
    rig.follow(IDR);
    rig.follow({ frameNum: 15, lsb: 8 });
    rig.follow({ frameNum: 0, lsb: 4 });
    expect(rig.stills.next()?.nalUnits).toEqual([rig.still(1, 9, 2)]);
  });

  test("but none that decoders have forgotten", () => {
    const rig = new Rig({ log2MaxLsb: 5, maxReferenceFrames: 2 });
    rig.follow(IDR);
    rig.follow({ frameNum: 1, lsb: 8 });
    rig.follow({ frameNum: 2, lsb: 4 });
    expect(rig.stills.next()?.nalUnits).toEqual([rig.still(3, 9, 2)]);
    rig.follow({ frameNum: 3, lsb: 6 });
    expect(rig.stills.next()?.nalUnits).toEqual([rig.still(4, 9)]);
  });

  test("and the last one that was decoded where none of them is known to be shown last", () => {
    const rig = new Rig();
    rig.follow({ frameNum: 6, lsb: 30 });
    expect(rig.stills.next()?.nalUnits).toEqual([rig.still(7, 1)]);
  });
});

describe("there is none", () => {
  test("before the first picture, and after one that cannot be read", () => {
    const rig = new Rig();
    expect(rig.stills.next()).toBeNull();
    rig.follow(IDR);
    const facts = { isIdr: false, recoveryPoint: null, isOnePush: true, timing: null };
    rig.stills.follow({ ...facts, header: null, nalUnits: [hex`41`] }, [hex`41`]);
    expect(rig.stills.next()).toBeNull();
    rig.follow({ frameNum: 1, lsb: 2 }, hex`41`);
    expect(rig.stills.next()).toBeNull();
    rig.follow({ frameNum: 2, lsb: 4 });
    expect(rig.next()).toEqual([3, 5]);
  });

  test("where its parameter sets are gone", () => {
    const rig = new Rig();
    rig.follow(IDR);
    rig.sets.take(pps({ spsId: 4 }));
    expect(rig.stills.next()).toBeNull();
  });
});

describe("where nothing is referred to", () => {
  const sequence = { maxReferenceFrames: 0, log2MaxLsb: 5 };

  test("an IDR picture comes once more, each time with another number", () => {
    const rig = new Rig(sequence);
    const sei = hex`06 05 01 aa 80`;
    rig.follow(
      { ...IDR, idrPicId: 65_534 },
      sei,
      slice({ ...IDR, sps: sequence, idrPicId: 65_534, firstMacroblock: 4 }),
    );
    for (const idrPicId of [65_535, 0, 1]) {
      expect(rig.stills.next()).toEqual({
        nalUnits: [
          slice({ sps: sequence, ...IDR, idrPicId }),
          sei,
          slice({ ...IDR, idrPicId, firstMacroblock: 4, sps: sequence }),
        ],
        isIdr: true,
      });
    }
    rig.follow({ ...IDR, idrPicId: 3 });
    expect(rig.stills.next()?.nalUnits).toEqual([slice({ sps: sequence, ...IDR, idrPicId: 4 })]);
  });

  test("no other picture does", () => {
    const rig = new Rig(sequence);
    rig.follow(IDR);
    rig.follow({ sliceType: TYPE.I, refIdc: 0 });
    expect(rig.stills.next()).toBeNull();
  });
});

const fieldsInFrames = ["-flags", "+ilme+ildct"];

describe.skipIf(!areInstalled("ffmpeg"))(
  "FFmpeg sees the last picture for as long as it stands, and what it saw before and after",
  () => {
    test.each<[string, string, readonly string[]]>([
      ["arithmetic coding", "bframes=0:ref=1", []],
      ["other coding", "bframes=0:cabac=0", []],
      ["no tools at all", "bframes=0:cabac=0:weightp=0:no-deblock=1", []],
      ["weighted prediction", "bframes=0:weightp=2:ref=4", []],
      ["fields in frames, the top one first", "bframes=0:tff=1:ref=2", fieldsInFrames],
      [
        "fields in frames, the bottom one first, other coding",
        "bframes=0:bff=1:ref=2:cabac=0",
        fieldsInFrames,
      ],
      ["pictures that stand for themselves", "keyint=1", []],
      ["four slices", "bframes=0:slices=4", []],
      ["pictures that are shown in another order", "bframes=3:b-pyramid=none:b-adapt=0:ref=2", []],
      ["pyramids", "bframes=3:b-pyramid=normal:b-adapt=0:ref=4", []],
      ["strict pyramids without arithmetic coding", "bframes=3:b-pyramid=strict:b-adapt=0:ref=4:cabac=0", []],
      ["pyramids of fields in frames", "bframes=3:b-pyramid=normal:b-adapt=0:ref=4:tff=1", fieldsInFrames],
    ])("%s", async (_what, x264, options) => {
      const messages = await encode({ x264: `scenecut=0:${x264}`, frames: 14, options });
      const whole = await decodedFrames(annexBOfMessages(messages));
      expect(new Set(whole).size).toBe(14);
      // Where all that were decoded are shown, also with three B pictures between others.
      for (const cut of [1, 5, 9]) {
        const items = demux(withHole(messages, cut));
        const expected = [
          ...whole.slice(0, cut),
          ...new Array<string>(5).fill(whole[cut - 1] ?? ""),
          ...whole.slice(cut),
        ];
        expect(await decodedFrames(annexBOf(items))).toEqual(expected);
      }
    });
  },
);

/** No picture comes for 2.6 s before the one with that ordinal. */
function withHole(messages: readonly FlvMessage[], picture: number): FlvMessage[] {
  const pictures = messages.filter(({ payload: [, type] }) => type === 1);
  const fromMs = pictures[picture]?.timestampMs ?? 0;
  return messages.map((message) =>
    message.timestampMs >= fromMs ? { ...message, timestampMs: message.timestampMs + 2600 } : message,
  );
}
