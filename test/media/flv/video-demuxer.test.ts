import { beforeEach, describe, expect, test } from "bun:test";
import { EndOfBytesError } from "#media/bytes/byte-reader.ts";
import { CodecError } from "#media/codecs/codec-error.ts";
import { joinNalUnits } from "#media/codecs/h264/nal-units.ts";
import { ParameterSets } from "#media/codecs/h264/parameter-sets.ts";
import type { DemuxedItem } from "#media/flv/demuxed-item.ts";
import { FlvError } from "#media/flv/flv-error.ts";
import { RTMP_CLOCK } from "#media/flv/rtmp-clock.ts";
import { VideoDemuxer } from "#media/flv/video-demuxer.ts";
import { damaged } from "#test/support/damage.ts";
import { pps, recoveryPoint, type SpsFields, slice, sps, TYPE } from "#test/support/h264-syntax.ts";
import { hex } from "#test/support/hex.ts";

const IDR = slice({ nalType: 5, sliceType: TYPE.I });
const inter = (frameNum: number) => slice({ frameNum, lsb: frameNum });
const END = hex`17 02 000000`;

let demuxer: VideoDemuxer;
beforeEach(() => {
  demuxer = new VideoDemuxer();
});

function record(sequence: SpsFields = {}): Uint8Array {
  const sets = new ParameterSets();
  sets.take(sps(sequence));
  sets.take(pps());
  return sets.recordOf(0, 4);
}

function header(body: Uint8Array): Uint8Array {
  return Buffer.concat([hex`17 00 000000`, body]);
}

/** Of an inter frame by the container's word, shown 80 ms after it is decoded. */
function tag(body: Uint8Array, head = hex`27 01 000050`): Uint8Array {
  return Buffer.concat([head, body]);
}

function lengths(...nalUnits: readonly Uint8Array[]): Uint8Array {
  return tag(joinNalUnits(nalUnits, 4));
}

function startCodes(...nalUnits: readonly Uint8Array[]): Uint8Array {
  return tag(Buffer.concat(nalUnits.flatMap((nalUnit) => [hex`00000001`, nalUnit])));
}

function settle(): void {
  demuxer.push(header(record()), 0);
  demuxer.push(lengths(IDR), 0);
  demuxer.push(lengths(inter(1)), 40);
}

function described(items: readonly DemuxedItem[]): string[] {
  return items.map((item) => {
    if (item.type === "track")
      return `track ${item.track.kind === "video" && item.track.configuration.width}`;
    if (item.type === "undecodable") return item.type;
    const { sentDts, isSync, hints } = item.unit;
    return `${sentDts}${isSync ? " sync" : ""}${Object.keys(hints ?? {}).map((hint) => ` ${hint}`)}`;
  });
}

describe("a tag's picture", () => {
  test("is a unit of the encoder's times, its bytes the tag's", () => {
    settle();
    const payload = lengths(inter(2));
    const [item] = demuxer.push(payload, 80);
    expect(item).toEqual({
      type: "unit",
      unit: {
        ...{ trackId: 1, clock: RTMP_CLOCK, sentDts: 80, compositionTime: 80 },
        ...{ isSync: false, data: joinNalUnits([inter(2)], 4) },
      },
    });
    expect(item?.type === "unit" && item.unit.data.buffer === payload.buffer).toBe(true);
  });

  test("has lengths where it came with start codes, or with NAL units of no bytes", () => {
    settle();
    for (const payload of [startCodes(inter(2)), lengths(new Uint8Array(), inter(2), new Uint8Array())]) {
      const [item] = demuxer.push(payload, 80);
      expect(item?.type === "unit" && item.unit.data).toEqual(joinNalUnits([inter(2)], 4));
    }
  });

  test("may come with either, by turns", () => {
    settle();
    const payloads = [
      startCodes(IDR),
      lengths(inter(1)),
      startCodes(inter(2)),
      startCodes(inter(3)),
      lengths(IDR),
    ];
    expect(payloads.flatMap((payload, index) => described(demuxer.push(payload, index * 40)))).toEqual([
      ...["0 sync", "40", "80", "120", "160 sync"],
    ]);
  });

  test("has lengths where both could be meant", () => {
    settle();
    const [item] = demuxer.push(lengths(hex`41`, inter(2)), 80);
    expect(item?.type === "unit" && item.unit.data).toEqual(joinNalUnits([hex`41`, inter(2)], 4));
  });

  test("with neither is refused, and the next one is taken", () => {
    settle();
    expect(() => demuxer.push(tag(hex`00000009 41 9a`), 80)).toThrow(CodecError);
    expect(described(demuxer.push(lengths(inter(2)), 120))).toEqual(["120"]);
  });

  test("says what it is to those who join", () => {
    settle();
    expect(described(demuxer.push(lengths(IDR), 80))).toEqual(["80 sync"]);
    expect(described(demuxer.push(lengths(recoveryPoint(4), inter(1)), 120))).toEqual([
      "120 isRecoveryPoint",
    ]);
    const intra = slice({ sliceType: TYPE.I, frameNum: 2, lsb: 2 });
    expect(described(demuxer.push(lengths(recoveryPoint(0), intra), 160))).toEqual(["160 isOpenGop"]);
    const key = tag(joinNalUnits([intra], 4), hex`17 01 000000`);
    expect(described(demuxer.push(key, 200))).toEqual(["200"]);
    expect(described(demuxer.push(lengths(recoveryPoint(0), intra), 3079))).toEqual(["3079 isOpenGop"]);
    expect(described(demuxer.push(lengths(recoveryPoint(0), intra), 3080))).toEqual(["3080 sync isOpenGop"]);
  });

  test("that waits goes on at the end of the sequence, and when nothing follows", () => {
    demuxer.push(header(record()), 0);
    demuxer.push(lengths(IDR), 0);
    expect(described(demuxer.push(END, 40))).toEqual(["0 sync"]);
    demuxer.push(lengths(inter(1), slice({ frameNum: 1, lsb: 1, firstMacroblock: 4 })), 40);
    expect(demuxer.flush()).toEqual([]);
    const other = new VideoDemuxer();
    other.push(header(record()), 0);
    other.push(lengths(IDR), 0);
    expect(described(other.flush())).toEqual(["0 sync"]);
  });
});

describe("a picture that may come in pieces", () => {
  test.each([0, 1000, 0xffffff00])("waits for half a second and no longer, from %d on", (sentMs) => {
    demuxer.push(header(record()), sentMs);
    demuxer.push(lengths(IDR), sentMs);
    expect(demuxer.reached((sentMs + 500) % 2 ** 32)).toEqual([]);
    expect(described(demuxer.reached((sentMs + 501) % 2 ** 32))).toEqual([`${sentMs} sync`]);
    expect(demuxer.reached((sentMs + 900) % 2 ** 32)).toEqual([]);
  });

  test("waits for five seconds where those before it did come in pieces", () => {
    const later = (frameNum: number) => slice({ frameNum, lsb: frameNum, firstMacroblock: 4 });
    demuxer.push(header(record()), 0);
    for (const sentMs of [0, 40]) {
      demuxer.push(lengths(inter(sentMs / 40 + 1)), sentMs);
      demuxer.push(lengths(later(sentMs / 40 + 1)), sentMs);
    }
    demuxer.push(lengths(inter(3)), 80);
    expect(demuxer.reached(5080)).toEqual([]);
    expect(described(demuxer.reached(5081))).toEqual(["80"]);
  });

  test("waits on where something older comes", () => {
    demuxer.push(header(record()), 1000);
    demuxer.push(lengths(IDR), 1000);
    expect(demuxer.reached(0)).toEqual([]);
    expect(described(demuxer.reached(1501))).toEqual(["1000 sync"]);
  });
});

describe("a configuration", () => {
  test("is a record, or parameter sets with start codes", () => {
    expect(described(demuxer.push(header(record()), 0))).toEqual(["track 64"]);
    const sets = Buffer.concat([hex`00000001`, sps(), hex`000001`, pps()]);
    expect(demuxer.push(header(sets), 0)).toEqual([]);
    const other = Buffer.concat([hex`000001`, sps({ widthInMacroblocks: 6 }), hex`000001`, pps()]);
    const [item] = demuxer.push(header(other), 0);
    expect(item).toMatchObject({
      type: "track",
      track: { id: 1, kind: "video", timescale: 90_000 },
    });
    expect(item?.type === "track" && item.track.configuration.record).toEqual(
      record({ widthInMacroblocks: 6 }),
    );
  });

  test("that cannot be read is refused, and the one before it stands", () => {
    settle();
    expect(() => demuxer.push(header(hex`00000001 67 4d`), 0)).toThrow(CodecError);
    expect(() => demuxer.push(header(hex`01 4d`), 0)).toThrow(CodecError);
    expect(demuxer.push(header(record()), 0)).toEqual([]);
    expect(described(demuxer.push(lengths(inter(2)), 80))).toEqual(["80"]);
  });

  test("of no bytes is nothing, as a frame of none is", () => {
    expect(demuxer.push(hex`17 00 000000`, 0)).toEqual([]);
    expect(demuxer.push(hex`17 01 000000`, 0)).toEqual([]);
    expect(demuxer.push(hex`57 00`, 0)).toEqual([]);
  });
});

test("start codes behind a length part NAL units, as they do without one", () => {
  settle();
  const startCode = hex`00 00 00 01`;
  const both = Uint8Array.of(...startCode, ...hex`09 f0`, ...startCode, ...inter(2));
  const [item] = demuxer.push(lengths(both), 80);
  expect(item?.type === "unit" && item.unit.data).toEqual(joinNalUnits([hex`09 f0`, inter(2)], 4));
});

test("what holds no picture is no frame where there is a configuration, and goes with the next", () => {
  settle();
  expect(demuxer.push(lengths(hex`09 f0`), 80)).toEqual([
    { type: "undecodable", kind: "video", form: "no-frame" },
  ]);
  const [item] = demuxer.push(lengths(inter(2)), 80);
  expect(item?.type === "unit" && item.unit.data).toEqual(joinNalUnits([hex`09 f0`, inter(2)], 4));
});

describe("pictures that nobody can decode", () => {
  test("are told of, up to the parameter sets that come among them", () => {
    expect(described(demuxer.push(lengths(IDR), 0))).toEqual(["undecodable"]);
    expect(described(demuxer.push(lengths(pps(), IDR), 40))).toEqual(["undecodable"]);
    expect(demuxer.push(startCodes(sps(), pps(), IDR), 80)).toEqual([]);
    expect(described(demuxer.push(startCodes(inter(1)), 120))).toEqual(["track 64", "80 sync", "120"]);
  });
});

describe("a still picture", () => {
  test("is a filler at its time, of the last picture", () => {
    expect(demuxer.still(5)).toBeNull();
    settle();
    const still = slice({
      refIdc: 0,
      sliceType: TYPE.allP,
      frameNum: 2,
      lsb: 2,
      references: [1],
      data: "0001101",
    });
    expect(demuxer.still(0xffffffff)).toEqual({
      ...{ trackId: 1, clock: RTMP_CLOCK, sentDts: 0xffffffff, compositionTime: 0 },
      ...{ isSync: false, hints: { isFiller: true }, data: joinNalUnits([still], 4) },
    });
  });

  test("stands for itself where all pictures do", () => {
    demuxer.push(header(record({ maxReferenceFrames: 0 })), 0);
    demuxer.push(lengths(IDR), 0);
    demuxer.push(lengths(IDR), 40);
    expect(demuxer.still(80)).toMatchObject({ isSync: true, hints: { isFiller: true } });
  });
});

test("damage throws one of three errors or nothing, and a good key frame is taken afterwards", () => {
  settle();
  const intra = slice({ sliceType: TYPE.I, frameNum: 3, lsb: 6, marking: [[1, 0]] });
  const payloads = [
    ...[header(record()), startCodes(sps(), pps(), IDR), lengths(recoveryPoint(0), intra)],
    ...[startCodes(recoveryPoint(0), intra, inter(4)), lengths(inter(4))],
  ];
  for (const [seed, payload] of payloads.entries())
    for (const [index, bytes] of [...damaged(payload, 500, seed)].entries()) {
      try {
        demuxer.push(bytes, index * 40);
        demuxer.reached(index * 40 + 20);
        demuxer.still(index * 40);
      } catch (error) {
        if (!(error instanceof FlvError || error instanceof EndOfBytesError))
          expect(error).toBeInstanceOf(CodecError);
      }
    }
  demuxer.flush();
  demuxer.push(header(record({ widthInMacroblocks: 11 })), 0);
  expect(described([...demuxer.push(lengths(IDR), 0), ...demuxer.flush()]).at(-1)).toBe("0 sync");
});
