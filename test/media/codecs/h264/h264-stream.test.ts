import { beforeEach, describe, expect, test } from "bun:test";
import { CodecError } from "#media/codecs/codec-error.ts";
import {
  type H264Item,
  H264Stream,
  type PictureTiming,
  recordOfParameterSets,
} from "#media/codecs/h264/h264-stream.ts";
import { joinNalUnits } from "#media/codecs/h264/nal-units.ts";
import { ParameterSets } from "#media/codecs/h264/parameter-sets.ts";
import { damaged } from "#test/support/damage.ts";
import {
  type PpsFields,
  pps,
  recoveryPoint,
  type SpsFields,
  slice,
  sps,
  TYPE,
} from "#test/support/h264-syntax.ts";
import { hex, toHex } from "#test/support/hex.ts";

const IDR = slice({ nalType: 5, sliceType: TYPE.I });
const inter = (frameNum: number) => slice({ frameNum, lsb: frameNum });

function recordOf(sequence: SpsFields = {}, picture: PpsFields = {}, lengthSize: 1 | 2 | 4 = 4): Uint8Array {
  const sets = new ParameterSets();
  sets.take(sps(sequence));
  sets.take(pps(picture));
  return sets.recordOf(picture.id ?? 0, lengthSize);
}

let stream: H264Stream<PictureTiming>;
let dts: number;

beforeEach(() => {
  stream = new H264Stream(1000);
  dts = 0;
});

/** What comes of NAL units that came together, 40 ms after the ones before. */
function push(
  nalUnits: readonly Uint8Array[],
  timing: Partial<PictureTiming> = {},
): readonly H264Item<PictureTiming>[] {
  dts += 40;
  return stream.push({ nalUnits, timing: { dts, compositionTime: 0, isKeyFrame: false, ...timing } }, null);
}

/** It knows its configuration, and that pictures come whole. */
function settle(record = recordOf()): void {
  stream.configure(record);
  push([IDR]);
  push([inter(1)]);
}

function described(items: readonly H264Item<PictureTiming>[]): string[] {
  return items.map((item) => {
    if (item.type === "configuration") return `configuration ${item.configuration.width}`;
    const facts = [item.isSync && "sync", item.isRecoveryPoint && "recovery", item.isOpenGop && "open"];
    return ["picture", ...facts.filter((fact) => fact !== false)].join(" ");
  });
}

describe("a record", () => {
  test("is a configuration once, and again when it is another", () => {
    expect(described(stream.configure(recordOf()))).toEqual(["configuration 64"]);
    expect(stream.configure(recordOf())).toEqual([]);
    expect(described(stream.configure(recordOf({ widthInMacroblocks: 5 })))).toEqual(["configuration 80"]);
    expect(described(stream.configure(recordOf()))).toEqual(["configuration 64"]);
  });

  test("comes after the picture that waited for its end", () => {
    stream.configure(recordOf());
    push([IDR]);
    expect(stream.waiting?.dts).toBe(40);
    expect(described(stream.configure(recordOf({ widthInMacroblocks: 5 })))).toEqual([
      "picture sync",
      "configuration 80",
    ]);
    expect(stream.waiting).toBeNull();
  });

  test("that is damaged leaves everything as it was", () => {
    settle();
    expect(() => stream.configure(recordOf().subarray(0, 12))).toThrow(CodecError);
    expect(stream.configuration?.width).toBe(64);
    expect(described(push([inter(2)]))).toEqual(["picture"]);
  });

  test.each([1, 2, 4] as const)("with lengths of %d bytes has pictures written so", (lengthSize) => {
    settle(recordOf({}, {}, lengthSize));
    expect(stream.nalUnitLengthSize).toBe(lengthSize);
    const [item] = push([inter(2), slice({ frameNum: 2, lsb: 2, firstMacroblock: 4 })]);
    const nalUnits = [inter(2), slice({ frameNum: 2, lsb: 2, firstMacroblock: 4 })];
    expect(item?.type === "picture" && toHex(item.data)).toBe(toHex(joinNalUnits(nalUnits, lengthSize)));
  });
});

describe("parameter sets between pictures", () => {
  test("are a configuration with lengths of four bytes, where no record comes", () => {
    expect(stream.configuration).toBeNull();
    push([sps(), pps(), IDR]);
    expect(described(push([inter(1)]))).toEqual(["configuration 64", "picture sync", "picture"]);
    expect(stream.nalUnitLengthSize).toBe(4);
    expect(stream.configuration?.record).toEqual(recordOf());
  });

  test("are none where they say what the record says, as often as they come", () => {
    settle();
    expect(described(push([sps(), pps(), IDR]))).toEqual(["picture sync"]);
    expect(described(push([sps(), pps(), IDR]))).toEqual(["picture sync"]);
  });

  test("that are others are told with the next picture that decoding can begin with", () => {
    settle();
    push([sps({ widthInMacroblocks: 5 })]);
    expect(described(push([inter(2)]))).toEqual(["picture"]);
    expect(described(push([IDR]))).toEqual(["configuration 80", "picture sync"]);
    expect(described(push([IDR]))).toEqual(["picture sync"]);
  });

  test("that are others are told with a recovery point, too", () => {
    settle();
    expect(described(push([sps({ widthInMacroblocks: 5 }), recoveryPoint(9), inter(2)]))).toEqual([
      ...["configuration 80", "picture recovery"],
    ]);
  });

  test("that change for one picture are told twice", () => {
    settle();
    const wide = [sps({ widthInMacroblocks: 5 }), IDR];
    expect(described(push(wide))).toEqual(["configuration 80", "picture sync"]);
    expect(described(push([sps(), IDR]))).toEqual(["configuration 64", "picture sync"]);
    push([pps({ references: 3 })]);
    expect(described(push([pps(), IDR]))).toEqual(["picture sync"]);
  });

  test("of a second size are told when a picture is of it", () => {
    settle();
    expect(described(push([sps({ id: 1, widthInMacroblocks: 9 }), pps({ id: 1, spsId: 1 }), IDR]))).toEqual([
      "picture sync",
    ]);
    const other = slice({ nalType: 5, sliceType: TYPE.I, pps: { id: 1 } });
    expect(described(push([other]))).toEqual(["configuration 144", "picture sync"]);
    expect(described(push([IDR]))).toEqual(["configuration 64", "picture sync"]);
  });

  test("that came before a record count no more after it", () => {
    settle();
    push([sps({ widthInMacroblocks: 5 })]);
    stream.configure(recordOf({ widthInMacroblocks: 6 }));
    expect(described(push([IDR]))).toEqual(["picture sync"]);
    expect(stream.configuration?.width).toBe(96);
  });

  test("that never come leave nothing to decode", () => {
    expect(push([IDR])).toEqual([]);
    expect(push([pps(), IDR])).toEqual([]);
    expect(stream.flush()).toEqual([]);
    expect(described([...push([sps(), pps(), IDR]), ...stream.flush()])).toEqual([
      "configuration 64",
      "picture sync",
    ]);
  });
});

describe("a picture", () => {
  test("goes on in the bytes it came in, where they are all of it and nothing was changed", () => {
    settle();
    const timing = { dts: 900, compositionTime: 3, isKeyFrame: false };
    const whole = hex`01 02 03`;
    const [item] = stream.push({ nalUnits: [inter(2)], timing }, whole);
    expect(item?.type === "picture" && item.data).toBe(whole);
    expect(item).toMatchObject({ timing, isSync: false, isRecoveryPoint: false, isOpenGop: false });
    push([hex`09 f0`]);
    const [joined] = stream.push({ nalUnits: [inter(3)], timing }, whole);
    expect(joined?.type === "picture" && joined.data).toEqual(joinNalUnits([hex`09 f0`, inter(3)], 4));
  });

  test("that was made an IDR picture is written anew, and so are those after it", () => {
    stream.configure(recordOf());
    const intra = slice({ sliceType: TYPE.I, frameNum: 3, lsb: 6 });
    push([recoveryPoint(0), intra]);
    const items = stream.push(
      {
        nalUnits: [slice({ frameNum: 4, lsb: 8 })],
        timing: { dts: 90, compositionTime: 0, isKeyFrame: false },
      },
      hex`00 00 00 00`,
    );
    expect(described(items)).toEqual(["picture sync open", "picture"]);
    const [idr, next] = items.map((item) => (item.type === "picture" ? toHex(item.data) : ""));
    const converted = slice({ nalType: 5, sliceType: TYPE.I, idrPicId: 1 });
    expect(idr).toBe(toHex(joinNalUnits([recoveryPoint(0), converted], 4)));
    expect(next).toBe(toHex(joinNalUnits([slice({ frameNum: 1, lsb: 2 })], 4)));
    const timing = { dts: 130, compositionTime: 0, isKeyFrame: false };
    const [third] = stream.push({ nalUnits: [slice({ frameNum: 5, lsb: 10 })], timing }, hex`00 00 00 00`);
    expect(third?.type === "picture" && third.data).toEqual(
      joinNalUnits([slice({ frameNum: 2, lsb: 4 })], 4),
    );
  });

  test("that needs what was before such a one is left out", () => {
    stream.configure(recordOf());
    push([recoveryPoint(0), slice({ sliceType: TYPE.I, frameNum: 3, lsb: 6 })], { compositionTime: 200 });
    expect(described(push([slice({ frameNum: 4, lsb: 4, refIdc: 0 })], { compositionTime: 40 }))).toEqual([
      ...["picture sync open"],
    ]);
  });

  test.each([
    ["an IDR picture", [IDR], {}, "picture sync"],
    ["an IDR picture by the container's word, too", [IDR], { isKeyFrame: true }, "picture sync"],
    ["an IDR picture that heals", [recoveryPoint(3), IDR], {}, "picture sync"],
    ["one that heals", [recoveryPoint(3), inter(2)], {}, "picture recovery"],
    [
      "a recovery that never comes, of a picture of P slices",
      [recoveryPoint(0), inter(2)],
      {},
      "picture recovery",
    ],
    [
      "a key frame of I slices by the container's word, near one to begin with",
      [slice({ sliceType: TYPE.I, frameNum: 2 })],
      { isKeyFrame: true },
      "picture",
    ],
    ["I slices without that word", [slice({ sliceType: TYPE.I, frameNum: 2 })], {}, "picture"],
    ["that word without I slices", [inter(2)], { isKeyFrame: true }, "picture"],
    [
      "open, when it is not due",
      [recoveryPoint(0), slice({ sliceType: TYPE.I, frameNum: 2 })],
      {},
      "picture open",
    ],
    [
      "open, by the container's word too",
      [recoveryPoint(0), slice({ sliceType: TYPE.I, frameNum: 2 })],
      { isKeyFrame: true },
      "picture open",
    ],
  ])("says what it is: %s", (_what, nalUnits, timing, expected) => {
    settle();
    expect(described(push(nalUnits, timing))).toEqual([expected]);
  });

  test("that calls itself a key frame is begun with ten seconds after the last that is one", () => {
    const bare = [slice({ sliceType: TYPE.I, frameNum: 2 })];
    settle();
    expect(described(push(bare, { dts: 40 + 9999, isKeyFrame: true }))).toEqual(["picture"]);
    expect(described(push(bare, { dts: 40 + 10_000, isKeyFrame: true }))).toEqual(["picture recovery"]);
  });

  test("three seconds after the last is one to begin with, by the clock of its source", () => {
    const open = [recoveryPoint(0), slice({ sliceType: TYPE.I, frameNum: 2 })];
    settle();
    expect(described(push(open, { dts: 40 + 2999 }))).toEqual(["picture open"]);
    expect(described(push(open, { dts: 40 + 3000 }))).toEqual(["picture sync open"]);
  });
});

describe("a still picture", () => {
  const timing = { dts: 500, compositionTime: 0, isKeyFrame: false };

  test("shows the last one on, in lengths of the configuration's size", () => {
    expect(stream.still(timing)).toBeNull();
    settle(recordOf({}, {}, 2));
    const still = slice({
      refIdc: 0,
      sliceType: TYPE.allP,
      frameNum: 2,
      lsb: 2,
      references: [1],
      data: "0001101",
    });
    expect(stream.still(timing)).toEqual({
      ...{ type: "picture", data: joinNalUnits([still], 2), timing },
      ...{ isSync: false, isRecoveryPoint: false, isOpenGop: false },
    });
  });

  test("is an IDR picture where each stands for itself", () => {
    stream.configure(recordOf({ maxReferenceFrames: 0 }));
    push([IDR]);
    push([IDR]);
    expect(stream.still(timing)?.isSync).toBe(true);
  });

  test("is none of a picture that was left out", () => {
    stream.configure(recordOf());
    push([recoveryPoint(0), slice({ sliceType: TYPE.I, frameNum: 3, lsb: 6 })], { compositionTime: 200 });
    push([slice({ frameNum: 4, lsb: 4 })]);
    const still = slice({
      refIdc: 0,
      sliceType: TYPE.allP,
      frameNum: 1,
      lsb: 1,
      references: [1],
      data: "0001101",
    });
    expect(stream.still(timing)?.data).toEqual(joinNalUnits([still], 4));
  });
});

describe("parameter sets in the record's place", () => {
  test("are a record, in whatever order they come", () => {
    expect(recordOfParameterSets([sps(), pps()])).toEqual(recordOf());
    expect(recordOfParameterSets([pps(), hex`09 f0`, sps()])).toEqual(recordOf());
  });

  test("are of the first picture's set, where there are more", () => {
    const record = recordOfParameterSets([
      sps(),
      sps({ id: 1, widthInMacroblocks: 9 }),
      pps({ id: 4, spsId: 1 }),
      pps(),
    ]);
    expect(record).toEqual(recordOf({ id: 1, widthInMacroblocks: 9 }, { id: 4, spsId: 1 }));
  });

  test("are refused where one is missing or damaged", () => {
    expect(() => recordOfParameterSets([sps()])).toThrow("no picture parameter set");
    expect(() => recordOfParameterSets([pps()])).toThrow("sequence parameter set 0 is not known");
    expect(() => recordOfParameterSets([hex`67 4d`, pps()])).toThrow(CodecError);
    expect(() => recordOfParameterSets([])).toThrow(CodecError);
  });
});

test("damage throws a CodecError or nothing, and a good key frame is taken afterwards", () => {
  settle();
  const open = slice({ sliceType: TYPE.I, frameNum: 3, lsb: 6, marking: [[1, 0]] });
  for (const [seed, nalUnit] of [sps(), pps(), recoveryPoint(0), open, IDR, inter(4)].entries())
    for (const bytes of damaged(nalUnit, 400, seed)) {
      try {
        push([bytes, recoveryPoint(0), open, inter(4)]);
        stream.still({ dts, compositionTime: 0, isKeyFrame: false });
      } catch (error) {
        expect(error).toBeInstanceOf(CodecError);
      }
    }
  for (const bytes of damaged(recordOf(), 400)) {
    try {
      stream.configure(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(CodecError);
    }
  }
  stream.flush();
  stream.configure(recordOf());
  expect(described([...push([IDR]), ...stream.flush()]).at(-1)).toBe("picture sync");
});
