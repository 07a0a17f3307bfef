import { expect, test } from "bun:test";
import { ByteReader } from "#media/bytes/byte-reader.ts";
import { FlvError } from "#media/flv/flv-error.ts";
import { readVideoTag } from "#media/flv/video-tag.ts";
import { hex } from "#test/support/hex.ts";

const read = (payload: Uint8Array) => readVideoTag(new ByteReader(payload));

test("a sequence header holds the configuration record", () => {
  const header = hex`
    17        // key frame, codec 7
    00        // AVCPacketType: sequence header
    00 00 00  // composition time
    01 64 00 20
  `;
  expect(read(header)).toEqual({
    type: "configuration",
    isKeyFrame: true,
    compositionTimeMs: 0,
    body: hex`01 64 00 20`,
  });
});

test("key frames, generated ones too, are told from inter frames and disposable ones", () => {
  expect(read(hex`17 01 000000 aa`)).toMatchObject({ type: "frame", isKeyFrame: true });
  expect(read(hex`47 01 000000 aa`)).toMatchObject({ type: "frame", isKeyFrame: true });
  expect(read(hex`27 01 000000 aa`)).toMatchObject({ type: "frame", isKeyFrame: false });
  expect(read(hex`37 01 000000 aa`)).toMatchObject({ type: "frame", isKeyFrame: false });
});

test("composition time is a signed 24-bit number", () => {
  expect(read(hex`27 01 000050 aa`)?.compositionTimeMs).toBe(80);
  expect(read(hex`27 01 ffffb0 aa`)?.compositionTimeMs).toBe(-80);
  expect(read(hex`27 01 7fffff aa`)?.compositionTimeMs).toBe(8_388_607);
  expect(read(hex`27 01 800000 aa`)?.compositionTimeMs).toBe(-8_388_608);
});

test("commands carry no picture, and the end of a sequence is told", () => {
  expect(read(hex`17 02 000000`)?.type).toBe("end");
  expect(read(hex`17 02`)?.type).toBe("end");
  expect(read(hex`57 00`)).toBeNull();
});

test("other codecs are refused by name", () => {
  expect(() => read(hex`1c 00 000000`)).toThrow(new FlvError("video codec 12, HEVC"));
  expect(() => read(hex`12 00`)).toThrow(new FlvError("video codec 2, Sorenson H.263"));
  expect(() => read(hex`1f 00`)).toThrow(new FlvError("video codec 15, an unknown codec"));
});

test("an unknown packet type is refused", () => {
  expect(() => read(hex`17 03 000000`)).toThrow(new FlvError("AVC packet type 3"));
});
