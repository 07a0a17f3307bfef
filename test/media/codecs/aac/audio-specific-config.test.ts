import { expect, test } from "bun:test";
import { parseAudioSpecificConfig } from "#media/codecs/aac/audio-specific-config.ts";
import { CodecError } from "#media/codecs/codec-error.ts";
import { bitFields } from "#test/support/bit-fields.ts";
import { damaged } from "#test/support/damage.ts";
import { hex } from "#test/support/hex.ts";

const lowComplexity = { codecString: "mp4a.40.2", samplesPerFrame: 1024 } as const;

test("two bytes say AAC-LC, its rate and its channels", () => {
  expect(parseAudioSpecificConfig(hex`12 10`)).toEqual({ ...lowComplexity, sampleRate: 44_100, channels: 2 });
  expect(parseAudioSpecificConfig(hex`11 88`)).toEqual({ ...lowComplexity, sampleRate: 48_000, channels: 1 });
  expect(parseAudioSpecificConfig(hex`15 88`)).toEqual({ ...lowComplexity, sampleRate: 8000, channels: 1 });
});

test("FFmpeg's five bytes say that there is no SBR", () => {
  expect(parseAudioSpecificConfig(hex`11 b0 56 e5 00`)).toEqual({
    ...lowComplexity,
    sampleRate: 48_000,
    channels: 6,
  });
});

test("SBR told after the core is signalled; the rate stays the core's", () => {
  expect(parseAudioSpecificConfig(hex`13 10 56 e5 98`)).toEqual({
    codecString: "mp4a.40.5",
    sampleRate: 24_000,
    channels: 2,
    samplesPerFrame: 1024,
  });
});

test("PS told after SBR, in seven bytes, makes two channels of one", () => {
  expect(parseAudioSpecificConfig(hex`13 08 56 e5 9d 48 80`)).toEqual({
    codecString: "mp4a.40.29",
    sampleRate: 24_000,
    channels: 2,
    samplesPerFrame: 1024,
  });
});

test("SBR and PS told first name the core's type last", () => {
  const sbr = bitFields("00101", "0110", "0010", "0011", "00010", "000");
  const ps = bitFields("11101", "0110", "0001", "0011", "00010", "000");
  expect(parseAudioSpecificConfig(sbr)).toMatchObject({
    codecString: "mp4a.40.5",
    sampleRate: 24_000,
    channels: 2,
  });
  expect(parseAudioSpecificConfig(ps)).toMatchObject({
    codecString: "mp4a.40.29",
    sampleRate: 24_000,
    channels: 2,
  });
});

test("a rate outside the table is written out", () => {
  const explicit = bitFields("00010", "1111", (37_800).toString(2).padStart(24, "0"), "0010", "000");
  expect(parseAudioSpecificConfig(explicit)).toMatchObject({ sampleRate: 37_800, channels: 2 });
});

test("frames of 960 samples exist", () => {
  expect(parseAudioSpecificConfig(bitFields("00010", "0011", "0010", "100")).samplesPerFrame).toBe(960);
});

test("channel configuration 7 has eight channels, 11 has seven", () => {
  expect(parseAudioSpecificConfig(bitFields("00010", "0011", "0111", "000")).channels).toBe(8);
  expect(parseAudioSpecificConfig(bitFields("00010", "0011", "1011", "000")).channels).toBe(7);
});

test("channels listed one by one are counted", () => {
  const element = [
    ...["0000", "01", "0011"], // element_instance_tag, object_type, sampling_frequency_index
    ...["0010", "0000", "0001", "01", "000", "0000"], // front, side, back, lfe, associated data, coupling
    ...["0", "0", "0"], // mixdowns
    ...["0", "0000", "1", "0000"], // front: one, then a pair
    ...["1", "0001"], // back: a pair
    "0000", // lfe
  ];
  const bits = ["00010", "0011", "0000", "000", ...element].join("");
  const aligned = bits.padEnd(Math.ceil(bits.length / 8) * 8, "0");
  expect(parseAudioSpecificConfig(bitFields(aligned, "00000000")).channels).toBe(6);
});

test("an escaped object type is read, and refused by its number", () => {
  expect(() => parseAudioSpecificConfig(bitFields("11111", "001010", "0011", "0010", "000"))).toThrow(
    "object type 42",
  );
});

test("object types that are not AAC as FLV means it are refused", () => {
  expect(() => parseAudioSpecificConfig(bitFields("10111", "0011", "0010", "000"))).toThrow("object type 23");
  expect(() => parseAudioSpecificConfig(hex`00 00 00`)).toThrow("object type 0");
});

test("reserved rates and channel configurations are refused", () => {
  expect(() => parseAudioSpecificConfig(bitFields("00010", "1101", "0010", "000"))).toThrow(
    "sample rate 0, index 13",
  );
  expect(() => parseAudioSpecificConfig(bitFields("00010", "1111", "0".repeat(24), "0010", "000"))).toThrow(
    "sample rate 0",
  );
  expect(() => parseAudioSpecificConfig(bitFields("00010", "1111", "1".repeat(24), "0010", "000"))).toThrow(
    "sample rate",
  );
  expect(() => parseAudioSpecificConfig(bitFields("00010", "0011", "1000", "000"))).toThrow(
    "channel configuration 8",
  );
});

test("a config cut off is refused", () => {
  expect(() => parseAudioSpecificConfig(hex``)).toThrow(CodecError);
  expect(() => parseAudioSpecificConfig(hex`12`)).toThrow(CodecError);
});

test("damage throws a CodecError or nothing", () => {
  for (const whole of [hex`13 08 56 e5 9d 48 80`, hex`10 00 04 c8 44 00 20 00 c4 00`]) {
    for (const bytes of damaged(whole, 5000)) {
      try {
        parseAudioSpecificConfig(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(CodecError);
      }
    }
  }
});
