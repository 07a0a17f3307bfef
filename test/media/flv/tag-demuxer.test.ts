import { expect, test } from "bun:test";
import type { DemuxedItem } from "#media/flv/demuxed-item.ts";
import { FlvError } from "#media/flv/flv-error.ts";
import { RTMP_CLOCK } from "#media/flv/rtmp-clock.ts";
import { type FlvMessage, TagDemuxer } from "#media/flv/tag-demuxer.ts";
import type { Track } from "#media/track/track.ts";
import { damaged, seededRandom } from "#test/support/damage.ts";
import { hex } from "#test/support/hex.ts";

const record720 = hex`
  01 64 00 20 ff e1 00 18  // version, profile, level, 4-byte lengths, one SPS
  67 64 00 20 ac b4 02 80 2d d8 08 80 00 00 03 00 80 00 00 32 07 8c 19 50
  01 00 04 68 ce 0f c8     // one PPS
`;
const record1080 = hex`
  01 42 c0 28 ff e1 00 17
  67 42 c0 28 da 01 e0 08 9f 97 01 10 00 00 3e 90 00 0e a6 00 f1 83 2a
  01 00 04 68 ce 0f c8
`;

const videoHeader = (record: Uint8Array) => video(Uint8Array.of(0x17, 0, 0, 0, 0, ...record));
const audioHeader = audio(hex`af 00 12 10`);
const keyFrame = hex`17 01 000050  00000003 65 88 84`;

function video(payload: Uint8Array, timestampMs = 0): FlvMessage {
  return { kind: "video", timestampMs, payload };
}

function audio(payload: Uint8Array, timestampMs = 0): FlvMessage {
  return { kind: "audio", timestampMs, payload };
}

/** What came of one message; null where that is nothing. */
function only(items: readonly DemuxedItem[]): DemuxedItem | null {
  expect(items.length).toBeLessThanOrEqual(1);
  return items[0] ?? null;
}

function trackOf(items: readonly DemuxedItem[]): Track {
  const item = only(items);

  if (item?.type !== "track") throw new Error("no track");
  return item.track;
}

/** It knows its tracks, and that its pictures come whole. */
function configured(): TagDemuxer {
  const demuxer = new TagDemuxer();
  demuxer.push(videoHeader(record720));
  demuxer.push(audioHeader);
  demuxer.push(video(keyFrame));
  demuxer.push(video(keyFrame));
  return demuxer;
}

test("a video sequence header is a track of 90,000 ticks a second", () => {
  expect(only(new TagDemuxer().push(videoHeader(record720)))).toEqual({
    type: "track",
    track: {
      id: 1,
      kind: "video",
      timescale: 90_000,
      configuration: {
        codec: "h264",
        record: record720,
        codecString: "avc1.640020",
        width: 1280,
        height: 720,
        sampleAspectRatio: { horizontal: 1, vertical: 1 },
        frameRate: 50,
        nalUnitLengthSize: 4,
      },
    },
  });
});

test("an audio sequence header is a track of the core's sample rate", () => {
  expect(only(new TagDemuxer().push(audio(hex`af 00 13 10 56 e5 98`)))).toEqual({
    type: "track",
    track: {
      id: 2,
      kind: "audio",
      timescale: 24_000,
      configuration: {
        codec: "aac",
        record: hex`13 10 56 e5 98`,
        codecString: "mp4a.40.5",
        sampleRate: 24_000,
        channelConfiguration: 2,
        channels: 2,
        samplesPerFrame: 1024,
      },
    },
  });
});

test("a frame is a unit with the encoder's time, its bytes a view of the message", () => {
  const message = video(keyFrame, 0xfffffff0);
  const item = only(configured().push(message));
  expect(item).toEqual({
    type: "unit",
    unit: {
      trackId: 1,
      sentDts: 0xfffffff0,
      clock: RTMP_CLOCK,
      compositionTime: 80,
      isSync: true,
      data: hex`00000003 65 88 84`,
    },
  });
  expect(item?.type === "unit" && item.unit.data.buffer === message.payload.buffer).toBe(true);
  expect(only(configured().push(audio(hex`af 01 21 00`, 23)))).toEqual({
    type: "unit",
    unit: { trackId: 2, clock: RTMP_CLOCK, sentDts: 23, compositionTime: 0, isSync: true, data: hex`21 00` },
  });
});

test("the same sequence header again yields nothing", () => {
  const demuxer = configured();
  expect(only(demuxer.push(videoHeader(record720)))).toBeNull();
  expect(only(demuxer.push(audioHeader))).toBeNull();
});

test("the same record by FourCC is the same header", () => {
  expect(
    only(configured().push(video(Uint8Array.of(0x90, 0x61, 0x76, 0x63, 0x31, ...record720)))),
  ).toBeNull();
});

test("a changed sequence header is the same track with another configuration", () => {
  const demuxer = configured();
  const changed = trackOf(demuxer.push(videoHeader(record1080)));
  expect(changed).toMatchObject({ id: 1, configuration: { width: 1920, height: 1080 } });
  expect(trackOf(demuxer.push(audio(hex`af 00 11 90`)))).toMatchObject({ id: 2, timescale: 48_000 });
  expect(trackOf(demuxer.push(videoHeader(record720))).id).toBe(1);
});

test("the record is kept apart from the message it came in", () => {
  const demuxer = new TagDemuxer();
  const header = videoHeader(record720);
  const { configuration } = trackOf(demuxer.push(header));
  header.payload.fill(0);
  expect(configuration.record).toEqual(record720);
});

test("frames that no configuration came for are told of, and are no units", () => {
  const demuxer = new TagDemuxer();
  expect(demuxer.push(video(keyFrame))).toEqual([
    { type: "undecodable", kind: "video", form: "no-configuration" },
  ]);
  expect(demuxer.push(audio(hex`af 01 21 00`))).toEqual([
    { type: "undecodable", kind: "audio", form: "no-configuration" },
  ]);
});

test("what carries neither a track nor a frame yields nothing", () => {
  const demuxer = configured();
  expect(only(demuxer.push(video(hex``)))).toBeNull();
  expect(only(demuxer.push(audio(hex``)))).toBeNull();
  expect(only(demuxer.push(video(hex`17 01 000000`)))).toBeNull();
  expect(only(demuxer.push(audio(hex`af 01`)))).toBeNull();
  expect(only(demuxer.push(video(hex`17 00 000000`)))).toBeNull();
  expect(only(demuxer.push(audio(hex`af 00`)))).toBeNull();
});

test("the end of a sequence at time 0 or 0x7fffffff yields nothing", () => {
  const demuxer = configured();
  expect(only(demuxer.push(video(hex`17 02 000000`, 0)))).toBeNull();
  expect(only(demuxer.push(video(hex`17 02 000000`, 0x7fffffff)))).toBeNull();
});

test("metadata is a hint that nothing depends on: missing, repeated, wrong or malformed, it yields nothing", () => {
  const demuxer = configured();
  for (const payload of [hex``, hex`02 000a 6f6e4d65746144617461 08 ffffffff`, hex`ff ff ff`]) {
    expect(only(demuxer.push({ kind: "data", timestampMs: 0, payload }))).toBeNull();
  }
  expect(only(demuxer.push(video(keyFrame)))?.type).toBe("unit");
});

test("a frame whose NAL units overrun it is refused, and the next one is read", () => {
  const demuxer = configured();
  expect(() => demuxer.push(video(hex`17 01 000000  00000004 65 88 84`))).toThrow(FlvError);
  expect(only(demuxer.push(video(keyFrame)))?.type).toBe("unit");
});

test("a malformed sequence header is refused, and the track before it stays", () => {
  const demuxer = configured();
  expect(() => demuxer.push(videoHeader(record1080.subarray(0, 20)))).toThrow(FlvError);
  expect(() => demuxer.push(audio(hex`af 00 12`))).toThrow(FlvError);
  expect(only(demuxer.push(video(keyFrame)))?.type).toBe("unit");
  expect(only(demuxer.push(videoHeader(record720)))).toBeNull();
});

test("a tag cut off anywhere in its head is refused", () => {
  for (const payload of [
    hex`17`,
    hex`17 01`,
    hex`17 01 00 00`,
    hex`90 61 76 63`,
    hex`91 61 76 63 31 00 00`,
  ]) {
    expect(() => configured().push(video(payload))).toThrow(FlvError);
  }
  for (const payload of [hex`af`, hex`90 6d 70 34`]) {
    expect(() => configured().push(audio(payload))).toThrow(FlvError);
  }
});

test("codecs not spoken here are refused by name", () => {
  expect(() => new TagDemuxer().push(video(hex`1c 00 000000 01`))).toThrow("HEVC");
  expect(() => new TagDemuxer().push(video(hex`90 61763031`))).toThrow("av01");
  expect(() => new TagDemuxer().push(audio(hex`2f ff fb`))).toThrow("MP3");
});

test("damage throws an FlvError or nothing, and the demuxer goes on", () => {
  const demuxer = configured();
  const messages = [videoHeader(record720), audioHeader, video(keyFrame), audio(hex`90 6d703461 12 10`)];
  for (const { kind, payload } of messages) {
    for (const bytes of damaged(payload, 3000)) survive(demuxer, { kind, timestampMs: 0, payload: bytes });
  }
  demuxer.push(videoHeader(record720));
  const items = [...demuxer.push(video(keyFrame)), ...demuxer.flush()];
  expect(items.map(({ type }) => type)).toContain("unit");
});

test("what a message completes before it turns out to be malformed comes with the next one", () => {
  const demuxer = new TagDemuxer();
  demuxer.push(videoHeader(record720));
  demuxer.push(audioHeader);
  expect(demuxer.push(video(keyFrame, 0))).toEqual([]);
  expect(() => demuxer.push(audio(hex`2f ff fb`, 600))).toThrow(FlvError);
  expect(
    demuxer.push(audio(hex`af 01 21 00`, 620)).map((item) => item.type === "unit" && item.unit.sentDts),
  ).toEqual([0, 620]);
});

test("sound that cannot be used any more becomes silence", () => {
  const demuxer = configured();
  demuxer.push(audio(hex`af 01 21 00`, 0));
  const sounds: number[] = [];
  const hear = (message: FlvMessage): void => {
    try {
      for (const item of demuxer.push(message))
        if (item.type === "unit" && item.unit.trackId === 2) sounds.push(item.unit.sentDts);
    } catch (error) {
      if (!(error instanceof FlvError)) throw error;
    }
  };
  for (let at = 40; at <= 8000; at += 40) {
    hear(audio(hex`2f ff fb`, at));
    hear(video(keyFrame, at));
  }
  expect(sounds.at(-1)).toBeGreaterThan(7000);
});

test("what waits and cannot be made whole is no reason not to end", () => {
  const demuxer = new TagDemuxer();
  demuxer.push(videoHeader(Uint8Array.from(record720, (byte, index) => (index === 4 ? 0xfc : byte))));
  demuxer.push(
    video(Uint8Array.of(0x17, 1, 0, 0, 0, 0, 0, 0, 1, 0x65, 0x88, 0x84, ...new Uint8Array(300).fill(7))),
  );
  expect(demuxer.flush()).toEqual([]);
});

test("noise throws an FlvError or nothing", () => {
  const random = seededRandom(7);
  const demuxer = configured();
  for (let index = 0; index < 5000; index += 1) {
    const payload = Uint8Array.from({ length: Math.floor(random() * 40) }, () => Math.floor(random() * 256));
    survive(demuxer, { kind: random() < 0.5 ? "video" : "audio", timestampMs: 0, payload });
  }
});

function survive(demuxer: TagDemuxer, message: FlvMessage): void {
  try {
    demuxer.push(message);
  } catch (error) {
    expect(error).toBeInstanceOf(FlvError);
  }
}

test("frames without a picture in them are none: players' decoders stumble over them", () => {
  const demuxer = configured();
  for (const payload of [
    hex`27 01 000000  00000000`,
    hex`27 01 000000  00000003 06 05 01`,
    hex`17 01 000000  00000002 67 42  00000002 68 ce`,
  ])
    expect(only(demuxer.push(video(payload)))).toMatchObject({ type: "undecodable", form: "no-frame" });
  expect(only(demuxer.push(video(hex`17 01 000000  00000002 67 42  00000003 65 88 84`)))?.type).toBe("unit");
});

test("a key frame is known by its IDR slice, too, where the encoder does not say so", () => {
  const item = only(configured().push(video(hex`27 01 000000  00000003 65 88 84`)));
  expect(item?.type === "unit" && item.unit.isSync).toBe(true);
});
