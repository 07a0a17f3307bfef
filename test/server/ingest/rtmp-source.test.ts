import { expect, test } from "bun:test";
import { encodeAmf0 } from "#media/amf0/encode.ts";
import { EcmaArray } from "#media/amf0/value.ts";
import type { EncodedUnit, Track } from "#media/track/track.ts";
import { RtmpSource } from "#server/ingest/rtmp-source.ts";
import { SyntheticEncoder } from "#test/support/synthetic-encoder.ts";

/** A source and what it hands over, in words. */
function recordedSource(): { source: RtmpSource; events: string[] } {
  const events: string[] = [];
  const source = new RtmpSource({
    setTrack: ({ kind, configuration }: Track) => events.push(`${kind} track ${configuration.codec}`),
    push: ({ trackId, isSync }: EncodedUnit) => events.push(`unit of ${trackId}${isSync ? ", sync" : ""}`),
    announced: ({ videoKbps, audioKbps }) => events.push(`announced: ${videoKbps} and ${audioKbps} kbit/s`),
    dropped: (reason) => events.push(`dropped: ${reason}`),
    unusable: (kind, problem) => events.push(`unusable ${kind}: ${problem}`),
    end: () => events.push("end"),
  });
  return { source, events };
}

test("sequence headers become tracks, and frames their units, in the order they come", () => {
  const { source, events } = recordedSource();
  const encoder = new SyntheticEncoder({ audio: false });
  for (const message of encoder.headers()) source.receive(message);
  for (const message of encoder.play(0.08)) source.receive(message);
  source.end();
  expect(events).toEqual(["video track h264", "unit of 1, sync", "unit of 1", "end"]);
});

test("a tag that cannot be used is told of by what is wrong with it, and what follows is taken", () => {
  const { source, events } = recordedSource();
  const hevc = Uint8Array.of(0x90, ...new TextEncoder().encode("hvc1"), 1);
  source.receive({ kind: "video", timestampMs: 0, payload: hevc });
  source.receive({ kind: "audio", timestampMs: 0, payload: Uint8Array.of(0x2f, 1, 2) });
  for (const message of new SyntheticEncoder({ video: false }).headers()) source.receive(message);
  expect(events).toEqual(["dropped: video codec hvc1", "dropped: audio codec 2, MP3", "audio track aac"]);
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
