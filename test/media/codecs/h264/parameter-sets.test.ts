import { describe, expect, test } from "bun:test";
import { CodecError } from "#media/codecs/codec-error.ts";
import { h264Configuration } from "#media/codecs/h264/h264-configuration.ts";
import { ParameterSets } from "#media/codecs/h264/parameter-sets.ts";
import { damaged } from "#test/support/damage.ts";
import { pps, sps } from "#test/support/h264-syntax.ts";
import { hex, toHex } from "#test/support/hex.ts";

function setsOf(...nalUnits: readonly Uint8Array[]): ParameterSets {
  const sets = new ParameterSets();
  for (const nalUnit of nalUnits) sets.take(nalUnit);
  return sets;
}

describe("sets as they stand", () => {
  test("are found by the picture's, with the sequence's that it refers to", () => {
    const sets = setsOf(
      sps(),
      sps({ id: 3, widthInMacroblocks: 9 }),
      pps(),
      pps({ id: 7, spsId: 3, references: 4 }),
    );
    expect(sets.of(0)).toMatchObject({ sequence: { id: 0, width: 64 }, picture: { id: 0, references: 1 } });
    expect(sets.of(7)).toMatchObject({ sequence: { id: 3, width: 144 }, picture: { id: 7, references: 4 } });
  });

  test("that did not come are told by their number", () => {
    const sets = setsOf(pps({ id: 2, spsId: 5 }));
    expect(() => sets.of(1)).toThrow(new CodecError("picture parameter set 1 is not known"));
    expect(() => sets.of(2)).toThrow(new CodecError("sequence parameter set 5 is not known"));
  });

  test("the last one of an id counts, and a set that changes for one picture changes back", () => {
    const sets = setsOf(sps(), pps());
    for (const references of [5, 1]) {
      sets.take(pps({ references }));
      expect(sets.of(0).picture.references).toBe(references);
    }
    sets.take(sps({ widthInMacroblocks: 8 }));
    expect(sets.of(0).sequence.width).toBe(128);
  });

  test("have a version that rises with each that is new or other, and with no other", () => {
    const sets = new ParameterSets();
    const versions = [sps(), sps(), pps(), pps(), pps({ references: 2 }), pps(), sps({ id: 1 })].map(
      (nalUnit) => {
        sets.take(nalUnit);
        return sets.version;
      },
    );
    expect(versions).toEqual([1, 1, 2, 2, 3, 4, 5]);
    sets.replaceBy(sets.recordOf(0, 4));
    expect(sets.version).toBeGreaterThan(5);
  });

  test("are kept apart from the message they came in", () => {
    const message = sps();
    const sets = setsOf(message, pps());
    message.fill(0);
    expect(toHex(sets.recordOf(0, 4))).toContain(toHex(sps()));
  });

  test("a damaged one changes nothing", () => {
    const sets = setsOf(sps(), pps());
    const { version } = sets;
    for (const bytes of [hex`67 4d`, hex`68`, hex`41 9a`, hex``])
      expect(() => sets.take(bytes)).toThrow(CodecError);
    expect(sets.version).toBe(version);
    expect(sets.of(0).sequence.width).toBe(64);
  });
});

describe("the record of a picture's sets", () => {
  test("has its sequence, and all pictures' that belong to that", () => {
    const other = pps({ id: 2, spsId: 1 });
    const sets = setsOf(sps(), sps({ id: 1 }), pps(), other, pps({ id: 1, references: 2 }));
    const record = hex`
      01 4d 00 1e ff                                    // version, profile, constraints, level, lengths of 4
      e1 00 ${hexByte(sps().byteLength)} ${toHex(sps())}
      02                                                // two PPS
      00 ${hexByte(pps().byteLength)} ${toHex(pps())}
      00 ${hexByte(pps({ id: 1, references: 2 }).byteLength)} ${toHex(pps({ id: 1, references: 2 }))}
    `;
    expect(toHex(sets.recordOf(0, 4))).toBe(toHex(record));
    expect(toHex(sets.recordOf(1, 4))).toBe(toHex(record));
    expect(toHex(sets.recordOf(2, 4))).toContain(toHex(other));
  });

  test.each([1, 2, 4] as const)("says that lengths are of %d bytes", (size) => {
    expect(h264Configuration(setsOf(sps(), pps()).recordOf(0, size)).nalUnitLengthSize).toBe(size);
  });

  test("of a high profile ends with the chroma format", () => {
    const high = sps({ profileIdc: 110, chromaFormatIdc: 2, lumaBits: 10, chromaBits: 9 });
    expect(toHex(setsOf(high, pps()).recordOf(0, 4))).toEndWith(`${toHex(pps())}fefaf900`);
    const grey = sps({ profileIdc: 100, chromaFormatIdc: 0 });
    expect(toHex(setsOf(grey, pps()).recordOf(0, 4))).toEndWith(`${toHex(pps())}fcf8f800`);
  });

  test("cannot be made where a set is missing", () => {
    expect(() => setsOf(sps()).recordOf(0, 4)).toThrow(CodecError);
    expect(() => setsOf(pps()).recordOf(0, 4)).toThrow(CodecError);
  });

  test("in the place of all sets leaves none of the others", () => {
    const sets = setsOf(sps(), pps({ id: 1 }), pps());
    sets.replaceBy(setsOf(sps({ id: 4 }), pps({ id: 9, spsId: 4 })).recordOf(9, 4));
    expect(sets.of(9).sequence.id).toBe(4);
    for (const id of [0, 1]) expect(() => sets.of(id)).toThrow("is not known");
    sets.take(pps({ id: 1 }));
    expect(() => sets.of(1)).toThrow("sequence parameter set 0 is not known");
    sets.replaceBy(setsOf(sps(), pps()).recordOf(0, 4));
    expect(() => sets.of(1)).toThrow("picture parameter set 1 is not known");
  });

  test("that is damaged is refused before any set is gone", () => {
    const sets = setsOf(sps(), pps());
    const record = sets.recordOf(0, 4);
    expect(() => sets.replaceBy(record.subarray(0, 12))).toThrow(CodecError);
    expect(sets.of(0).sequence.width).toBe(64);
    for (const bytes of damaged(record, 1000)) {
      try {
        sets.replaceBy(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(CodecError);
      }
    }
    sets.replaceBy(record);
    expect(sets.of(0).sequence.width).toBe(64);
  });
});

describe("pictures are decoded by what a record holds", () => {
  const record = setsOf(sps(), pps(), pps({ id: 1 })).recordOf(0, 4);

  test.each<[string, readonly Uint8Array[], boolean]>([
    ["where the sets are the same", [sps(), pps(), pps({ id: 1 })], true],
    ["where not all of its pictures' sets came", [sps(), pps()], true],
    ["where sets of other sequences came", [sps(), pps(), sps({ id: 1 }), pps({ id: 3, spsId: 1 })], true],
    ["not where a picture's set is new", [sps(), pps(), pps({ id: 2 })], false],
    ["not where a picture's set is another", [sps(), pps({ references: 2 })], false],
    ["not where the sequence's is another", [sps({ widthInMacroblocks: 8 }), pps()], false],
  ])("%s", (_what, nalUnits, expected) => {
    expect(setsOf(...nalUnits).isHeldBy(record, 0)).toBe(expected);
  });

  test("not by the second sequence's set of a record", () => {
    const two = hex`01 4d 00 1e ff e2
      00 ${hexByte(sps({ id: 1 }).byteLength)} ${toHex(sps({ id: 1 }))}
      00 ${hexByte(sps().byteLength)} ${toHex(sps())}
      01 00 ${hexByte(pps().byteLength)} ${toHex(pps())}`;
    expect(setsOf(sps(), pps()).isHeldBy(two, 0)).toBe(false);
  });

  test("a record without any holds none", () => {
    expect(setsOf(sps(), pps()).isHeldBy(hex`01 4d 00 1e ff e0 00`, 0)).toBe(false);
    expect(() => setsOf(sps()).isHeldBy(record, 0)).toThrow(CodecError);
  });
});

function hexByte(value: number): string {
  return value.toString(16).padStart(2, "0");
}
