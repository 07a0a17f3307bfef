import { describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ByteWriter } from "#media/bytes/byte-writer.ts";
import { silentFrame } from "#media/codecs/aac/silent-frame.ts";
import { bitFields } from "#test/support/bit-fields.ts";
import { hex, toHex } from "#test/support/hex.ts";
import { areInstalled, Program } from "#test/support/program.ts";

/** By channelConfiguration. */
const CHANNELS = [0, 1, 2, 3, 4, 5, 6, 8];
const FRAMES = 4;

const icsInfo = ["0", "00", "0", "000000", "0"]; // reserved, long window, sine, no band, no prediction
const noTools = ["0", "0", "0"]; // pulse, TNS, gain control
const channel = ["01100100", ...icsInfo, ...noTools]; // gain 100
const pair = ["1", ...icsInfo, "00", "01100100", ...noTools, "01100100", ...noTools]; // common window, no M/S
const END = "111";

const center = ["000", "0000", ...channel];
const back = ["000", "0001", ...channel];
const firstPair = ["001", "0000", ...pair];
const secondPair = ["001", "0001", ...pair];
const thirdPair = ["001", "0010", ...pair];
const lowFrequencies = ["011", "0000", ...channel];

test.each([
  [1, [...center]],
  [2, [...firstPair]],
  [3, [...center, ...firstPair]],
  [4, [...center, ...firstPair, ...back]],
  [5, [...center, ...firstPair, ...secondPair]],
  [6, [...center, ...firstPair, ...secondPair, ...lowFrequencies]],
  [7, [...center, ...firstPair, ...secondPair, ...thirdPair, ...lowFrequencies]],
])("channel configuration %d has its elements, each kind with tags of its own", (configuration, elements) => {
  expect(toHex(silentFrame(configuration) ?? bitFields())).toBe(toHex(bitFields(...elements, END)));
});

test("what a program_config_element lists and what is reserved has no silence", () => {
  for (const unknown of [-1, 0, 8, 11, 12, 14, 15, 1.5]) expect(silentFrame(unknown)).toBeNull();
});

describe.skipIf(!areInstalled("ffmpeg"))("FFmpeg hears nothing, and nothing wrong", () => {
  for (const [rate, samplingFrequencyIndex] of [
    [48_000, 3],
    [8000, 11],
  ] as const) {
    test.each([1, 2, 3, 4, 5, 6, 7])(`at ${rate} Hz in channel configuration %d`, async (configuration) => {
      const frame = silentFrame(configuration) ?? bitFields();
      const frames = Array.from({ length: FRAMES }, () => adts(frame, samplingFrequencyIndex, configuration));
      const samples = await decoded("aac", frames);
      expect(samples.length).toBe(FRAMES * 1024 * (CHANNELS[configuration] ?? 0));
      expect(samples.every((sample) => sample === 0)).toBe(true);
    });
  }

  test.each([
    ["AAC Main", bitFields("00001", "0011", "0010", "000"), 2, 1024 * 2],
    ["AAC LTP", bitFields("00100", "0011", "0010", "000"), 2, 1024 * 2],
    ["frames of 960 samples", bitFields("00010", "0011", "0010", "100"), 2, 960 * 2],
    ["SBR told first", hex`2b 92 08 00`, 2, 2048 * 2],
    ["SBR told after the core", hex`13 10 56 e5 98`, 2, 2048 * 2],
    ["SBR and PS told first", hex`eb 8a 08 00`, 1, 2048 * 2],
    ["SBR and PS told after the core", hex`13 08 56 e5 9d 48 80`, 1, 2048 * 2],
  ] as const)("in %s", async (_, config, configuration, samplesPerFrame) => {
    const frame = Buffer.concat([hex`af 01`, silentFrame(configuration) ?? bitFields()]); // AAC, raw
    const samples = await decoded("flv", [
      ...[hex`46 4c 56  01 04  00 00 00 09  00 00 00 00`], // an FLV file, with audio
      flvAudio(0, Buffer.concat([hex`af 00`, config])), // AAC, sequence header
      ...Array.from({ length: FRAMES }, (_element, index) => flvAudio(index * 21, frame)),
    ]);
    expect(samples.length).toBe(FRAMES * samplesPerFrame);
    expect(samples.every((sample) => sample === 0)).toBe(true);
  });
});

function adts(frame: Uint8Array, samplingFrequencyIndex: number, channelConfiguration: number): Uint8Array {
  const header = bitFields(
    ...["111111111111", "0", "00", "1"], // syncword, MPEG-4, layer, protection_absent
    "01", // profile
    samplingFrequencyIndex.toString(2).padStart(4, "0"),
    "0", // private_bit
    channelConfiguration.toString(2).padStart(3, "0"),
    "0000", // original_copy, home, copyright_identification_bit and _start
    (7 + frame.byteLength).toString(2).padStart(13, "0"), // aac_frame_length
    ...["11111111111", "00"], // adts_buffer_fullness, number_of_raw_data_blocks_in_frame
  );
  return Buffer.concat([header, frame]);
}

/** A tag of an FLV file. */
function flvAudio(timestampMs: number, body: Uint8Array): Uint8Array {
  return new ByteWriter()
    .u8(8) // audio
    .u24(body.byteLength)
    .u24(timestampMs)
    .u32(0) // its upper byte, and StreamID
    .bytes(body)
    .u32(11 + body.byteLength) // PreviousTagSize
    .take();
}

/** As 32-bit floats, all channels. */
async function decoded(format: string, parts: readonly Uint8Array[]): Promise<Float32Array> {
  const folder = await mkdtemp(join(tmpdir(), "tandem-silence-"));
  try {
    await Bun.write(join(folder, "silence"), Buffer.concat(parts));
    const { exitCode, stderr } = await new Program([
      ...["ffmpeg", "-nostdin", "-xerror", "-v", "error", "-f", format, "-i", join(folder, "silence")],
      ...["-f", "f32le", "-c:a", "pcm_f32le", join(folder, "silence.pcm")],
    ]).result;
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
    return new Float32Array(await Bun.file(join(folder, "silence.pcm")).arrayBuffer());
  } finally {
    await rm(folder, { recursive: true });
  }
}
