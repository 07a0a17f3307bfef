import { expect, test } from "bun:test";
import { renditionOf } from "#media/hls/rendition.ts";
import { audioTrack, videoTrack } from "#test/support/tracks.ts";

test("the video codec is named first, whichever track comes first", () => {
  const both = { codecs: ["avc1.42c01e", "mp4a.40.2"], resolution: { width: 640, height: 360 } };
  expect(renditionOf([audioTrack, videoTrack])).toEqual(both);
  expect(renditionOf([videoTrack, audioTrack])).toEqual(both);
});

test("sound alone has no resolution", () => {
  expect(renditionOf([audioTrack])).toEqual({ codecs: ["mp4a.40.2"], resolution: null });
});

test("nothing is said of no tracks, as of an initialization that was read back", () => {
  expect(renditionOf([])).toEqual({ codecs: [], resolution: null });
});
