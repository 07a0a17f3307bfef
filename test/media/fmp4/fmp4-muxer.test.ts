import { describe, expect, test } from "bun:test";
import type { H264Configuration } from "#media/codecs/h264/h264-configuration.ts";
import { encodeFragment, encodeInitialization } from "#media/fmp4/fmp4-muxer.ts";
import type { SampleRun } from "#media/fmp4/fragment-boxes.ts";
import type { AccessUnit, Track } from "#media/track/track.ts";
import { hex, toHex } from "#test/support/hex.ts";
import { audioTrack, videoTrack } from "#test/support/tracks.ts";

describe("an initialization", () => {
  test("of sound alone, whole", () => {
    expect(toHex(encodeInitialization([audioTrack]))).toBe(
      toHex(hex`
        00 00 00 20  66 74 79 70                        // ftyp
          69 73 6f 36  00 00 00 00                      // iso6, minor_version 0
          69 73 6f 36  63 6d 66 63                      // iso6, cmfc
          63 6d 66 32  68 6c 73 66                      // cmf2, hlsf
        00 00 02 3d  6d 6f 6f 76                        // moov
          00 00 00 6c  6d 76 68 64                      // mvhd
            00 00 00 00  00 00 00 00  00 00 00 00       // version, flags; creation_time, modification_time
            00 00 03 e8  00 00 00 00                    // timescale 1000, duration 0
            00 01 00 00  01 00                          // rate 1, volume 1
            00 00  00 00 00 00  00 00 00 00             // reserved
            00 01 00 00  00 00 00 00  00 00 00 00       // matrix
            00 00 00 00  00 01 00 00  00 00 00 00
            00 00 00 00  00 00 00 00  40 00 00 00
            00 00 00 00  00 00 00 00  00 00 00 00       // pre_defined
            00 00 00 00  00 00 00 00  00 00 00 00
            00 00 00 02                                 // next_track_ID
          00 00 01 a1  74 72 61 6b                      // trak
            00 00 00 5c  74 6b 68 64                    // tkhd
              00 00 00 03                               // version; enabled, in the movie
              00 00 00 00  00 00 00 00                  // creation_time, modification_time
              00 00 00 01  00 00 00 00  00 00 00 00     // track_ID 1, reserved, duration 0
              00 00 00 00  00 00 00 00                  // reserved
              00 00  00 01  01 00  00 00                // layer, alternate_group 1, volume 1, reserved
              00 01 00 00  00 00 00 00  00 00 00 00     // matrix
              00 00 00 00  00 01 00 00  00 00 00 00
              00 00 00 00  00 00 00 00  40 00 00 00
              00 00 00 00  00 00 00 00                  // no width, no height
            00 00 01 3d  6d 64 69 61                    // mdia
              00 00 00 20  6d 64 68 64                  // mdhd
                00 00 00 00  00 00 00 00  00 00 00 00   // version, flags; creation_time, modification_time
                00 00 bb 80  00 00 00 00                // timescale 48000, duration 0
                55 c4  00 00                            // und, pre_defined
              00 00 00 26  68 64 6c 72                  // hdlr
                00 00 00 00  00 00 00 00                // version, flags; pre_defined
                73 6f 75 6e                             // soun
                00 00 00 00  00 00 00 00  00 00 00 00   // reserved
                41 75 64 69 6f 00                       // Audio
              00 00 00 ef  6d 69 6e 66                  // minf
                00 00 00 10  73 6d 68 64                // smhd
                  00 00 00 00  00 00  00 00             // version, flags; balance, reserved
                00 00 00 24  64 69 6e 66                // dinf
                  00 00 00 1c  64 72 65 66              // dref
                    00 00 00 00  00 00 00 01            // version, flags; one entry
                    00 00 00 0c  75 72 6c 20            // url
                      00 00 00 01                       // in this file
                00 00 00 b3  73 74 62 6c                // stbl
                  00 00 00 67  73 74 73 64              // stsd
                    00 00 00 00  00 00 00 01            // version, flags; one entry
                    00 00 00 57  6d 70 34 61            // mp4a
                      00 00 00 00 00 00  00 01          // reserved, data_reference_index 1
                      00 00 00 00  00 00 00 00          // reserved
                      00 02  00 10  00 00  00 00        // 2 channels of 16 bits, pre_defined, reserved
                      bb 80  00 00                      // 48000
                      00 00 00 33  65 73 64 73          // esds
                        00 00 00 00                     // version, flags
                        03 80 80 80 22                  // ES_Descriptor, 34 bytes
                          00 00  00                     // ES_ID, nothing optional
                          04 80 80 80 14                // DecoderConfigDescriptor, 20 bytes
                            40  15                      // MPEG-4 audio; audio stream
                            00 00 00                    // bufferSizeDB
                            00 00 00 00  00 00 00 00    // maxBitrate, avgBitrate
                            05 80 80 80 02              // DecoderSpecificInfo, 2 bytes
                              11 90                     // AAC LC, 48 kHz, stereo
                          06 80 80 80 01  02            // SLConfigDescriptor
                  00 00 00 10  73 74 74 73              // stts
                    00 00 00 00  00 00 00 00
                  00 00 00 10  73 74 73 63              // stsc
                    00 00 00 00  00 00 00 00
                  00 00 00 14  73 74 73 7a              // stsz
                    00 00 00 00  00 00 00 00  00 00 00 00
                  00 00 00 10  73 74 63 6f              // stco
                    00 00 00 00  00 00 00 00
          00 00 00 28  6d 76 65 78                      // mvex
            00 00 00 20  74 72 65 78                    // trex
              00 00 00 00  00 00 00 01                  // version, flags; track_ID 1
              00 00 00 01  00 00 00 00  00 00 00 00     // description 1, no default duration, no default size
              02 00 00 00                               // depends on no other sample
      `),
    );
  });

  test("of a picture says how it is coded and how large it is", () => {
    const bytes = encodeInitialization([videoTrack]);
    expect(toHex(boxIn(bytes, "tkhd").slice(-8))).toBe(toHex(hex`02 80 00 00  01 68 00 00`)); // 640 × 360, 16.16
    expect(toHex(boxIn(bytes, "mdhd").slice(20, 24))).toBe(toHex(hex`00 01 5f 90`)); // 90 kHz
    expect(toHex(boxIn(bytes, "hdlr").slice(16, 20))).toBe(toHex(hex`76 69 64 65`)); // vide
    expect(toHex(boxIn(bytes, "vmhd"))).toBe(
      toHex(hex`
        00 00 00 14  76 6d 68 64
          00 00 00 01                        // version; flags 1
          00 00  00 00 00 00 00 00           // graphicsmode: copy; opcolor
      `),
    );
    expect(toHex(boxIn(bytes, "stsd"))).toBe(
      toHex(hex`
        00 00 00 75  73 74 73 64
          00 00 00 00  00 00 00 01           // version, flags; one entry
          00 00 00 65  61 76 63 31           // avc1
            00 00 00 00 00 00  00 01         // reserved, data_reference_index 1
            00 00  00 00                     // pre_defined, reserved
            00 00 00 00  00 00 00 00  00 00 00 00  // pre_defined
            02 80  01 68                     // 640 × 360
            00 48 00 00  00 48 00 00         // 72 dpi each way
            00 00 00 00  00 01               // reserved, frame_count 1
            00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00  // compressorname
            00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00
            00 18  ff ff                     // depth, pre_defined
            00 00 00 0f  61 76 63 43         // avcC
              01 42 c0 1e ff e0 00           // as the encoder sent it
      `),
    );
    expect(toHex(boxIn(bytes, "trex").slice(-4))).toBe(toHex(hex`01 01 00 00`)); // depends on others
  });

  test("of pixels that are not square is shown as wide as they are meant", () => {
    const bytes = encodeInitialization([anamorphic({ horizontal: 64, vertical: 45 })]);
    expect(toHex(boxIn(bytes, "tkhd").slice(-8))).toBe(toHex(hex`04 00 00 00  02 40 00 00`)); // 1024 × 576
    expect(toHex(boxIn(bytes, "avc1").slice(32, 36))).toBe(toHex(hex`02 d0  02 40`)); // coded as 720 × 576
    expect(toHex(boxIn(bytes, "pasp"))).toBe(toHex(hex`00 00 00 10  70 61 73 70  00 00 00 40  00 00 00 2d`));
  });

  test("numbers its tracks in their order", () => {
    const bytes = encodeInitialization([videoTrack, audioTrack]);
    expect(trackIdsIn(bytes, "tkhd", 20)).toEqual([1, 2]);
    expect(trackIdsIn(bytes, "trex", 12)).toEqual([1, 2]);
    expect(toHex(boxIn(bytes, "mvhd").slice(-4))).toBe(toHex(hex`00 00 00 03`)); // next_track_ID
  });

  test("of a sample rate beyond 16 bits leaves it to the codec's own record", () => {
    const track: Track = {
      ...audioTrack,
      timescale: 96_000,
      configuration: {
        codec: "aac",
        record: Uint8Array.of(0x10, 0x10),
        codecString: "mp4a.40.2",
        sampleRate: 96_000,
        channelConfiguration: 2,
        channels: 2,
        samplesPerFrame: 1024,
      },
    };
    const bytes = encodeInitialization([track]);
    expect(toHex(boxIn(bytes, "mdhd").slice(20, 24))).toBe(toHex(hex`00 01 77 00`)); // 96 kHz
    expect(toHex(boxIn(bytes, "mp4a").slice(32, 36))).toBe(toHex(hex`00 00  00 00`));
    expect(toHex(boxIn(bytes, "esds"))).toContain(toHex(hex`05 80 80 80 02  10 10`));
  });
});

describe("a fragment", () => {
  test("of even sound leaves out what all its samples share", () => {
    const samples = [unit(2 ** 33, hex`aa bb cc`), unit(2 ** 33 + 1024, hex`dd`)];
    const run: SampleRun = { trackId: 2, kind: "audio", samples, endDts: 2 ** 33 + 2048 };
    expect(toHex(encodeFragment(9, [run]))).toBe(
      toHex(hex`
        00 00 00 68  6d 6f 6f 66                    // moof, 104 bytes
          00 00 00 10  6d 66 68 64                  // mfhd
            00 00 00 00  00 00 00 09                // sequence_number 9
          00 00 00 50  74 72 61 66                  // traf
            00 00 00 18  74 66 68 64                // tfhd
              00 02 00 28  00 00 00 02              // default-base-is-moof, default duration and flags; track_ID 2
              00 00 04 00  02 00 00 00              // 1024 ticks; depends on no other
            00 00 00 14  74 66 64 74                // tfdt
              01 00 00 00  00 00 00 02 00 00 00 00  // version 1; baseMediaDecodeTime 2^33
            00 00 00 1c  74 72 75 6e                // trun
              00 00 02 01  00 00 00 02              // data offset, sample sizes; 2 samples
              00 00 00 70                           // data_offset 112
              00 00 00 03                           // 3 bytes
              00 00 00 01                           // 1 byte
        00 00 00 0c  6d 64 61 74                    // mdat
          aa bb cc  dd
      `),
    );
  });

  test("of pictures from a key frame on marks that one alone, and says when each is shown", () => {
    const samples = [
      unit(3000, hex`65 00`, { isSync: true, pts: 6000 }),
      unit(6000, hex`41`, { isSync: false, pts: 12_000 }),
      unit(9000, hex`01`, { isSync: false, pts: 9000 }),
    ];
    const run: SampleRun = { trackId: 1, kind: "video", samples, endDts: 12_000 };
    expect(toHex(encodeFragment(1, [run]))).toBe(
      toHex(hex`
        00 00 00 7c  6d 6f 6f 66                    // moof, 124 bytes
          00 00 00 10  6d 66 68 64
            00 00 00 00  00 00 00 01                // sequence_number 1
          00 00 00 64  74 72 61 66                  // traf
            00 00 00 18  74 66 68 64                // tfhd
              00 02 00 28  00 00 00 01              // track_ID 1
              00 00 0b b8  01 01 00 00              // 3000 ticks; depends on others, no sync sample
            00 00 00 14  74 66 64 74                // tfdt
              01 00 00 00  00 00 00 00 00 00 0b b8  // 3000
            00 00 00 30  74 72 75 6e                // trun
              00 00 0a 05  00 00 00 03              // data offset, first sample flags, sizes, composition; 3 samples
              00 00 00 84  02 00 00 00              // data_offset 132; the first depends on no other
              00 00 00 02  00 00 0b b8              // 2 bytes, shown 3000 later
              00 00 00 01  00 00 17 70              // 1 byte, shown 6000 later
              00 00 00 01  00 00 00 00              // 1 byte, shown at once
        00 00 00 0c  6d 64 61 74                    // mdat
          65 00  41  01
      `),
    );
  });

  test("with a key frame in its midst, at uneven steps, says everything of each", () => {
    const samples = [
      unit(0, hex`41`, { isSync: false }),
      unit(3000, hex`65`, { isSync: true }),
      unit(6001, hex`41`, { isSync: false }),
    ];
    const bytes = encodeFragment(1, [{ trackId: 1, kind: "video", samples, endDts: 9001 }]);
    expect(toHex(boxIn(bytes, "tfhd"))).toBe(
      toHex(hex`00 00 00 14  74 66 68 64  00 02 00 20  00 00 00 01  01 01 00 00`), // no default duration
    );
    expect(toHex(boxIn(bytes, "trun"))).toBe(
      toHex(hex`
        00 00 00 38  74 72 75 6e
          00 00 07 01  00 00 00 03           // data offset, durations, sizes, flags; 3 samples
          00 00 00 88                        // data_offset 136
          00 00 0b b8  00 00 00 01  01 01 00 00
          00 00 0b b9  00 00 00 01  02 00 00 00
          00 00 0b b8  00 00 00 01  01 01 00 00
      `),
    );
  });

  test("of two tracks holds the payload of one behind that of the other", () => {
    const video = [unit(0, hex`65 01 02`, { isSync: true })];
    const audio = [unit(0, hex`aa`), unit(1024, hex`bb cc`)];
    const bytes = encodeFragment(1, [
      { trackId: 1, kind: "video", samples: video, endDts: 3000 },
      { trackId: 2, kind: "audio", samples: audio, endDts: 2048 },
    ]);
    expect(toHex(bytes.slice(-14))).toBe(toHex(hex`00 00 00 0e  6d 64 61 74  65 01 02  aa  bb cc`));
    const mdat = bytes.byteLength - 6;
    expect(dataOffsetsIn(bytes)).toEqual([mdat, mdat + 3]);
  });

  test("leaves its samples as they were and shares no bytes with them", () => {
    const data = hex`aa bb`;
    const bytes = encodeFragment(1, [{ trackId: 1, kind: "audio", samples: [unit(0, data)], endDts: 1024 }]);
    bytes.fill(0);
    expect(toHex(data)).toBe("aabb");
  });
});

function unit(dts: number, data: Uint8Array, rest: Partial<AccessUnit> = {}): AccessUnit {
  return { trackId: 1, dts, pts: dts, isSync: true, data, ...rest };
}

function anamorphic(sampleAspectRatio: NonNullable<H264Configuration["sampleAspectRatio"]>): Track {
  const configuration: H264Configuration = {
    codec: "h264",
    record: Uint8Array.of(1, 0x42, 0xc0, 0x1e, 0xff, 0xe0, 0),
    codecString: "avc1.42c01e",
    width: 720,
    height: 576,
    sampleAspectRatio,
    frameRate: 25,
    nalUnitLengthSize: 4,
  };
  return { ...videoTrack, configuration };
}

/** The first box of this type, wherever it is. Throws when there is none. */
function boxIn(bytes: Uint8Array, type: string): Buffer {
  const [box] = boxesIn(bytes, type);
  if (box === undefined) throw new Error(`there is no ${type}`);
  return box;
}

function boxesIn(bytes: Uint8Array, type: string): Buffer[] {
  const whole = Buffer.from(bytes);
  const boxes: Buffer[] = [];
  for (let at = whole.indexOf(type); at !== -1; at = whole.indexOf(type, at + 4)) {
    boxes.push(whole.subarray(at - 4, at - 4 + whole.readUInt32BE(at - 4)));
  }
  return boxes;
}

function trackIdsIn(bytes: Uint8Array, type: string, at: number): number[] {
  return boxesIn(bytes, type).map((box) => box.readUInt32BE(at));
}

function dataOffsetsIn(bytes: Uint8Array): number[] {
  return boxesIn(bytes, "trun").map((box) => box.readInt32BE(16));
}
