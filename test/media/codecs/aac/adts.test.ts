import { describe, expect, test } from "bun:test";
import {
  type AdtsFrame,
  audioSpecificConfigOfAdts,
  isAdts,
  isAdtsHeader,
  readAdtsFrames,
} from "#media/codecs/aac/adts.ts";
import { parseAudioSpecificConfig } from "#media/codecs/aac/audio-specific-config.ts";
import { CodecError } from "#media/codecs/codec-error.ts";
import { bitFields } from "#test/support/bit-fields.ts";
import { damaged } from "#test/support/damage.ts";
import { hex, toHex } from "#test/support/hex.ts";

/** Stereo at 48 kHz, as FFmpeg writes it. */
const stereo = hex`
  ff f1                 // syncword; MPEG-4, layer 0, no CRC
  4c 80                 // LC, index 3, channel configuration 2
  01 bf fc              // 13 bytes, variable rate, one raw_data_block
  21 10 04 60 8c 1c     // raw_data_block
`;

/** Mono at 22050 Hz, with a CRC. */
const withCrc = hex`
  ff f8                 // syncword; MPEG-2, layer 0, a CRC
  5c 40                 // LC, index 7, channel configuration 1
  01 9f fc              // 12 bytes, variable rate, one raw_data_block
  12 34                 // crc_check
  01 40 07              // raw_data_block
`;

/** Six channels as FFmpeg's "hexagonal" lists them: the first frame, and one after it. */
const listedFirst = hex`
  ff f1 4c 00 08 3f fc                       // channel configuration 0, 65 bytes
  a0 99 01 00 04 01 10 80                    // ID_PCE, and the element from the fourth bit on
  0d 4c 61 76 63 35 39 2e 33 37 2e 31 30 30  // its comment
  de 02 00 4c 61 76 63 35 39 2e 33 37 2e 31 30 30 00
  42 20 08 c1 18 00 46 08 00 46 20 08 c1 18 00 c6 08 01 c0
`;
const listedBehind = hex`
  ff f1 4c 00 03 5f fc  // channel configuration 0, 26 bytes
  21 10 04 60 8c 00 23 04 00 23 10 04 60 8c 00 63 04 00 e0
`;
const listedConfig = hex`
  11 80                                      // LC, index 3, channel configuration 0
  04 c8 08 00 20 08 84                       // the same element from its third byte on
  0d 4c 61 76 63 35 39 2e 33 37 2e 31 30 30  // comment
`;

/** Of channel configuration 0 at 48 kHz, before so many bytes. */
function adtsHeader(length: number): Uint8Array {
  return bitFields(
    ...["111111111111", "0", "00", "1"], // syncword, MPEG-4, layer, protection_absent
    ...["01", "0011", "0", "000", "0000"], // profile, sampling_frequency_index, private, channel configuration, four more
    (length + 7).toString(2).padStart(13, "0"), // aac_frame_length
    ...["11111111111", "00"], // adts_buffer_fullness, number_of_raw_data_blocks_in_frame
  );
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** `bytes` with the one at `index` replaced. */
function changed(bytes: Uint8Array, index: number, value: number): Uint8Array {
  const copy = bytes.slice();
  copy[index] = value;
  return copy;
}

function inHex(frames: readonly AdtsFrame[]): readonly (readonly string[])[] {
  return frames.map(({ frame, audioSpecificConfig }) => [toHex(frame), toHex(audioSpecificConfig)]);
}

describe("a frame", () => {
  test("loses its header, which becomes an AudioSpecificConfig", () => {
    expect(inHex(readAdtsFrames(stereo))).toEqual([["211004608c1c", "1190"]]);
  });

  test("loses its CRC with the header", () => {
    expect(inHex(readAdtsFrames(withCrc))).toEqual([["014007", "1388"]]);
  });

  test("is a view of the bytes it came in", () => {
    expect(readAdtsFrames(stereo)[0]?.frame.buffer).toBe(stereo.buffer);
  });

  test("is followed by others", () => {
    expect(inHex(readAdtsFrames(joined(stereo, withCrc, stereo)))).toEqual([
      ["211004608c1c", "1190"],
      ["014007", "1388"],
      ["211004608c1c", "1190"],
    ]);
  });

  test("that is a header and nothing else is left out", () => {
    const empty = hex`ff f1 4c 80 00 ff fc`;
    expect(inHex(readAdtsFrames(joined(empty, stereo, empty)))).toEqual([["211004608c1c", "1190"]]);
    expect(readAdtsFrames(hex`ff f0 4c 80 01 3f fc 12 34`)).toEqual([]);
  });

  test("of every profile, rate and channel configuration says so in its config", () => {
    for (let profile = 0; profile < 4; profile += 1) {
      for (let index = 0; index < 13; index += 1) {
        for (let channels = 1; channels < 8; channels += 1) {
          const header = changed(stereo, 2, (profile << 6) | (index << 2) | (channels >> 2));
          const [frame] = readAdtsFrames(changed(header, 3, (channels & 3) << 6));
          const config = ((profile + 1) << 11) | (index << 7) | (channels << 3);
          expect(toHex(frame?.audioSpecificConfig ?? hex``)).toBe(config.toString(16).padStart(4, "0"));
        }
      }
    }
  });

  test("has bits of a header that say nothing of it", () => {
    // private_bit, original_copy, home and the two of copyright_identification
    const loud = changed(changed(stereo, 2, 0x4e), 3, 0xbc);
    expect(inHex(readAdtsFrames(loud))).toEqual([["211004608c1c", "1190"]]);
  });

  test("may be as long as its thirteen bits allow", () => {
    const bytes = new Uint8Array(8191);
    bytes.set(hex`ff f1 4c 83 ff ff fc`);
    expect(readAdtsFrames(bytes)[0]?.frame.byteLength).toBe(8184);
  });

  test("of no bytes is none", () => {
    expect(readAdtsFrames(hex``)).toEqual([]);
  });
});

describe("a frame is refused", () => {
  test("where no syncword is, with what is there instead", () => {
    expect(() => readAdtsFrames(joined(stereo, hex`21 10 04 60 8c 1c 00 ab`))).toThrow(
      new CodecError("no ADTS header: 21 10 04 60 8c 1c 00"),
    );
    expect(() => readAdtsFrames(changed(stereo, 1, 0xe1))).toThrow("no ADTS header");
    expect(() => readAdtsFrames(changed(stereo, 0, 0xfe))).toThrow("no ADTS header");
  });

  test("of another layer, as MP3 is", () => {
    for (const second of [0xf3, 0xf5, 0xf7, 0xfb])
      expect(() => readAdtsFrames(changed(stereo, 1, second))).toThrow("no ADTS header: ff f");
  });

  test("of a reserved sampling frequency index", () => {
    expect(readAdtsFrames(changed(stereo, 2, 0x40 | (12 << 2)))).toHaveLength(1);
    for (const index of [13, 14, 15])
      expect(() => readAdtsFrames(changed(stereo, 2, 0x40 | (index << 2)))).toThrow("no ADTS header");
  });

  test("with a header that is cut off", () => {
    expect(() => readAdtsFrames(stereo.subarray(0, 6))).toThrow("no ADTS header: ff f1 4c 80 01 bf");
    expect(() => readAdtsFrames(joined(stereo, hex`ff`))).toThrow("no ADTS header: ff");
  });

  test("that is cut off", () => {
    expect(() => readAdtsFrames(stereo.subarray(0, 12))).toThrow("ADTS frame of 13 bytes, of which 12 came");
    expect(() => readAdtsFrames(joined(stereo, withCrc.subarray(0, 8)))).toThrow(
      "ADTS frame of 12 bytes, of which 8 came",
    );
  });

  test("that is shorter than its header", () => {
    expect(() => readAdtsFrames(hex`ff f1 4c 80 00 df fc`)).toThrow(
      "ADTS frame of 6 bytes, its header has 7",
    );
    expect(() => readAdtsFrames(hex`ff f0 4c 80 01 1f fc 12 34`)).toThrow(
      "ADTS frame of 8 bytes, its header has 9",
    );
    expect(() => readAdtsFrames(hex`ff f1 4c 80 00 1f fc`)).toThrow("ADTS frame of 0 bytes");
  });

  test("of several raw data blocks, by their number", () => {
    expect(() => readAdtsFrames(changed(stereo, 6, 0xfd))).toThrow("ADTS frame of 2 raw data blocks");
    expect(() => readAdtsFrames(changed(stereo, 6, 0xff))).toThrow("ADTS frame of 4 raw data blocks");
  });
});

describe("channels that are listed one by one", () => {
  test("are moved into the config, and the comment with them, to its own whole bytes", () => {
    const [frame] = readAdtsFrames(listedFirst);
    expect(toHex(frame?.audioSpecificConfig ?? hex``)).toBe(toHex(listedConfig));
    expect(toHex(frame?.frame ?? hex``)).toBe(toHex(listedFirst.subarray(7)));
    expect(parseAudioSpecificConfig(listedConfig)).toMatchObject({ sampleRate: 48_000, channels: 6 });
  });

  test("hold for the frames behind the first", () => {
    const frames = readAdtsFrames(joined(listedFirst, listedBehind, listedBehind));
    expect(frames.map(({ audioSpecificConfig }) => toHex(audioSpecificConfig))).toEqual(
      Array.from({ length: 3 }, () => toHex(listedConfig)),
    );
    expect(toHex(frames[2]?.frame ?? hex``)).toBe(toHex(listedBehind.subarray(7)));
  });

  test("with every kind of element and mixdown are copied bit by bit", () => {
    const element = [
      ...["1111", "01", "0011"], // element_instance_tag, object_type, sampling_frequency_index
      ...["0010", "0001", "0001", "01", "010", "0011"], // front, side, back, lfe, associated data, coupling
      ...["1", "0101", "1", "1010", "1", "011"], // mixdowns: mono, stereo, matrix
      ...["1", "0000", "0", "0001"], // front: a pair, then one
      ...["1", "0010", "0", "0011"], // side: a pair; back: one
      ...["0100", "0101", "0110"], // lfe, associated data
      ...["1", "0111", "0", "1000", "1", "1001"], // coupling
    ];
    const comment = hex`03 61 62 63`;
    const block = joined(bitFields("101", ...element), comment, hex`00 c8 00 0e`);
    const [frame] = readAdtsFrames(joined(adtsHeader(block.byteLength), block));
    const config = joined(bitFields("00010", "0011", "0000", "000", ...element), comment);
    expect(toHex(frame?.audioSpecificConfig ?? hex``)).toBe(toHex(config));
    expect(parseAudioSpecificConfig(config)).toMatchObject({ channels: 7 });
  });

  test("are missed where nothing lists them", () => {
    const missing = new CodecError("ADTS channel configuration 0 without a program_config_element");
    expect(() => readAdtsFrames(listedBehind)).toThrow(missing);
    expect(() => readAdtsFrames(joined(listedBehind, listedFirst))).toThrow(missing);
    expect(() => readAdtsFrames(joined(stereo, listedBehind))).toThrow(missing);
  });

  test("hold for the frames that come alone, by the configuration made of them", () => {
    const [frame] = readAdtsFrames(listedBehind, listedConfig);
    expect(frame?.audioSpecificConfig).toEqual(listedConfig);
    expect(frame?.frame).toEqual(listedBehind.subarray(7));
    expect(readAdtsFrames(stereo, listedConfig)[0]?.audioSpecificConfig).not.toEqual(listedConfig);
  });

  test("are refused where the frame ends among them", () => {
    const block = listedFirst.subarray(7, 7 + 22);
    expect(readAdtsFrames(joined(adtsHeader(22), block))).toHaveLength(1);
    for (let length = 1; length < 22; length += 1)
      expect(() => readAdtsFrames(joined(adtsHeader(length), block.subarray(0, length)))).toThrow(
        "program_config_element: needed",
      );
  });
});

describe("what is ADTS", () => {
  test("begins with a whole frame, whatever follows", () => {
    for (const bytes of [stereo, withCrc, listedFirst, listedBehind, joined(stereo, hex`00`)])
      expect(isAdts(bytes)).toBe(true);
  });

  test("is cut off nowhere in its first frame", () => {
    for (let length = 0; length < stereo.byteLength; length += 1)
      expect(isAdts(stereo.subarray(0, length))).toBe(false);
  });

  test("is at least as long as its header", () => {
    expect(isAdts(hex`ff f1 4c 80 00 ff fc`)).toBe(true);
    expect(isAdts(hex`ff f1 4c 80 00 df fc`)).toBe(false);
    expect(isAdts(hex`ff f0 4c 80 01 3f fc 12 34`)).toBe(true);
    expect(isAdts(hex`ff f0 4c 80 01 1f fc 12 34`)).toBe(false);
  });

  test("has its syncword, layer 0 and a known rate", () => {
    expect(isAdts(changed(stereo, 2, 0x40 | (12 << 2)))).toBe(true);
    expect(isAdts(changed(stereo, 2, 0x40 | (13 << 2)))).toBe(false);
    expect(isAdts(changed(stereo, 1, 0xe1))).toBe(false);
    expect(isAdts(changed(stereo, 1, 0xf3))).toBe(false);
    expect(isAdts(changed(stereo, 1, 0xf5))).toBe(false);
  });

  test("may be a header alone, which is not a whole frame", () => {
    expect(isAdtsHeader(stereo.subarray(0, 7))).toBe(true);
    expect(isAdtsHeader(stereo.subarray(0, 6))).toBe(false);
    expect(isAdtsHeader(changed(stereo, 1, 0xe1))).toBe(false);
  });

  test("is neither a raw frame nor an AudioSpecificConfig", () => {
    for (const raw of [
      stereo.subarray(7),
      listedFirst.subarray(7),
      listedConfig,
      hex`13 08 56 e5 9d 48 80`,
    ]) {
      expect(isAdts(raw)).toBe(false);
      expect(isAdtsHeader(raw)).toBe(false);
    }
    expect(() => parseAudioSpecificConfig(stereo)).toThrow("object type 95"); // 31, escaped, and 63
  });
});

describe("a header in the place of the AudioSpecificConfig", () => {
  test("stands for one, however long it says its frame is", () => {
    expect(toHex(audioSpecificConfigOfAdts(stereo.subarray(0, 7)))).toBe("1190");
    expect(toHex(audioSpecificConfigOfAdts(hex`ff f1 4c 80 00 1f fc`))).toBe("1190");
    expect(toHex(audioSpecificConfigOfAdts(withCrc.subarray(0, 7)))).toBe("1388");
    expect(toHex(audioSpecificConfigOfAdts(stereo))).toBe("1190");
  });

  test("stands for none where it is damaged", () => {
    expect(() => audioSpecificConfigOfAdts(stereo.subarray(0, 6))).toThrow(CodecError);
    expect(() => audioSpecificConfigOfAdts(hex``)).toThrow(CodecError);
    expect(() => audioSpecificConfigOfAdts(hex`ff f3 4c 80 00 ff fc`)).toThrow("no ADTS header: ff f3");
  });

  test("needs its frame where that lists the channels", () => {
    expect(toHex(audioSpecificConfigOfAdts(listedFirst))).toBe(toHex(listedConfig));
    expect(() => audioSpecificConfigOfAdts(listedFirst.subarray(0, 7))).toThrow(
      "channel configuration 0 without a program_config_element",
    );
  });
});

test("damage throws a CodecError or nothing", () => {
  let read = 0;
  for (const whole of [joined(stereo, withCrc), joined(listedFirst, listedBehind)]) {
    for (const bytes of damaged(whole, 4000)) {
      try {
        for (const { audioSpecificConfig } of readAdtsFrames(bytes))
          parseAudioSpecificConfig(audioSpecificConfig);
        read += 1;
      } catch (error) {
        expect(error).toBeInstanceOf(CodecError);
      }
      expect(isAdts(bytes) && !isAdtsHeader(bytes)).toBe(false);
    }
  }
  expect(read).toBeGreaterThan(100); // damage that is not seen
});
