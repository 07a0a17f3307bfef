import { expect, test } from "bun:test";
import { readFlvFile } from "#server/command/demo/flv-file.ts";

const FILE = Uint8Array.fromHex(
  [
    "464c56 01 05 00000009", // "FLV", version 1, audio and video, DataOffset
    "00000000", // PreviousTagSize0
    "12 000002 000000 00 000000  0200  0000000d", // script data, 2 bytes at 0 ms
    "0f 000001 000000 00 000000  ff  0000000c", // a reserved type: left out
    "09 000003 ffffff 01 000000  170100  0000000e", // video, 3 bytes at 0x01ffffff ms: extended
    "08 000002 000010 00 000000  af01  0000000d", // audio, 2 bytes at 16 ms
  ]
    .join("")
    .replaceAll(" ", ""),
);

test("tags become messages, with their kind, their time of 32 bits and their body", () => {
  expect(readFlvFile(FILE)).toEqual([
    { kind: "data", timestampMs: 0, payload: Uint8Array.of(2, 0) },
    { kind: "video", timestampMs: 0x01ffffff, payload: Uint8Array.of(0x17, 1, 0) },
    { kind: "audio", timestampMs: 16, payload: Uint8Array.of(0xaf, 1) },
  ]);
});

test("a file that ends inside a tag is refused", () => {
  expect(() => readFlvFile(FILE.subarray(0, FILE.byteLength - 5))).toThrow();
});
