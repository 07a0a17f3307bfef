import { describe, expect, test } from "bun:test";
import { Amf0Error } from "#media/amf0/amf0-error.ts";
import { decodeAmf0 } from "#media/amf0/decode.ts";
import { encodeAmf0 } from "#media/amf0/encode.ts";
import { Amf0Date, type Amf0Value, EcmaArray } from "#media/amf0/value.ts";
import { concat } from "#media/bytes/concat.ts";
import { damaged, seededRandom } from "#test/support/damage.ts";
import { hex } from "#test/support/hex.ts";

const connect = hex`
  02 0007 636f6e6e656374     // "connect"
  00 3ff0000000000000        // transaction 1
  03                         // command object
    0003 617070              //   app
    02 0004 6c697665         //     "live"
    0004 66706164            //   fpad
    01 00                    //     false
    0000 09                  // end
`;

test("a connect command is decoded", () => {
  expect(decodeAmf0(connect)).toEqual([
    "connect",
    1,
    new Map<string, Amf0Value>([
      ["app", "live"],
      ["fpad", false],
    ]),
  ]);
});

test.each<[string, Uint8Array, Amf0Value]>([
  ["a number", hex`00 c0091eb851eb851f`, -3.14],
  ["true, whatever its byte", hex`01 02`, true],
  ["a string in UTF-8", hex`02 0003 e282ac`, "€"],
  ["null", hex`05`, null],
  ["undefined", hex`06`, undefined],
  ["unsupported, as undefined", hex`0d`, undefined],
  ["a reference, as null", hex`07 0000`, null],
  ["a strict array", hex`0a 00000002 05 01 01`, [null, true]],
  ["a date, without its time zone", hex`0b 4272fa257bc00000 0078`, new Amf0Date(1304098749440)],
  ["a long string", hex`0c 00000002 6869`, "hi"],
  ["an XML document, as its text", hex`0f 00000004 3c612f3e`, "<a/>"],
  ["a typed object, as an object", hex`10 0001 43  0001 61 05  0000 09`, new Map([["a", null]])],
  ["a property without a name", hex`03  0000 05  0000 09`, new Map([["", null]])],
  ["a property that came before", hex`03  0001 61 05  0001 61 0101  0000 09`, new Map([["a", true]])],
])("%s is decoded", (_, bytes, value) => {
  expect(decodeAmf0(bytes)).toEqual([value]);
});

test("the count of an ECMA array is not believed", () => {
  const metadata = hex`
    08 ffffffff                // count
    0005 7769647468            // width
    00 409e000000000000        //   1920
    0000 09
  `;
  const [value] = decodeAmf0(metadata);
  expect(value).toBeInstanceOf(EcmaArray);
  expect(value).toEqual(new EcmaArray([["width", 1920]]));
});

test("a property may be called like one that every object inherits", () => {
  const [value] = decodeAmf0(hex`03  0009 5f5f70726f746f5f5f 0101  0000 09`);
  expect(value).toEqual(new Map([["__proto__", true]]));
});

test("no bytes are no values", () => {
  expect(decodeAmf0(new Uint8Array(0))).toEqual([]);
});

describe("refused is", () => {
  test.each([
    ["an AMF3 value", hex`11 01`, "AMF3"],
    ["a movie clip", hex`04`, "marker 0x04"],
    ["a record set", hex`0e`, "marker 0x0e"],
    ["an object end without an object", hex`09`, "marker 0x09"],
    ["what is no marker", hex`ff`, "marker 0xff"],
    ["a strict array of more values than bytes", hex`0a ffffffff 05`, "4294967295 values in 1 bytes"],
    ["a long string of more bytes than there are", hex`0c ffffffff 61`, "needed 4294967295 more bytes"],
  ])("%s", (_, bytes, message) => {
    expect(() => decodeAmf0(bytes)).toThrow(Amf0Error);
    expect(() => decodeAmf0(bytes)).toThrow(message);
  });

  test("a command that ends anywhere but between two values", () => {
    const ends: number[] = [];
    for (let end = 0; end <= connect.byteLength; end++) {
      try {
        decodeAmf0(connect.subarray(0, end));
        ends.push(end);
      } catch (error) {
        expect(error).toBeInstanceOf(Amf0Error);
      }
    }
    expect(ends).toEqual([0, 10, 19, connect.byteLength]);
  });

  test("nesting deeper than the limit", () => {
    const nested = (depth: number) =>
      concat([...Array.from({ length: depth }, () => hex`0a 00000001`), hex`05`]);
    expect(decodeAmf0(nested(32))).toHaveLength(1);
    expect(() => decodeAmf0(nested(33))).toThrow(new Amf0Error("values nest deeper than 32"));
    expect(() => decodeAmf0(nested(3), { maxDepth: 2, maxValues: 100 })).toThrow(Amf0Error);
    const objects = concat(Array.from({ length: 20_000 }, () => hex`03 0000`));
    expect(() => decodeAmf0(objects)).toThrow(Amf0Error);
  });

  test("more values than the limit, inner ones counted", () => {
    expect(decodeAmf0(new Uint8Array(4096).fill(5))).toHaveLength(4096);
    expect(() => decodeAmf0(new Uint8Array(4097).fill(5))).toThrow(new Amf0Error("more than 4096 values"));
    const array = hex`0a 00000003 05 05 05`;
    expect(() => decodeAmf0(array, { maxDepth: 32, maxValues: 3 })).toThrow(Amf0Error);
  });
});

test("damage throws an Amf0Error or nothing", () => {
  const all = concat([
    connect,
    encodeAmf0([
      new EcmaArray([["list", [1, "two", null, new Amf0Date(3), new Map([["deep", true]])]]]),
      "x".repeat(70_000),
    ]).subarray(0, 200),
  ]);
  const random = seededRandom(3);
  const noise = Array.from({ length: 2000 }, () =>
    Uint8Array.from({ length: 40 }, () => Math.floor(random() * 20)),
  );
  let refusals = 0;
  for (const bytes of [...damaged(all, 5000), ...noise]) {
    try {
      decodeAmf0(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(Amf0Error);
      refusals++;
    }
  }
  expect(refusals).toBeGreaterThan(1000);
});
