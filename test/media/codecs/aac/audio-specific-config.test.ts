import { describe, expect, test } from "bun:test";
import { parseAudioSpecificConfig } from "#media/codecs/aac/audio-specific-config.ts";
import { CodecError } from "#media/codecs/codec-error.ts";
import { bitFields } from "#test/support/bit-fields.ts";
import { damaged } from "#test/support/damage.ts";
import { hex } from "#test/support/hex.ts";

const lowComplexity = { codecString: "mp4a.40.2", samplesPerFrame: 1024 } as const;

test("two bytes say AAC-LC, its rate and its channels", () => {
  expect(parseAudioSpecificConfig(hex`12 10`)).toEqual({
    ...lowComplexity,
    sampleRate: 44_100,
    channelConfiguration: 2,
    channels: 2,
  });
  expect(parseAudioSpecificConfig(hex`11 88`)).toEqual({
    ...lowComplexity,
    sampleRate: 48_000,
    channelConfiguration: 1,
    channels: 1,
  });
  expect(parseAudioSpecificConfig(hex`15 88`)).toEqual({
    ...lowComplexity,
    sampleRate: 8000,
    channelConfiguration: 1,
    channels: 1,
  });
});

test("FFmpeg's five bytes say that there is no SBR", () => {
  expect(parseAudioSpecificConfig(hex`11 b0 56 e5 00`)).toEqual({
    ...lowComplexity,
    sampleRate: 48_000,
    channelConfiguration: 6,
    channels: 6,
  });
});

describe("SBR and PS", () => {
  const highEfficiency = { codecString: "mp4a.40.5", samplesPerFrame: 1024 } as const;
  const parametricStereo = { codecString: "mp4a.40.29", samplesPerFrame: 1024 } as const;
  const stereo = { channelConfiguration: 2, channels: 2 } as const;
  /** Two of one. */
  const mono = { channelConfiguration: 1, channels: 2 } as const;

  test("told after the core, SBR is signalled; the rate stays the core's", () => {
    const config = hex`
      13 10  // LC at 24 kHz, stereo
      56 e5  // syncExtensionType 0x2b7, SBR
      98     // sbrPresentFlag, 48 kHz
    `;
    expect(parseAudioSpecificConfig(config)).toEqual({ ...highEfficiency, sampleRate: 24_000, ...stereo });
  });

  test("told after the core, PS makes two channels of one", () => {
    const config = hex`
      13 08     // LC at 24 kHz, mono
      56 e5     // syncExtensionType 0x2b7, SBR
      9d 48 80  // sbrPresentFlag, 48 kHz; syncExtensionType 0x548, psPresentFlag
    `;
    expect(parseAudioSpecificConfig(config)).toEqual({ ...parametricStereo, sampleRate: 24_000, ...mono });
  });

  test("told after the core may both be absent", () => {
    const core = { ...lowComplexity, sampleRate: 24_000, channelConfiguration: 1, channels: 1 };
    expect(parseAudioSpecificConfig(hex`13 08 56 e5 1d 48 80`)).toEqual(core); // sbrPresentFlag 0
    const noPs = { ...highEfficiency, sampleRate: 24_000, channelConfiguration: 1, channels: 1 };
    expect(parseAudioSpecificConfig(hex`13 08 56 e5 9d 48 00`)).toEqual(noPs); // psPresentFlag 0
  });

  test("told after the core in too few bytes are not told", () => {
    expect(parseAudioSpecificConfig(hex`13 08 56 e5`).codecString).toBe("mp4a.40.2"); // no sbrPresentFlag
    expect(parseAudioSpecificConfig(hex`13 08 56 e5 9d 48`).codecString).toBe("mp4a.40.5"); // no psPresentFlag
    expect(() => parseAudioSpecificConfig(hex`13 08 56 e5 f8`)).toThrow(CodecError); // half a rate written out
  });

  test("are not told after the core by bits that only resemble it", () => {
    expect(parseAudioSpecificConfig(hex`13 08 56 c5 9d 48 80`).codecString).toBe("mp4a.40.2"); // 0x2b6
    expect(parseAudioSpecificConfig(hex`13 08 56 e4 9d 48 80`).codecString).toBe("mp4a.40.2"); // object type 4
    expect(parseAudioSpecificConfig(hex`13 08 56 e5 9d 40 80`).codecString).toBe("mp4a.40.5"); // 0x540
  });

  test("told first, SBR names the core's type last, as FDK AAC writes it", () => {
    const config = hex`
      2b 92 08 00  // SBR, 22050 Hz, stereo, 44.1 kHz, LC
    `;
    expect(parseAudioSpecificConfig(config)).toEqual({ ...highEfficiency, sampleRate: 22_050, ...stereo });
  });

  test("told first, PS names the core's type last, as FDK AAC writes it", () => {
    const config = hex`
      eb 8a 08 00  // PS, 22050 Hz, mono, 44.1 kHz, LC
    `;
    expect(parseAudioSpecificConfig(config)).toEqual({ ...parametricStereo, sampleRate: 22_050, ...mono });
  });

  test("told first may write the rate they make out", () => {
    const config = bitFields(
      "00101",
      "0111",
      "0010",
      "1111",
      (44_100).toString(2).padStart(24, "0"),
      "00010",
      "000",
    );
    expect(parseAudioSpecificConfig(config)).toEqual({ ...highEfficiency, sampleRate: 22_050, ...stereo });
    const reserved = bitFields("00101", "0111", "0010", "1101", "00010", "000");
    expect(() => parseAudioSpecificConfig(reserved)).toThrow("sample rate 0, index 13");
  });

  test("told first extend AAC only", () => {
    const bsac = bitFields("00101", "0111", "0010", "0100", "10110", "0010", "000"); // and extensionChannelConfiguration
    expect(() => parseAudioSpecificConfig(bsac)).toThrow("object type 22");
    expect(() =>
      parseAudioSpecificConfig(bitFields("00101", "0111", "0010", "0100", "00101", "000")),
    ).toThrow("object type 5");
  });

  test("told by the frames alone leave a config of the core", () => {
    expect(parseAudioSpecificConfig(hex`13 90`)).toEqual({ ...lowComplexity, sampleRate: 22_050, ...stereo });
  });

  test("told first of one channel by SBR alone leave it one", () => {
    expect(parseAudioSpecificConfig(hex`2b 8a 08 00`)).toMatchObject({
      channelConfiguration: 1,
      channels: 1,
    });
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
  expect(parseAudioSpecificConfig(bitFields("00010", "0011", "0111", "000"))).toMatchObject({
    channelConfiguration: 7,
    channels: 8,
  });
  expect(parseAudioSpecificConfig(bitFields("00010", "0011", "1011", "000")).channels).toBe(7);
});

test("channels listed one by one are counted", () => {
  const hexagonal = hex`
    11 80                                      // LC, 48 kHz, channel configuration 0
    04 c8 08 00 20 08 84                       // program_config_element: front a pair and one, back a pair and one
    0d 4c 61 76 63 35 39 2e 33 37 2e 31 30 30  // comment_field_data
    56 e5 00                                   // no SBR, as FFmpeg says
  `;
  expect(parseAudioSpecificConfig(hexagonal)).toEqual({
    ...lowComplexity,
    sampleRate: 48_000,
    channelConfiguration: 0,
    channels: 6,
  });
});

test("SBR is told after channels listed one by one, on the byte that their comment ends with", () => {
  const config = hex`
    13 00                 // LC, 24 kHz, channel configuration 0
    05 88 08 00 20 08 84  // program_config_element
    02 6f 6b              // comment_field_data
    56 e5 98              // SBR, 48 kHz
  `;
  expect(parseAudioSpecificConfig(config)).toMatchObject({ codecString: "mp4a.40.5", channels: 6 });
});

test("channels of every kind of element are counted", () => {
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
