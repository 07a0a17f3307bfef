import { describe, expect, test } from "bun:test";
import { OpenGops, type PlacedPicture } from "#media/codecs/h264/open-gops.ts";
import { ParameterSets } from "#media/codecs/h264/parameter-sets.ts";
import type { Picture } from "#media/codecs/h264/picture-assembler.ts";
import type { RecoveryPoint } from "#media/codecs/h264/recovery-point.ts";
import { parseSliceHeader } from "#media/codecs/h264/slice-header.ts";
import type { FlvMessage } from "#media/flv/tag-demuxer.ts";
import {
  annexBOf,
  annexBOfMessages,
  decodedFrames,
  demux,
  encode,
  isKeyFrame,
  ptsOf,
} from "#test/support/h264-judge.ts";
import { pps, type SliceFields, slice, sps, TYPE } from "#test/support/h264-syntax.ts";
import { hex } from "#test/support/hex.ts";
import { areInstalled } from "#test/support/program.ts";

const TIMESCALE = 1000;
const interlaced = { isFrameOnly: false };
const EXACT: RecoveryPoint = { frameCount: 0, isBrokenLink: false };
const sei = hex`06 06 01 c4 80`;

class Rig {
  readonly sets = new ParameterSets();
  readonly gops: OpenGops;

  constructor(sequence = {}, timescale = TIMESCALE) {
    this.sets.take(sps(sequence));
    this.sets.take(pps());
    this.gops = new OpenGops(this.sets, timescale);
  }

  /** NAL units as the picture assembler would hand them on. */
  picture(nalUnits: readonly Uint8Array[], recoveryPoint: RecoveryPoint | null = null): Picture<unknown> {
    const first = nalUnits.find((nalUnit) => [1, 5].includes((nalUnit[0] ?? 0) & 31)) ?? hex`41`;
    const header = first.byteLength > 1 ? parseSliceHeader(first, this.sets) : null;
    const isIdr = ((first[0] ?? 0) & 31) === 5;
    return { nalUnits, timing: null, header, isIdr, recoveryPoint, isOnePush: true };
  }

  /** An IDR picture of the encoder's. */
  idr(dts: number, fields: SliceFields = {}): PlacedPicture {
    const nalUnit = slice({ nalType: 5, sliceType: TYPE.I, ...fields });
    return this.gops.place(this.picture([nalUnit]), dts, dts, true);
  }

  /** An I picture with a recovery point of no frames. */
  open(dts: number, fields: SliceFields = {}, recoveryPoint = EXACT, pts = dts): PlacedPicture {
    const nalUnit = slice({ sliceType: TYPE.allI, ...fields });
    return this.gops.place(this.picture([sei, nalUnit], recoveryPoint), dts, pts, true);
  }

  inter(dts: number, fields: SliceFields = {}, pts = dts): PlacedPicture {
    return this.gops.place(this.picture([slice(fields)]), dts, pts, true);
  }
}

describe("an I picture with a recovery point of no frames", () => {
  test("becomes an IDR picture where there was none before", () => {
    const rig = new Rig();
    expect(rig.open(0, { frameNum: 7, lsb: 6 })).toEqual({
      nalUnits: [sei, slice({ nalType: 5, sliceType: TYPE.I, idrPicId: 1 })],
      ...{ isSync: true, isIntra: true, heals: false, isOpenGop: true },
    });
  });

  test("stays one to begin with by its own word where an IDR picture was less than three seconds ago", () => {
    const rig = new Rig();
    rig.idr(0);
    const nalUnits = [sei, slice({ sliceType: TYPE.allI, frameNum: 7, lsb: 6 })];
    const placed = rig.gops.place(rig.picture(nalUnits, EXACT), 2999, 2999, true);
    expect(placed).toEqual({ nalUnits, isSync: false, isIntra: true, heals: false, isOpenGop: true });
    expect(placed.nalUnits).toBe(nalUnits);
  });

  test.each([TIMESCALE, 90_000])(
    "becomes one three seconds after the last, at %d ticks a second",
    (timescale) => {
      const rig = new Rig({}, timescale);
      rig.idr(5);
      expect(rig.open(5 + 3 * timescale - 1).isSync).toBe(false);
      expect(rig.open(5 + 3 * timescale).isSync).toBe(true);
      expect(rig.open(5 + 6 * timescale - 1).isSync).toBe(false);
      expect(rig.open(5 + 6 * timescale).isSync).toBe(true);
    },
  );

  test("becomes one at once where what came before is of no use, or the clock went back", () => {
    const rig = new Rig();
    rig.idr(1000);
    expect(rig.open(1000).isSync).toBe(false);
    expect(rig.open(1040, {}, { frameCount: 0, isBrokenLink: true }).isSync).toBe(true);
    expect(rig.open(1039).isSync).toBe(true);
  });

  test("has another number than the IDR picture before it, whoever made that", () => {
    const rig = new Rig();
    rig.idr(0, { idrPicId: 65_534 });
    const numbers = [3000, 6000, 9000].map((dts) => {
      const [, nalUnit] = rig.open(dts).nalUnits ?? [];
      return parseSliceHeader(nalUnit ?? hex``, rig.sets).idrPicId;
    });
    expect(numbers).toEqual([65_535, 0, 1]);
  });

  test("has the number after the last that could be read", () => {
    const rig = new Rig();
    rig.idr(0, { idrPicId: 8 });
    rig.gops.place({ ...rig.picture([hex`65`]), isIdr: true }, 40, 40, true);
    const [, nalUnit] = rig.open(3040).nalUnits ?? [];
    expect(parseSliceHeader(nalUnit ?? hex``, rig.sets).idrPicId).toBe(9);
  });

  test("becomes one with all its slices", () => {
    const rig = new Rig();
    const slices = (fields: SliceFields) =>
      [0, 4].map((firstMacroblock) => slice({ firstMacroblock, ...fields }));
    const picture = rig.picture(slices({ sliceType: TYPE.I, frameNum: 3, lsb: 6 }), EXACT);
    expect(rig.gops.place(picture, 0, 0, true).nalUnits).toEqual(
      slices({ nalType: 5, sliceType: TYPE.I, idrPicId: 1 }),
    );
  });
});

test("an IDR picture of the encoder's own goes on as it came", () => {
  const rig = new Rig();
  const nalUnits = [sei, slice({ nalType: 5, sliceType: TYPE.I, idrPicId: 4 })];
  const placed = rig.gops.place(rig.picture(nalUnits, { frameCount: 2, isBrokenLink: false }), 0, 0, true);
  expect(placed).toEqual({ nalUnits, isSync: true, isIntra: true, heals: false, isOpenGop: false });
  expect(placed.nalUnits).toBe(nalUnits);
});

describe("what does not become an IDR picture", () => {
  const NOTHING = { isSync: false, isIntra: false, heals: false, isOpenGop: false };

  test("an I picture that says nothing, a P picture that says all", () => {
    const rig = new Rig();
    const intra = rig.gops.place(rig.picture([slice({ sliceType: TYPE.allI })]), 0, 0, true);
    expect(intra).toMatchObject({ ...NOTHING, isIntra: true });
    const inter = rig.gops.place(rig.picture([slice({ sliceType: TYPE.P })], EXACT), 40, 40, true);
    expect(inter).toMatchObject({ ...NOTHING, heals: true });
    expect(rig.inter(80)).toMatchObject(NOTHING);
  });

  test("one that becomes right later: it heals", () => {
    const rig = new Rig();
    expect(rig.open(0, {}, { frameCount: 1, isBrokenLink: true })).toMatchObject({
      ...NOTHING,
      ...{ isIntra: true, heals: true },
    });
  });

  test("one that no other refers to", () => {
    expect(new Rig().open(0, { refIdc: 0 })).toMatchObject({ ...NOTHING, isIntra: true, heals: true });
    expect(new Rig().open(0, { refIdc: 1 }).isSync).toBe(true);
  });

  test("one with a slice that is no I slice, or that cannot be read", () => {
    for (const other of [
      slice({ sliceType: TYPE.P, firstMacroblock: 4 }),
      hex`41`,
      slice({ sliceType: TYPE.SI }),
    ]) {
      const rig = new Rig();
      const picture = rig.picture([slice({ sliceType: TYPE.I }), other], EXACT);
      expect(rig.gops.place(picture, 0, 0, true)).toMatchObject({ ...NOTHING, heals: true });
    }
  });

  test("one whose first slice cannot be read", () => {
    const rig = new Rig();
    expect(rig.gops.place(rig.picture([hex`41`], EXACT), 0, 0, true)).toMatchObject({
      ...NOTHING,
      heals: true,
    });
  });

  test("one whose slice ends in its head: it goes on as it came, and no number is spent on it", () => {
    const rig = new Rig();
    const whole = slice({ sliceType: TYPE.I, marking: [[1, 2 ** 20]] });
    const nalUnits = [whole.subarray(0, 4)];
    const placed = rig.gops.place(rig.picture(nalUnits, EXACT), 0, 0, true);
    expect(placed).toEqual({ nalUnits, isSync: false, isIntra: true, heals: false, isOpenGop: true });
    const [, next] = rig.open(40).nalUnits ?? [];
    expect(parseSliceHeader(next ?? hex``, rig.sets).idrPicId).toBe(1);
  });
});

describe("after an IDR picture that was made", () => {
  test("what is shown before it is left out, up to the first picture that is not", () => {
    const rig = new Rig();
    rig.open(0, {}, EXACT, 120);
    expect(rig.inter(40, {}, 119)).toEqual({
      nalUnits: null,
      ...{ isSync: false, isIntra: false, heals: false, isOpenGop: false },
    });
    expect(rig.inter(80, {}, 80).nalUnits).toBeNull();
    expect(rig.inter(120, {}, 120).nalUnits).not.toBeNull();
    expect(rig.inter(160, {}, 119).nalUnits).not.toBeNull();
  });

  test("nothing is left out where the encoder's own comes, or it was none that was made", () => {
    const rig = new Rig();
    rig.open(0, {}, EXACT, 120);
    rig.idr(40);
    expect(rig.inter(80, {}, 60).nalUnits).not.toBeNull();
    rig.open(120, {}, EXACT, 240);
    expect(rig.inter(160, {}, 180).nalUnits).not.toBeNull();
  });

  test("frames and their order count from it, until the encoder's own comes", () => {
    const rig = new Rig();
    rig.open(0, { frameNum: 14, lsb: 12 });
    expect(rig.inter(40, { frameNum: 15, lsb: 14 }).nalUnits).toEqual([slice({ frameNum: 1, lsb: 2 })]);
    expect(rig.inter(80, { frameNum: 0, lsb: 0 }).nalUnits).toEqual([slice({ frameNum: 2, lsb: 4 })]);
    rig.idr(120);
    expect(rig.inter(160, { frameNum: 1, lsb: 2 }).nalUnits).toEqual([slice({ frameNum: 1, lsb: 2 })]);
  });

  test("an I picture that is not due is numbered anew as well, and the next that is due counts from 0", () => {
    const rig = new Rig();
    rig.open(0, { frameNum: 3, lsb: 6 });
    const [, between] = rig.open(2000, { frameNum: 5, lsb: 10 }).nalUnits ?? [];
    expect(between).toEqual(slice({ sliceType: TYPE.allI, frameNum: 2, lsb: 4 }));
    rig.open(3000, { frameNum: 7, lsb: 14 });
    expect(rig.inter(3040, { frameNum: 9, lsb: 15 }).nalUnits).toEqual([slice({ frameNum: 2, lsb: 1 })]);
  });

  test("what is no slice, or cannot be read as one, stays", () => {
    const rig = new Rig();
    rig.open(0, { frameNum: 3, lsb: 6 });
    const nalUnits = [sei, slice({ frameNum: 4, lsb: 8 }), hex`41`, slice({ pps: { id: 3 } }), hex`0c ff 80`];
    expect(rig.gops.place(rig.picture(nalUnits), 40, 40, true).nalUnits).toEqual(
      nalUnits.with(1, slice({ frameNum: 1, lsb: 2 })),
    );
  });

  test("15 pictures forget none that came before it: no later one knows any", () => {
    const sequence = { log2MaxFrameNum: 8 };
    const rig = new Rig(sequence);
    rig.open(0, { sps: sequence, frameNum: 10 });
    for (let since = 1; since <= 16; since += 1) {
      const fields = { sps: sequence, frameNum: 10 + since };
      const marking = [[1, since]];
      const placed = rig.inter(40 * since, { ...fields, marking });
      expect(placed.nalUnits).toEqual([
        slice({ ...fields, frameNum: since, marking: since <= 15 ? null : marking }),
      ]);
    }
  });

  test("the next one that is made has 15 of its own", () => {
    const rig = new Rig();
    rig.open(0);
    for (let since = 1; since <= 20; since += 1) rig.inter(40 * since, { frameNum: since % 16 });
    rig.open(3000, { frameNum: 5 });
    for (let since = 1; since <= 5; since += 1)
      expect(rig.inter(3000 + since, { frameNum: 5 + since, marking: [[1, since]] }).nalUnits).toEqual([
        slice({ frameNum: since }),
      ]);
  });
});

describe("fields", () => {
  const field = (which: "top" | "bottom", fields: SliceFields) =>
    slice({ sps: interlaced, field: which, ...fields });

  test.each([
    ["top", "bottom"],
    ["bottom", "top"],
  ] as const)(
    "the first one, the %s field, becomes an IDR picture, and the second counts from it",
    (first, second) => {
      const rig = new Rig(interlaced);
      const numbers = { frameNum: 9, lsb: 12 };
      const picture = rig.picture(
        [
          field(first, { sliceType: TYPE.I, ...numbers }),
          field(first, { sliceType: TYPE.I, ...numbers, firstMacroblock: 4 }),
          field(second, { sliceType: TYPE.P, ...numbers, lsb: 13 }),
          field(second, { sliceType: TYPE.I, ...numbers, lsb: 13, firstMacroblock: 4 }),
        ],
        EXACT,
      );
      expect(rig.gops.place(picture, 0, 0, true)).toEqual({
        nalUnits: [
          field(first, { nalType: 5, sliceType: TYPE.I, idrPicId: 1 }),
          field(first, { nalType: 5, sliceType: TYPE.I, idrPicId: 1, firstMacroblock: 4 }),
          field(second, { sliceType: TYPE.P, lsb: 1 }),
          field(second, { sliceType: TYPE.I, lsb: 1, firstMacroblock: 4 }),
        ],
        ...{ isSync: true, isIntra: true, heals: false, isOpenGop: true },
      });
    },
  );

  test("the second one forgets nothing that came before the first", () => {
    const rig = new Rig(interlaced);
    const marking = [
      [1, 0],
      [1, 5],
    ];
    const picture = rig.picture(
      [
        field("top", { sliceType: TYPE.I, frameNum: 9, lsb: 12 }),
        field("bottom", { frameNum: 9, lsb: 13, marking }),
      ],
      EXACT,
    );
    const [, second] = rig.gops.place(picture, 0, 0, true).nalUnits ?? [];
    expect(second).toEqual(field("bottom", { lsb: 1, marking: [[1, 0]] }));
  });

  test("a first field with a P slice is none to begin with", () => {
    const rig = new Rig(interlaced);
    const picture = rig.picture(
      [field("top", { sliceType: TYPE.P }), field("bottom", { sliceType: TYPE.I })],
      EXACT,
    );
    expect(rig.gops.place(picture, 0, 0, true)).toMatchObject({ isSync: false, isIntra: false, heals: true });
  });
});

const fieldsInFrames = ["-flags", "+ilme+ildct"];
const gop = "open-gop=1:keyint=20:min-keyint=20:b-adapt=0:scenecut=0";

describe.skipIf(!areInstalled("ffmpeg"))(
  "FFmpeg decodes what is left as it decoded the whole, and finds nothing wrong",
  () => {
    test.each<[string, string, readonly string[]]>([
      ["one leading picture", "bframes=1:ref=2", []],
      ["three that no other refers to", "bframes=3:b-pyramid=none:ref=2", []],
      ["three, of which one is referred to", "bframes=3:b-pyramid=normal:ref=4", []],
      ["a strict pyramid of them", "bframes=3:b-pyramid=strict:ref=4", []],
      ["seven of them and many references", "bframes=7:b-pyramid=normal:ref=16", []],
      ["weighted prediction", "bframes=2:weightp=2:weightb=1:ref=3", []],
      ["no arithmetic coding", "bframes=3:cabac=0:ref=3", []],
      ["three slices a picture", "bframes=2:slices=3:ref=3", []],
      ["three slices without arithmetic coding", "bframes=2:slices=3:ref=3:cabac=0:no-deblock=1", []],
      ["fields in frames, the top one first", "bframes=3:b-pyramid=normal:ref=4:tff=1", fieldsInFrames],
      ["fields in frames, the bottom one first", "bframes=3:ref=2:bff=1:cabac=0", fieldsInFrames],
    ])("%s", async (_what, x264, options) => {
      const messages = await encode({ x264: `${gop}:${x264}`, frames: 104, options });
      const hashes = await hashByPts(messages);
      const header = messages.filter(({ payload: [, type] }) => type === 0);
      const pictures = messages.filter(({ payload: [, type] }) => type === 1);
      const second = pictures.indexOf(pictures.filter(isKeyFrame)[1] ?? messages[0] ?? never());
      for (const joined of [messages, [...header, ...pictures.slice(second)]]) {
        const items = demux(joined);
        const units = items.flatMap((item) => (item.type === "unit" ? [item.unit] : []));
        expect(units.filter(({ isSync }) => isSync)).toHaveLength(2);
        expect(units.length).toBeLessThan(joined.length - 1);
        const shown = units
          .map(({ sentDts, compositionTime }) => sentDts + compositionTime)
          .sort((a, b) => a - b);
        expect(await decodedFrames(annexBOf(items))).toEqual(shown.map((pts) => hashes.get(pts) ?? ""));
      }
    });

    test("IDR pictures among open groups of pictures", async () => {
      const options = ["-forced-idr", "1", "-force_key_frames", "1.2,1.6,3.2"];
      const messages = await encode({ x264: `${gop}:bframes=2:ref=3`, frames: 104, options });
      const hashes = await hashByPts(messages);
      const pictures = messages.filter(({ payload: [, type] }) => type === 1);
      const keys = pictures.flatMap((message, index) => (isKeyFrame(message) ? [index] : []));
      for (const key of keys.slice(1, 4)) {
        const items = demux([...messages.slice(0, 1), ...pictures.slice(key)]);
        const units = items.flatMap((item) => (item.type === "unit" ? [item.unit] : []));
        const shown = units
          .map(({ sentDts, compositionTime }) => sentDts + compositionTime)
          .sort((a, b) => a - b);
        expect(await decodedFrames(annexBOf(items))).toEqual(shown.map((pts) => hashes.get(pts) ?? ""));
      }
    });
  },
);

/** Of each picture, by when it is shown. */
async function hashByPts(messages: readonly FlvMessage[]): Promise<Map<number, string>> {
  const frames = await decodedFrames(annexBOfMessages(messages));
  const pictures = messages.filter(({ payload: [, type] }) => type === 1);
  expect(frames).toHaveLength(pictures.length);
  expect(new Set(frames).size).toBe(frames.length);
  const shown = pictures.map(ptsOf).sort((a, b) => a - b);
  return new Map(shown.map((pts, index) => [pts, frames[index] ?? ""]));
}

function never(): never {
  throw new Error("no pictures");
}

test("of an I picture that nobody calls a key frame, and that has no recovery point, nobody asks what it is of", () => {
  const rig = new Rig();
  const picture = rig.picture([slice({ sliceType: TYPE.allI })]);
  expect(rig.gops.place(picture, 0, 0, false).isIntra).toBe(false);
  expect(rig.gops.place(picture, 40, 40, true).isIntra).toBe(true);
});

test("a picture shown up to ten seconds before a converted one is its leading picture; one further before, of a clock that started over", () => {
  for (const [pts, isLeftOut] of [
    [20_000, false],
    [19_999, true],
    [10_000, true],
    [9999, false],
  ] as const) {
    const rig = new Rig();
    rig.open(20_000);
    expect(rig.inter(20_040, {}, pts).nalUnits === null).toBe(isLeftOut);
  }
});
