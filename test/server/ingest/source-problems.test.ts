import { expect, test } from "bun:test";
import { type MediaKind, SourceProblems, type Unusable } from "#server/ingest/source-problems.ts";

const HEVC = { form: "codec", codec: "HEVC" } as const;
const MP3 = { form: "codec", codec: "MP3" } as const;
const MALFORMED = { form: "malformed", message: "NAL unit of 9 bytes where 2 remain" } as const;

interface Told {
  /** At a time of the server's clock, milliseconds. */
  readonly failed: (kind: MediaKind, why: Unusable, atMs: number) => void;
  readonly refusalAt: (atMs: number) => string | null;
  readonly worked: (kind: MediaKind) => void;
  readonly events: string[];
}

function told(): Told {
  const events: string[] = [];
  let nowMs = 0;
  const problems = new SourceProblems(
    { unusable: (kind, problem) => events.push(`${kind}: ${problem}`) },
    () => nowMs,
  );
  return {
    failed: (kind, why, atMs) => {
      nowMs = atMs;
      problems.failed(kind, why);
    },
    refusalAt: (atMs) => {
      nowMs = atMs;
      return problems.refusal();
    },
    worked: (kind) => problems.worked(kind),
    events,
  };
}

test("a codec that cannot be carried is told at once, whatever else comes", () => {
  const { events, ...problems } = told();
  problems.worked("audio");
  problems.failed("video", HEVC, 0);
  expect(events).toEqual([
    "video: The video is HEVC, which cannot be carried here: set the encoder to H.264.",
  ]);
  expect(problems.refusalAt(60_000)).toBeNull();
});

test("a damaged tag among good ones is no problem; a second of damage is, to the millisecond", () => {
  const { events, ...problems } = told();
  problems.failed("video", MALFORMED, 1000);
  problems.worked("video");
  problems.failed("video", MALFORMED, 5000);
  problems.failed("video", MALFORMED, 5999);
  expect(events).toEqual([]);
  problems.failed("video", MALFORMED, 6000);
  expect(events).toEqual([
    "video: The video cannot be read (NAL unit of 9 bytes where 2 remain): set the encoder to H.264 as FLV carries it, or start it anew.",
  ]);
});

test("what can be used again is told once, and only where it was a problem", () => {
  const { events, ...problems } = told();
  problems.failed("audio", MALFORMED, 0);
  problems.worked("audio");
  problems.worked("audio");
  expect(events).toEqual([]);
  problems.failed("audio", MP3, 100);
  problems.worked("audio");
  problems.worked("audio");
  expect(events.slice(1)).toEqual(["audio: null"]);
});

test("a publish of which both kinds cannot be carried is refused at once, naming both", () => {
  const problems = told();
  problems.failed("video", HEVC, 0);
  expect(problems.refusalAt(0)).toBeNull();
  problems.failed("audio", MP3, 10);
  expect(problems.refusalAt(10)).toBe(
    "The video is HEVC, which cannot be carried here: set the encoder to H.264. " +
      "The sound is MP3, which cannot be carried here: set the encoder to AAC.",
  );
});

test("one whose other kind does not show within a second is refused, and not a millisecond earlier", () => {
  const problems = told();
  problems.failed("video", HEVC, 7000);
  problems.failed("video", HEVC, 7500);
  expect(problems.refusalAt(7999)).toBeNull();
  expect(problems.refusalAt(8000)).toBe(
    "The video is HEVC, which cannot be carried here: set the encoder to H.264.",
  );
});

test("what cannot be decoded is no reason to refuse: it may be told of yet", () => {
  const problems = told();
  problems.failed("video", { form: "no-configuration" }, 0);
  problems.failed("audio", { form: "no-configuration" }, 0);
  expect(problems.refusalAt(60_000)).toBeNull();
});

test("each problem is said in full, with what to change", () => {
  const { events, ...problems } = told();
  for (const atMs of [10, 1010]) {
    problems.failed("video", { form: "no-configuration" }, atMs);
    problems.failed("audio", { form: "no-configuration" }, atMs);
  }
  problems.failed("video", { form: "no-join-point" }, 1020);
  problems.failed("video", { form: "no-frame" }, 1030);
  expect(events).toEqual([
    "video: The video comes without its parameter sets (SPS and PPS), neither in a sequence header nor between the pictures: " +
      "set the encoder to send them with every key frame, or start it anew.",
    "audio: The sound comes without its AAC sequence header (AudioSpecificConfig): set the encoder to send it or to use ADTS, " +
      "or start it anew.",
    "video: The video has had no picture that decoding can begin with: set the encoder to closed GOPs and a key frame interval " +
      "of 2 s, without intra refresh.",
    "video: The video comes in messages that hold none of it: set the encoder to H.264 as FLV carries it, or start it anew.",
  ]);
});

test("a codec that gave way to one that can be carried is named in no refusal", () => {
  const problems = told();
  problems.failed("audio", MP3, 0);
  problems.worked("audio");
  problems.failed("video", HEVC, 10);
  expect(problems.refusalAt(60_000)).toBeNull();
});
