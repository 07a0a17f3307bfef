import { expect, test } from "bun:test";
import { encodeAmf0 } from "#media/amf0/encode.ts";
import { EcmaArray } from "#media/amf0/value.ts";
import type { EncodedUnit, Track } from "#media/track/track.ts";
import { RtmpSource } from "#server/ingest/rtmp-source.ts";
import type { AnnouncedBitrates } from "#server/instances/advice.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { SyntheticEncoder } from "#test/support/synthetic-encoder.ts";

/** A source and what it hands over, in words. */
function recordedSource(): { source: RtmpSource; clock: FakeClock; events: string[] } {
  const clock = new FakeClock();
  const events: string[] = [];
  const publisher = {
    setTrack: ({ kind, configuration }: Track) => events.push(`${kind} track ${configuration.codec}`),
    push: ({ trackId, isSync }: EncodedUnit) => events.push(`unit of ${trackId}${isSync ? ", sync" : ""}`),
    announced: ({ videoKbps, audioKbps }: AnnouncedBitrates) =>
      events.push(`announced: ${videoKbps} and ${audioKbps} kbit/s`),
    dropped: (reason: string) => events.push(`dropped: ${reason}`),
    unusable: (kind: string, problem: string | null) => events.push(`unusable ${kind}: ${problem}`),
    refused: (reason: string) => events.push(`refused: ${reason}`),
    end: (reason: string | null = null) => events.push(reason === null ? "end" : `end: ${reason}`),
  };
  const source = new RtmpSource(publisher, clock.monotonicMs, () => events.push("told of the refusal"));
  return { source, clock, events };
}

test("sequence headers become tracks, and frames their units, in the order they come", () => {
  const { source, events } = recordedSource();
  const encoder = new SyntheticEncoder({ audio: false });
  for (const message of encoder.headers()) source.receive(message);
  for (const message of encoder.play(0.08)) source.receive(message);
  source.end();
  expect(events).toEqual(["video track h264", "unit of 1, sync", "unit of 1", "end"]);
});

const hevc = Uint8Array.of(0x90, ...new TextEncoder().encode("hvc1"), 1);

test("a tag that cannot be used is told of by what is wrong with it, and what follows is taken", () => {
  const { source, events } = recordedSource();
  source.receive({ kind: "video", timestampMs: 0, payload: hevc });
  for (const message of new SyntheticEncoder({ video: false }).headers()) source.receive(message);
  expect(events).toEqual([
    "dropped: video codec hvc1, HEVC",
    "unusable video: The video is HEVC, which cannot be carried here: set the encoder to H.264.",
    "audio track aac",
  ]);
});

test("a publish of which nothing can be carried is refused once, and nothing of it is taken any more", () => {
  const { source, events } = recordedSource();
  const mp3 = Uint8Array.of(0x2f, 1, 2);
  source.receive({ kind: "video", timestampMs: 0, payload: hevc });
  source.receive({ kind: "audio", timestampMs: 0, payload: mp3 });
  source.receive({ kind: "audio", timestampMs: 26, payload: mp3 });
  for (const message of new SyntheticEncoder().headers()) source.receive(message);
  expect(events.slice(2)).toEqual([
    "dropped: audio codec 2, MP3",
    "unusable audio: The sound is MP3, which cannot be carried here: set the encoder to AAC.",
    "refused: The video is HEVC, which cannot be carried here: set the encoder to H.264. " +
      "The sound is MP3, which cannot be carried here: set the encoder to AAC.",
    "told of the refusal",
  ]);
});

test("a publish that sent nothing else for a second is refused though nothing comes any more, and once", () => {
  const { source, clock, events } = recordedSource();
  source.receive({ kind: "video", timestampMs: 0, payload: hevc });
  clock.pass(999);
  source.tick();
  expect(events.filter((event) => event.startsWith("refused"))).toEqual([]);
  clock.pass(1);
  source.tick();
  source.tick();
  expect(events.filter((event) => event.startsWith("refused"))).toEqual([
    "refused: The video is HEVC, which cannot be carried here: set the encoder to H.264.",
  ]);
});

test("what the encoder announces of its bitrates is handed on; data that is something else, or malformed, is nothing", () => {
  const { source, events } = recordedSource();
  const rates = new EcmaArray([["videodatarate", 2500]]);
  source.receive({ kind: "data", timestampMs: 0, payload: encodeAmf0(["onMetaData", rates]) });
  source.receive({ kind: "data", timestampMs: 0, payload: encodeAmf0(["onTextData", rates]) });
  source.receive({ kind: "data", timestampMs: 0, payload: encodeAmf0(["onMetaData", rates]).slice(0, -1) });
  expect(events).toEqual(["announced: 2500 and null kbit/s"]);
});

test("messages of data, and those without a payload, hand over nothing", () => {
  const { source, events } = recordedSource();
  source.receive({ kind: "data", timestampMs: 0, payload: Uint8Array.of(2, 0, 0) });
  source.receive({ kind: "video", timestampMs: 0, payload: new Uint8Array(0) });
  expect(events).toEqual([]);
});

test("frames without a configuration are a problem after a second of them, and none any more once there is one", () => {
  const { source, clock, events } = recordedSource();
  const raw = Uint8Array.of(0xaf, 1, 0x21, 0);
  source.receive({ kind: "audio", timestampMs: 5000, payload: raw });
  clock.pass(999);
  source.receive({ kind: "audio", timestampMs: 5000, payload: raw });
  expect(events).toEqual([]);
  clock.pass(1); // The server's clock says so: the encoder's may stand still.
  source.receive({ kind: "audio", timestampMs: 5000, payload: raw });
  expect(events).toEqual([
    expect.stringMatching(/^unusable audio: The sound comes without its AAC sequence header/),
  ]);
  source.receive({ kind: "audio", timestampMs: 6021, payload: Uint8Array.of(0xaf, 0, 0x11, 0x90) });
  source.receive({ kind: "audio", timestampMs: 6021, payload: raw });
  expect(events.slice(1)).toEqual(["audio track aac", "unusable audio: null", "unit of 2, sync"]);
});

test("pictures among which there is none to begin with are a problem after a second, which says what to change", () => {
  const { source, clock, events } = recordedSource();
  const encoder = new SyntheticEncoder({ audio: false });
  for (const message of encoder.headers()) source.receive(message);
  const inter = [...encoder.play(1.5)].filter(({ payload }) => payload[0] === 0x27);
  for (const message of inter) {
    source.receive(message);
    clock.pass(40);
  }
  const problems = events.filter((event) => event.startsWith("unusable"));
  expect(new Set(problems)).toEqual(
    new Set([
      "unusable video: The video has had no picture that decoding can begin with: set the encoder to closed GOPs and a key " +
        "frame interval of 2 s, without intra refresh.",
    ]),
  );
});

test("pictures that are shown on are no sign that what comes can be used", () => {
  const { source, events } = recordedSource();
  const encoder = new SyntheticEncoder();
  for (const message of [...encoder.headers(), ...encoder.play(0.5)]) source.receive(message);
  const sounds = [...encoder.play(4)].filter(({ kind }) => kind === "audio");
  for (const sound of sounds) {
    source.receive(sound);
    source.receive({ kind: "video", timestampMs: sound.timestampMs, payload: hevc });
  }
  const told = events.filter((event) => event.startsWith("unusable video"));
  expect(new Set(told)).toEqual(
    new Set(["unusable video: The video is HEVC, which cannot be carried here: set the encoder to H.264."]),
  );
});

test("messages that hold no frame are a problem after a second of nothing else", () => {
  const { source, clock, events } = recordedSource();
  const encoder = new SyntheticEncoder({ audio: false });
  for (const message of encoder.headers()) source.receive(message);
  const nothing = Uint8Array.of(0x27, 1, 0, 0, 0, 0, 0, 0, 2, 0x00, 0x80); // A NAL unit of type 0, which is nothing.
  for (const passedMs of [0, 999, 1]) {
    clock.pass(passedMs);
    source.receive({ kind: "video", timestampMs: 0, payload: nothing });
  }
  expect(events.slice(1)).toEqual([
    "unusable video: The video comes in messages that hold none of it: set the encoder to H.264 as FLV carries it, or start it anew.",
  ]);
});
