import { describe, expect, test } from "bun:test";
import { Fmp4Error } from "#media/fmp4/fmp4-error.ts";
import { encodeFragment } from "#media/fmp4/fmp4-muxer.ts";
import type { SampleRun } from "#media/fmp4/fragment-boxes.ts";
import { type Fragment, readFragment } from "#media/fmp4/fragment-reader.ts";
import type { AccessUnit } from "#media/track/track.ts";
import { damaged, seededRandom } from "#test/support/damage.ts";
import { hex, toHex } from "#test/support/hex.ts";

const fragment = hex`
  00 00 00 68  6d 6f 6f 66                    // moof, 104 bytes
    00 00 00 10  6d 66 68 64                  // mfhd
      00 00 00 00  00 00 00 07                // version, flags; sequence_number 7
    00 00 00 50  74 72 61 66                  // traf
      00 00 00 10  74 66 68 64                // tfhd
        00 02 00 00  00 00 00 02              // default-base-is-moof; track_ID 2
      00 00 00 14  74 66 64 74                // tfdt
        01 00 00 00  00 00 00 01 00 00 00 00  // version 1; baseMediaDecodeTime 2^32
      00 00 00 24  74 72 75 6e                // trun
        00 00 03 01  00 00 00 02              // data offset, sample durations and sizes; 2 samples
        00 00 00 70                           // data_offset 112
        00 00 04 00  00 00 00 03              // 1024 ticks, 3 bytes
        00 00 03 c0  00 00 00 02              // 960 ticks, 2 bytes
  00 00 00 0d  6d 64 61 74                    // mdat, 13 bytes
    aa bb cc  dd ee
`;

const SAMPLE = { compositionTimeOffset: 0, isSync: true };

test("a fragment says when its samples are decoded and where they lie", () => {
  expect(readFragment(fragment)).toEqual({
    sequenceNumber: 7,
    byteLength: fragment.byteLength,
    runs: [
      {
        trackId: 2,
        baseMediaDecodeTime: 2 ** 32,
        durationTicks: 1984,
        samples: [
          { ...SAMPLE, dts: 2 ** 32, durationTicks: 1024, byteOffset: 112, byteLength: 3 },
          { ...SAMPLE, dts: 2 ** 32 + 1024, durationTicks: 960, byteOffset: 115, byteLength: 2 },
        ],
      },
    ],
  });
});

test("the defaults of the header hold for samples that do not say otherwise", () => {
  const read = readFragment(hex`
    00 00 00 70  6d 6f 6f 66                    // moof, 112 bytes
      00 00 00 10  6d 66 68 64
        00 00 00 00  00 00 00 01                // sequence_number 1
      00 00 00 58  74 72 61 66                  // traf
        00 00 00 20  74 66 68 64                // tfhd
          00 02 00 3a  00 00 00 01              // sample description index, default duration, size, flags; track_ID 1
          00 00 00 01                           // sample_description_index 1
          00 00 0b b8  00 00 00 02              // 3000 ticks, 2 bytes
          01 01 00 00                           // no sync samples
        00 00 00 10  74 66 64 74                // tfdt
          00 00 00 00  00 00 00 05              // version 0; baseMediaDecodeTime 5
        00 00 00 20  74 72 75 6e                // trun
          01 00 08 05  00 00 00 02              // version 1; data offset, first sample flags, composition; 2 samples
          00 00 00 78  02 00 00 00              // data_offset 120; the first one is a sync sample
          00 00 17 70  ff ff f4 48              // 6000 and -3000 ticks
    00 00 00 0c  6d 64 61 74                    // mdat
      aa bb  cc dd
  `);
  expect(read?.runs).toEqual([
    {
      trackId: 1,
      baseMediaDecodeTime: 5,
      durationTicks: 6000,
      samples: [
        {
          dts: 5,
          durationTicks: 3000,
          compositionTimeOffset: 6000,
          isSync: true,
          byteOffset: 120,
          byteLength: 2,
        },
        {
          dts: 3005,
          durationTicks: 3000,
          compositionTimeOffset: -3000,
          isSync: false,
          byteOffset: 122,
          byteLength: 2,
        },
      ],
    },
  ]);
});

test("what the muxer wrote reads back, whatever the samples are like", () => {
  const random = seededRandom(1);
  for (let round = 0; round < 200; round += 1) {
    const runs = [someRun(1, "video", random), someRun(2, "audio", random)].slice(0, 1 + (round % 2));
    const bytes = encodeFragment(round, runs);
    const read = readFragment(bytes);
    expect(read).toMatchObject({ sequenceNumber: round, byteLength: bytes.byteLength });
    expect(read === null ? [] : contentOf(read, bytes)).toEqual(runs.map(expectedOf));
  }
});

test("fragments are read one after the other", () => {
  const bytes = new Uint8Array([...fragment, ...fragment, ...fragment.subarray(0, 20)]);
  const second = readFragment(bytes, fragment.byteLength);
  expect(second).toEqual(readFragment(fragment));
  expect(readFragment(bytes, 2 * fragment.byteLength)).toBeNull();
  expect(readFragment(bytes, bytes.byteLength)).toBeNull();
});

test("a fragment that is torn at any byte is not there", () => {
  for (let length = 0; length < fragment.byteLength; length += 1) {
    expect(readFragment(fragment.slice(0, length))).toBeNull();
  }
});

describe("refuses", () => {
  test.each([
    ["what is no fragment", 4, "66 74 79 70", 'expected a moof box, found "ftyp"'],
    ["a fragment without its payload", 108, "66 72 65 65", 'expected an mdat box, found "free"'],
    ["a box shorter than its header", 0, "00 00 00 07", 'a "moof" box of 7 bytes'],
    ["a box of 64-bit length", 104, "00 00 00 01", 'a "mdat" box of 1 bytes'],
    ["a box within shorter than its header", 8, "00 00 00 00", 'a "mfhd" box of 0 bytes'],
    ["a box that reaches past the one around it", 8, "00 00 01 00", "moof: "],
    ["a fragment without mfhd", 12, "66 72 65 65", "a moof without mfhd"],
    ["a track without tfhd", 36, "66 72 65 65", "a trun before tfhd and tfdt"],
    ["a track without tfdt", 52, "66 72 65 65", "a trun before tfhd and tfdt"],
    ["offsets from the beginning of a file", 40, "00 02 00 01", "a tfhd with a base_data_offset of its own"],
    ["samples that lie nobody knows where", 76, "00 00 03 00", "a trun without data_offset"],
    ["a sample before the payload", 84, "00 00 00 6f", "a sample at 111 of 3 bytes, mdat is 112 to 117"],
    ["a sample behind the payload", 100, "00 00 00 03", "a sample at 115 of 3 bytes, mdat is 112 to 117"],
    ["an offset before the fragment", 84, "ff ff ff ff", "a sample at -1 of 3 bytes, mdat is 112 to 117"],
    ["more samples than any fragment has", 80, "00 01 86 a1", "a trun of 100001 samples"],
    ["more samples than there is room for", 80, "00 00 00 03", "moof: "],
  ])("%s", (_, at, changed, message) => {
    expect(() => readFragment(withBytes(at, changed))).toThrow(Fmp4Error);
    expect(() => readFragment(withBytes(at, changed))).toThrow(message);
  });
});

test("a track without samples has none", () => {
  const { runs = [] } = readFragment(withBytes(72, "66 72 65 65")) ?? {};
  expect(runs).toEqual([{ trackId: 2, baseMediaDecodeTime: 2 ** 32, durationTicks: 0, samples: [] }]);
});

test("boxes that nobody knows are passed over", () => {
  expect(readFragment(withBytes(28, "66 72 65 65"))).toMatchObject({ sequenceNumber: 7, runs: [] });
});

test("damage is refused or read, and nothing else", () => {
  for (const bytes of damaged(fragment, 20_000)) {
    try {
      const read = readFragment(bytes);
      if (read !== null) expect(read.byteLength).toBeLessThanOrEqual(bytes.byteLength);
    } catch (error) {
      expect(error).toBeInstanceOf(Fmp4Error);
    }
  }
});

/** The fragment with other bytes from a position on. */
function withBytes(at: number, changed: string): Uint8Array {
  const bytes = fragment.slice();
  bytes.set(hex`${changed}`, at);
  return bytes;
}

function someRun(trackId: number, kind: SampleRun["kind"], random: () => number): SampleRun {
  const areEven = random() < 0.5;
  const areReordered = random() < 0.5;
  const samples: AccessUnit[] = [];
  let dts = Math.floor(random() * 2 ** 40);
  for (let count = 1 + Math.floor(random() * 20); count > 0; count -= 1) {
    const pts = dts + (areReordered ? Math.floor(random() * 9000) : 0);
    const isSync = kind === "audio" || samples.length === 0 || random() < 0.1;
    const data = new Uint8Array(Math.floor(random() * 50)).fill(samples.length);
    samples.push({ trackId, dts, pts, isSync, data });
    dts += areEven ? 3000 : 1 + Math.floor(random() * 6000);
  }
  return { trackId, kind, samples, endDts: dts };
}

/** The samples as they were given. */
function expectedOf({ trackId, samples, endDts }: SampleRun): unknown {
  return {
    trackId,
    endDts,
    samples: samples.map(({ dts, pts, isSync, data }) => [dts, pts, isSync, toHex(data)]),
  };
}

/** The same of what was read, the bytes looked up where they are said to lie. */
function contentOf({ runs }: Fragment, bytes: Uint8Array): unknown {
  return runs.map(({ trackId, baseMediaDecodeTime, durationTicks, samples }) => ({
    trackId,
    endDts: baseMediaDecodeTime + durationTicks,
    samples: samples.map(({ dts, compositionTimeOffset, isSync, byteOffset, byteLength }) => [
      dts,
      dts + compositionTimeOffset,
      isSync,
      toHex(bytes.subarray(byteOffset, byteOffset + byteLength)),
    ]),
  }));
}
