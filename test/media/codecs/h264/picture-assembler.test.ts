import { describe, expect, test } from "bun:test";
import { joinNalUnits, nalUnitsOf } from "#media/codecs/h264/nal-units.ts";
import { ParameterSets } from "#media/codecs/h264/parameter-sets.ts";
import { type Picture, PictureAssembler } from "#media/codecs/h264/picture-assembler.ts";
import { damaged } from "#test/support/damage.ts";
import { annexBOf, annexBOfMessages, decodedFrames, demux, encode } from "#test/support/h264-judge.ts";
import { pps, recoveryPoint, type SliceFields, slice, sps, TYPE } from "#test/support/h264-syntax.ts";
import { hex, toHex } from "#test/support/hex.ts";
import { areInstalled } from "#test/support/program.ts";

const interlaced = { isFrameOnly: false };

const delimiter = hex`09 f0`;
const filler = hex`0c ff 80`;
const sei = hex`06 05 01 aa 80`;

/** Of the picture with that number; its slices differ in where they begin. */
function frame(frameNum: number, firstMacroblock = 0, fields: SliceFields = {}): Uint8Array {
  return slice({ frameNum, lsb: frameNum, firstMacroblock, ...fields });
}

function field(frameNum: number, which: "top" | "bottom", fields: SliceFields = {}): Uint8Array {
  return slice({ sps: interlaced, frameNum, field: which, lsb: (2 * frameNum) % 16, ...fields });
}

class Rig {
  readonly assembler: PictureAssembler<number>;
  #pushes = 0;

  constructor(sequence = {}) {
    const sets = new ParameterSets();
    sets.take(sps(sequence));
    sets.take(pps());
    this.assembler = new PictureAssembler(sets);
  }

  /** Each push has its ordinal, from 1, as its time. */
  push(...nalUnits: readonly Uint8Array[]): readonly Picture<number>[] {
    this.#pushes += 1;
    return this.assembler.push({ nalUnits, timing: this.#pushes });
  }

  /** When the complete pictures began, and of how many NAL units they are. */
  pushed(...nalUnits: readonly Uint8Array[]): [number, number][] {
    return this.push(...nalUnits).map(shape);
  }
}

function shape({ timing, nalUnits }: Picture<number>): [number, number] {
  return [timing, nalUnits.length];
}

/** It knows that pictures come whole. */
function settled(sequence = {}): Rig {
  const rig = new Rig(sequence);
  rig.push(frame(0, 0, { sps: sequence }));
  rig.push(frame(1, 0, { sps: sequence }));
  return rig;
}

describe("frames that come whole", () => {
  test("the first one waits for the second, and nobody waits after that", () => {
    const rig = new Rig();
    expect(rig.pushed(frame(0))).toEqual([]);
    expect(rig.assembler.waiting).toBe(1);
    expect(rig.pushed(frame(1))).toEqual([
      [1, 1],
      [2, 1],
    ]);
    expect(rig.assembler.waiting).toBeNull();
    expect(rig.pushed(frame(2))).toEqual([[3, 1]]);
    expect(rig.pushed(frame(3, 0), frame(3, 4))).toEqual([[4, 2]]);
  });

  test("one whose slices come in one push is complete with its last slice, and goes on as it came", () => {
    const rig = settled();
    const units = [delimiter, sei, frame(2, 0), frame(2, 4), filler];
    const [picture] = rig.push(...units);
    expect(picture?.nalUnits).toEqual(units);
    expect(picture?.isOnePush).toBe(true);
  });

  test("slices of one push are one picture in whatever order they come, where they say nothing else", () => {
    expect(settled().pushed(frame(2, 4), frame(2, 0))).toEqual([[3, 2]]);
  });

  test("two in one push are two", () => {
    const rig = settled();
    const pictures = rig.push(frame(2), frame(3));
    expect(pictures.map(shape)).toEqual([
      [3, 1],
      [3, 1],
    ]);
    expect(pictures.map(({ isOnePush }) => isOnePush)).toEqual([false, false]);
  });

  test("the one that nothing follows is flushed, once", () => {
    const rig = new Rig();
    rig.push(delimiter, frame(0));
    expect(rig.assembler.flush().map(shape)).toEqual([[1, 2]]);
    expect(rig.assembler.flush()).toEqual([]);
    expect(rig.assembler.waiting).toBeNull();
  });

  test("a flush shows, too, that the picture came whole", () => {
    const rig = new Rig();
    rig.push(frame(0));
    rig.assembler.flush();
    expect(rig.pushed(frame(1))).toEqual([[2, 1]]);
  });

  test("the first picture is of one push and is said to be so only where nothing stood before it", () => {
    const rig = new Rig();
    rig.push(frame(0));
    const [first, second] = rig.push(frame(1));
    expect([first?.isOnePush, second?.isOnePush]).toEqual([false, false]);
    expect(rig.push(frame(2))[0]?.isOnePush).toBe(true);
    rig.push(delimiter);
    expect(rig.push(frame(3))[0]?.isOnePush).toBe(false);
    expect(rig.push(frame(4))[0]?.isOnePush).toBe(true);
  });

  test("three in one push go on in their order", () => {
    const pictures = new Rig().push(frame(0), frame(1), frame(2), frame(3));
    expect(pictures.map(({ header }) => header?.frameNum)).toEqual([0, 1, 2, 3]);
  });

  test("what came before it and what is left out of it do not cancel each other", () => {
    const rig = settled(interlaced);
    rig.push(delimiter);
    expect(rig.push(hex`67`, frame(2, 0, { sps: interlaced }))[0]?.isOnePush).toBe(false);
    rig.push(field(3, "top"));
    expect(rig.push(hex`67`, field(3, "bottom"))[0]?.isOnePush).toBe(false);
  });

  test("what is left out of a picture is no longer the push it came in", () => {
    const [picture] = settled().push(hex`67`, frame(2));
    expect(picture?.nalUnits).toEqual([frame(2)]);
    expect(picture?.isOnePush).toBe(false);
  });
});

describe("slices that come apart", () => {
  test("are one picture, complete when the next one begins, with the time of its first slice", () => {
    const rig = new Rig();
    expect(rig.pushed(frame(0))).toEqual([]);
    expect(rig.pushed(frame(0, 4))).toEqual([]);
    expect(rig.pushed(frame(0, 8))).toEqual([]);
    expect(rig.pushed(frame(1))).toEqual([[1, 3]]);
    expect(rig.assembler.waiting).toBe(4);
    expect(rig.pushed(frame(1, 4))).toEqual([]);
    const [last] = rig.assembler.flush();
    expect(last?.timing).toBe(4);
    expect(last?.isOnePush).toBe(false);
  });

  test("one that begins anew is another picture, though it reads the same", () => {
    const rig = new Rig();
    rig.push(frame(0), frame(0, 4));
    expect(rig.pushed(frame(0))).toEqual([
      [1, 2],
      [2, 1],
    ]);
  });

  test("a late slice of a picture that went on is left out, and the encoder's pictures wait from then on", () => {
    const rig = settled();
    expect(rig.pushed(frame(2))).toEqual([[3, 1]]);
    expect(rig.pushed(frame(2, 4))).toEqual([]);
    expect(rig.assembler.waiting).toBeNull();
    expect(rig.pushed(frame(3))).toEqual([]);
    expect(rig.pushed(frame(3, 4))).toEqual([]);
    expect(rig.pushed(frame(4))).toEqual([[5, 2]]);
  });

  test("a slice in the middle of a picture whose head was lost is a picture of its own", () => {
    const rig = settled();
    expect(rig.pushed(frame(5, 4))).toEqual([[3, 1]]);
    expect(rig.pushed(frame(5, 0))).toEqual([[4, 1]]);
  });

  test("1499 whole pictures in a row convince nobody, 1500 do", () => {
    const rig = new Rig();
    rig.push(frame(0));
    rig.push(frame(0, 4));
    rig.push(frame(1));
    for (let whole = 2; whole <= 1500; whole += 1) expect(rig.push(frame(whole % 16))).toHaveLength(1);
    expect(rig.push(frame(1501 % 16))).toHaveLength(2);
    expect(rig.push(frame(1502 % 16))).toHaveLength(1);
    expect(rig.assembler.waiting).toBeNull();
  });

  test("one picture in pieces among them begins the count anew, and so does a slice too late", () => {
    const rig = new Rig();
    rig.push(frame(0));
    rig.push(frame(0, 4));
    for (let whole = 1; whole <= 40; whole += 1) rig.push(frame(whole % 16));
    rig.push(frame(40 % 16, 4));
    for (let whole = 41; whole <= 1540; whole += 1) expect(rig.push(frame(whole % 16))).toHaveLength(1);
    expect(rig.push(frame(1541 % 16))).toHaveLength(2);
    rig.push(frame(1541 % 16, 4));
    for (let whole = 1542; whole <= 3041; whole += 1) rig.push(frame(whole % 16));
    expect(rig.assembler.waiting).not.toBeNull();
    expect(rig.push(frame(3042 % 16))).toHaveLength(2);
  });

  test("what stands between slices of one picture stays between them", () => {
    const rig = new Rig();
    rig.push(frame(0));
    rig.push(sei);
    rig.push(frame(0, 4), filler);
    const [picture] = rig.push(frame(1));
    expect(picture?.nalUnits).toEqual([frame(0), sei, frame(0, 4), filler]);
    expect(rig.assembler.flush()[0]?.nalUnits).toEqual([frame(1)]);
  });

  test("partitions of slices belong to the slice before them", () => {
    const rig = settled();
    const partition = frame(2, 0, { nalType: 2 });
    expect(rig.push(partition, hex`43 80`, hex`44 80`)[0]?.nalUnits).toHaveLength(3);
  });
});

describe("what tells pictures apart", () => {
  test.each<[string, SliceFields]>([
    ["frame_num", { frameNum: 2 }],
    ["the picture order", { lsb: 9 }],
    ["whether others refer to it", { refIdc: 0 }],
    ["being an IDR picture", { nalType: 5 }],
  ])("%s", (_what, fields) => {
    const rig = new Rig();
    rig.push(frame(1));
    expect(rig.pushed(frame(1, 4, fields))).toHaveLength(2);
    expect(new Rig().pushed(frame(1), frame(1, 4, fields))).toHaveLength(2);
  });

  test("slices of two pictures that come by turns are a picture each time, and none is lost", () => {
    const rig = new Rig();
    const pictures = [
      ...rig.push(frame(0)),
      ...rig.push(frame(1)),
      ...rig.push(frame(0, 4)),
      ...rig.push(frame(1, 4)),
      ...rig.push(frame(2)),
      ...rig.assembler.flush(),
    ];
    expect(pictures.flatMap(({ nalUnits }) => nalUnits)).toHaveLength(5);
  });
});

describe("fields", () => {
  test("two that come apart are one picture, complete with the second", () => {
    const rig = settled(interlaced);
    expect(rig.pushed(field(2, "top"))).toEqual([]);
    expect(rig.assembler.waiting).toBe(3);
    expect(rig.pushed(field(2, "bottom"))).toEqual([[3, 2]]);
    expect(rig.pushed(field(3, "bottom"), field(3, "top"))).toEqual([[5, 2]]);
  });

  test("a P field after an IDR field completes its frame, an IDR field does not", () => {
    const rig = settled(interlaced);
    expect(rig.pushed(field(0, "top", { nalType: 5 }))).toEqual([]);
    expect(rig.pushed(field(0, "bottom"))).toEqual([[3, 2]]);
    expect(rig.pushed(field(0, "top", { nalType: 5 }))).toEqual([]);
    expect(rig.pushed(field(0, "bottom", { nalType: 5 }))).toEqual([[5, 1]]);
  });

  test("the second field of a picture that others refer to may be one that none does, but not the other way round", () => {
    const rig = settled(interlaced);
    rig.push(field(2, "top"));
    expect(rig.pushed(field(2, "bottom", { refIdc: 0 }))).toEqual([[3, 2]]);
    rig.push(field(3, "top", { refIdc: 0 }));
    expect(rig.pushed(field(3, "bottom"))).toEqual([[5, 1]]);
  });

  test("one without its partner is a picture when the next begins, and nobody concludes anything of it", () => {
    const rig = settled(interlaced);
    rig.push(field(2, "top"));
    expect(rig.pushed(field(3, "top"))).toEqual([[3, 1]]);
    expect(rig.pushed(frame(4, 0, { sps: interlaced }))).toEqual([
      [4, 1],
      [5, 1],
    ]);
  });

  test("fields in a push each come whole: two pushes are no more than that", () => {
    const rig = new Rig(interlaced);
    rig.push(field(0, "top"));
    rig.push(field(0, "bottom"));
    expect(rig.pushed(field(1, "top"))).toEqual([[1, 2]]);
    expect(rig.pushed(field(1, "bottom"))).toEqual([[3, 2]]);
  });

  test("a field alone says nothing of how the encoder sends pictures", () => {
    const rig = new Rig(interlaced);
    rig.push(field(0, "top"));
    expect(rig.pushed(frame(1, 0, { sps: interlaced }))).toEqual([[1, 1]]);
    expect(rig.assembler.waiting).toBe(2);
  });

  test("fields of two slices, each field a push, come whole; with a push more they do not", () => {
    const rig = new Rig(interlaced);
    const slices = (which: "top" | "bottom") => [field(0, which), field(0, which, { firstMacroblock: 4 })];
    rig.push(...slices("top"));
    rig.push(...slices("bottom"));
    expect(rig.pushed(frame(1, 0, { sps: interlaced }))).toHaveLength(2);
    const other = new Rig(interlaced);
    other.push(...slices("top"));
    for (const each of slices("bottom")) other.push(each);
    expect(other.pushed(frame(1, 0, { sps: interlaced }))).toHaveLength(1);
  });

  test("slices of fields that come apart are four pushes of one picture, and the next one waits", () => {
    const rig = new Rig(interlaced);
    for (const which of ["top", "bottom"] as const) {
      rig.push(field(0, which));
      expect(rig.pushed(field(0, which, { firstMacroblock: 4 }))).toEqual([]);
    }
    expect(rig.pushed(field(1, "top"))).toEqual([[1, 4]]);
    expect(rig.pushed(field(1, "bottom"))).toEqual([]);
    expect(rig.assembler.waiting).toBe(5);
  });

  test("a third field begins a picture, though its numbers are the same", () => {
    const rig = settled(interlaced);
    rig.push(field(2, "top"));
    expect(rig.pushed(field(2, "bottom"), field(2, "top"))).toEqual([[3, 2]]);
    expect(rig.assembler.waiting).toBe(4);
  });

  test("a late slice of the second field is left out", () => {
    const rig = settled(interlaced);
    rig.push(field(2, "top"), field(2, "bottom"));
    expect(rig.pushed(field(2, "bottom", { firstMacroblock: 4 }))).toEqual([]);
    expect(rig.assembler.waiting).toBeNull();
  });
});

describe("limits", () => {
  test("a picture of 16 MiB still takes a slice, one byte more and it has ended", () => {
    for (const [byteLength, pictures] of [
      [16 * 1024 * 1024, 0],
      [16 * 1024 * 1024 + 1, 1],
    ] as const) {
      const rig = new Rig();
      const head = frame(0);
      const huge = new Uint8Array(byteLength).fill(0xff);
      huge.set(head.subarray(0, -1));
      rig.push(huge);
      expect(rig.push(frame(0, 4))).toHaveLength(pictures === 0 ? 0 : 2);
    }
  });

  test("what stands before a picture is of 64 NAL units at most, the newest", () => {
    const rig = settled();
    for (let index = 0; index < 65; index += 1)
      rig.push(hex`06 05 01 ${index.toString(16).padStart(2, "0")} 80`);
    const [picture] = rig.push(frame(2));
    expect(picture?.nalUnits).toHaveLength(65);
    expect(toHex(picture?.nalUnits[0] ?? hex``)).toBe("0605010180");
    for (let index = 0; index < 64; index += 1)
      rig.push(hex`06 05 01 ${index.toString(16).padStart(2, "0")} 80`);
    expect(toHex(rig.push(frame(3))[0]?.nalUnits[0] ?? hex``)).toBe("0605010080");
  });
});

describe("what it says of a picture", () => {
  test("its first slice's header, and whether it is an IDR picture", () => {
    const rig = settled();
    const [idr] = rig.push(frame(0, 0, { nalType: 5, sliceType: TYPE.allI }), frame(0, 4, { nalType: 5 }));
    expect(idr).toMatchObject({
      isIdr: true,
      recoveryPoint: null,
      header: { sliceType: "I", firstMacroblock: 0 },
    });
    expect(rig.push(frame(1))[0]).toMatchObject({ isIdr: false, header: { sliceType: "P", frameNum: 1 } });
  });

  test("the first recovery point that stands in it", () => {
    const rig = settled();
    const [picture] = rig.push(sei, recoveryPoint(3), recoveryPoint(4), frame(2));
    expect(picture?.recoveryPoint).toEqual({ frameCount: 3, isBrokenLink: false });
    expect(rig.push(frame(3), hex`0c 06 01 c0 80`)[0]?.recoveryPoint).toBeNull();
    expect(rig.push(frame(4))[0]?.recoveryPoint).toBeNull();
  });

  test("a slice that cannot be read is a picture of its own, at once, without a header", () => {
    const rig = settled();
    for (const type of [0x41, 0x65] as const) {
      const [picture] = rig.push(Uint8Array.of(type));
      expect(picture).toMatchObject({ header: null, isIdr: type === 0x65, isOnePush: true });
    }
    const together = rig.push(hex`41`, frame(2));
    expect(together.map(({ header, nalUnits }) => [header, nalUnits.length])).toEqual([[null, 2]]);
  });

  test("what comes before any picture and does not precede one is left out", () => {
    const [picture] = settled().push(filler, hex`0a`, frame(2));
    expect(picture?.nalUnits).toEqual([frame(2)]);
  });
});

describe("parameter sets between pictures", () => {
  test("are taken before the slices after them are read, and stay in the picture", () => {
    const rig = settled();
    const sequence = { log2MaxFrameNum: 9 };
    const [picture] = rig.push(sps(sequence), pps(), slice({ sps: sequence, frameNum: 300 }));
    expect(picture?.header?.frameNum).toBe(300);
    expect(picture?.nalUnits).toHaveLength(3);
  });

  test("damaged ones are left out, and the ones before them stand", () => {
    const rig = settled();
    const [picture] = rig.push(hex`67 4d`, hex`68`, frame(2));
    expect(picture?.nalUnits).toEqual([frame(2)]);
    expect(picture?.header?.frameNum).toBe(2);
  });

  test("one that refers to no sequence leaves its slices unread until that comes", () => {
    const rig = settled();
    const orphan = { id: 1, spsId: 5 };
    expect(rig.push(pps(orphan), frame(2, 0, { pps: orphan }))[0]?.header).toBeNull();
    expect(rig.push(sps({ id: 5 }), frame(3, 0, { pps: orphan }))[0]?.header?.frameNum).toBe(3);
  });
});

test("damage is thrown at nobody, and the pictures after it are put together as before", () => {
  const rig = new Rig(interlaced);
  const whole = [
    sps(interlaced),
    pps(),
    recoveryPoint(0),
    field(0, "top"),
    field(0, "bottom"),
    field(1, "top"),
  ];
  for (const [seed, nalUnit] of whole.entries())
    for (const bytes of damaged(nalUnit, 500, seed)) rig.push(bytes, field(seed, "top"));
  rig.assembler.flush();
  rig.push(sps(interlaced), pps());
  rig.push(field(9, "top"));
  const [picture] = rig.push(field(9, "bottom"), field(10, "top"));
  expect(picture?.header?.frameNum).toBe(9);
  expect(picture?.nalUnits.filter((nalUnit) => (nalUnit[0] ?? 0) === 0x41)).toHaveLength(2);
});

describe.skipIf(!areInstalled("ffmpeg"))(
  "FFmpeg decodes what was put together as it decoded what came whole",
  () => {
    test.each<[string, string, readonly string[]]>([
      ["four slices a picture", "slices=4:bframes=2", []],
      ["four slices of fields in frames", "slices=4:bframes=0:tff=1", ["-flags", "+ilme+ildct"]],
      [
        "a rolling refresh without arithmetic coding",
        "slices=2:bframes=0:intra-refresh=1:keyint=8:cabac=0",
        [],
      ],
    ])("%s, each slice in a message of its own", async (_what, x264, options) => {
      const messages = await encode({ x264, frames: 20, options, source: "testsrc2=size=96x128:rate=25" });
      const apart = messages.flatMap((message) => {
        if (message.payload[1] !== 1) return [message];
        const { nalUnits } = nalUnitsOf(message.payload.subarray(5), 4);
        return nalUnits.map((nalUnit) => {
          const body = joinNalUnits([nalUnit], 4);
          return { ...message, payload: Buffer.concat([message.payload.subarray(0, 5), body]) };
        });
      });
      expect(apart.length).toBeGreaterThan(2 * messages.length - 2);
      const items = demux(apart);
      expect(items.filter(({ type }) => type === "unit")).toHaveLength(20);
      expect(await decodedFrames(annexBOf(items))).toEqual(await decodedFrames(annexBOfMessages(messages)));
    });
  },
);
