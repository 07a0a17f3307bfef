import { beforeEach, describe, expect, test } from "bun:test";
import { silentFrame } from "#media/codecs/aac/silent-frame.ts";
import { AudioDemuxer } from "#media/flv/audio-demuxer.ts";
import type { DemuxedItem } from "#media/flv/demuxed-item.ts";
import { RTMP_CLOCK } from "#media/flv/rtmp-clock.ts";
import { bitFields } from "#test/support/bit-fields.ts";
import { hex, toHex } from "#test/support/hex.ts";

const LC_48_STEREO = hex`11 90`;
const LC_24_STEREO_WITH_SBR = hex`13 10 56 e5 98`;
const LC_44_STEREO = hex`12 10`;

let demuxer: AudioDemuxer;
beforeEach(() => {
  demuxer = new AudioDemuxer();
});

function configure(config: Uint8Array): readonly DemuxedItem[] {
  return demuxer.push(Uint8Array.of(0xaf, 0, ...config), 0);
}

function frame(body: Uint8Array, timestampMs = 0): readonly DemuxedItem[] {
  return demuxer.push(Uint8Array.of(0xaf, 1, ...body), timestampMs);
}

/** AAC LC in two channels; index 3 is 48 kHz, 4 is 44.1 kHz, 6 is 24 kHz. */
function adts(payload: Uint8Array, samplingFrequencyIndex = 3, channels = 2): Uint8Array {
  const header = bitFields(
    ...["111111111111", "0", "00", "1", "01", samplingFrequencyIndex.toString(2).padStart(4, "0"), "0"],
    ...[
      channels.toString(2).padStart(3, "0"),
      "0000",
      (7 + payload.byteLength).toString(2).padStart(13, "0"),
    ],
    ...["11111111111", "00"],
  );
  return Buffer.concat([header, payload]);
}

function described(items: readonly DemuxedItem[]): string[] {
  return items.map((item) => {
    if (item.type === "unit") return `${toHex(item.unit.data)} at ${item.unit.sentDts}`;
    return item.type === "track"
      ? `${item.track.timescale} ${toHex(item.track.configuration.record)}`
      : item.type;
  });
}

describe("bare frames", () => {
  test("are units at the time of their message", () => {
    configure(LC_48_STEREO);
    expect(frame(hex`21 00`, 77)).toEqual([
      {
        type: "unit",
        unit: {
          ...{ trackId: 2, clock: RTMP_CLOCK, sentDts: 77 },
          ...{ compositionTime: 0, isSync: true, data: hex`21 00` },
        },
      },
    ]);
  });

  test("nobody can decode before there is a configuration", () => {
    expect(frame(hex`21 00`)).toEqual([{ type: "undecodable", kind: "audio", form: "no-configuration" }]);
  });

  test("and configurations of no bytes are nothing", () => {
    expect(frame(hex``)).toEqual([]);
    expect(configure(hex``)).toEqual([]);
  });
});

describe("a configuration", () => {
  test("is told once, and again when it is another", () => {
    expect(described(configure(LC_48_STEREO))).toEqual(["48000 1190"]);
    expect(configure(LC_48_STEREO)).toEqual([]);
    expect(described(configure(LC_44_STEREO))).toEqual(["44100 1210"]);
    expect(described(configure(LC_48_STEREO))).toEqual(["48000 1190"]);
  });

  test("that is damaged leaves the one before it", () => {
    configure(LC_48_STEREO);
    expect(() => configure(hex`12`)).toThrow();
    expect(configure(LC_48_STEREO)).toEqual([]);
    expect(described(frame(hex`21`))).toEqual(["21 at 0"]);
  });

  test("may be an ADTS header", () => {
    expect(described(configure(adts(hex``)))).toEqual(["48000 1190"]);
    expect(configure(LC_48_STEREO)).toEqual([]);
  });

  test("says how long a frame is heard", () => {
    expect(demuxer.frameMs).toBeNull();
    configure(LC_48_STEREO);
    expect(demuxer.frameMs).toBeCloseTo(21.333, 3);
    configure(hex`14 08`);
    expect(demuxer.frameMs).toBe(64);
  });
});

describe("frames in ADTS", () => {
  test("are told their configuration by their header, once", () => {
    expect(described(frame(adts(hex`21 00`), 5))).toEqual(["48000 1190", "2100 at 5"]);
    expect(described(frame(adts(hex`21 01`), 26))).toEqual(["2101 at 26"]);
  });

  test("of one message are heard one after the other", () => {
    configure(LC_48_STEREO);
    const four = Buffer.concat([1, 2, 3, 4].map((value) => adts(Uint8Array.of(0x21, value))));
    expect(described(frame(four, 100))).toEqual(["2101 at 100", "2102 at 121", "2103 at 143", "2104 at 164"]);
    expect(described(frame(Buffer.concat([adts(hex`21 05`, 4), adts(hex`21 06`, 4)]), 200))).toEqual([
      ...["44100 1210", "2105 at 200", "2106 at 223"],
    ]);
  });

  test("keep a configuration that says more than they can: the core is the same", () => {
    configure(LC_24_STEREO_WITH_SBR);
    expect(described(frame(adts(hex`21 00`, 6)))).toEqual(["2100 at 0"]);
  });

  test("of another rate or of other channels have another", () => {
    configure(LC_48_STEREO);
    expect(described(frame(adts(hex`21 00`, 4)))).toEqual(["44100 1210", "2100 at 0"]);
    expect(described(frame(adts(hex`01 00`, 4, 1)))).toEqual(["44100 1208", "0100 at 0"]);
  });
});

describe("silence", () => {
  test("is of the configuration's channels, and no unit of the encoder's", () => {
    expect(demuxer.silence(5)).toBeNull();
    for (const [config, channels] of [
      [LC_48_STEREO, 2],
      [hex`11 88`, 1],
    ] as const) {
      configure(config);
      expect(demuxer.silence(5)).toEqual({
        ...{ trackId: 2, clock: RTMP_CLOCK, sentDts: 5, compositionTime: 0, isSync: true },
        ...{ hints: { isFiller: true }, data: silentFrame(channels) ?? hex`` },
      });
    }
  });

  test("is none where nobody knows the channels", () => {
    configure(hex`11 80 04 c8 44 00 20 00 c4 00`);
    expect(demuxer.silence(5)).toBeNull();
  });
});
