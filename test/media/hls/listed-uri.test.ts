import { expect, test } from "bun:test";
import { initializationUri, leadInUri, parseListedUri, segmentUri } from "#media/hls/listed-uri.ts";

test("what is listed is read back as what it is", () => {
  expect(parseListedUri(initializationUri(7))).toEqual({ kind: "initialization", number: 7 });
  expect(parseListedUri(segmentUri(0))).toEqual({ kind: "segment", number: 0 });
  expect(parseListedUri(leadInUri(1))).toEqual({ kind: "lead-in", number: 1 });
  expect(parseListedUri(leadInUri(100_000_000_000_007))).toEqual({
    kind: "lead-in",
    number: 100_000_000_000_007,
  });
  expect(parseListedUri(segmentUri(999_999_999_999_999))).toEqual({
    kind: "segment",
    number: 999_999_999_999_999,
  });
});

test.each([
  ...["init-0.m4s", "segment-0.mp4", "segment-00.m4s", "segment-1e3.m4s", "segment--1.m4s", "segment-.m4s"],
  ...[
    "Segment-0.m4s",
    "segment-0.m4s/",
    "../segment-0.m4s",
    "segment-1000000000000000.m4s",
    "init-0.mp4\n",
    "lead-in-0.m4s",
    "lead-in-01.m4s",
    "lead-in-1.mp4",
    "lead-in-1.m4s.bak",
    "my-lead-in-1.m4s",
    "lead-in-1000000000000000.m4s",
    "lead-in-.m4s",
    "",
  ],
])("%j is not the name of anything", (uri) => {
  expect(parseListedUri(uri)).toBeNull();
});
