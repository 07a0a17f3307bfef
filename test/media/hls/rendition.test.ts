import { expect, test } from "bun:test";
import { renditionFacts, renditionsOf } from "#media/hls/rendition.ts";
import { audioTrack, videoTrack } from "#test/support/tracks.ts";

test("the video codec is named first, whichever track comes first", () => {
  const both = { codecs: ["avc1.42c01e", "mp4a.40.2"], resolution: { width: 640, height: 360 } };
  expect(renditionFacts([audioTrack, videoTrack])).toEqual(both);
  expect(renditionFacts([videoTrack, audioTrack])).toEqual(both);
});

test("sound alone has no resolution", () => {
  expect(renditionFacts([audioTrack])).toEqual({ codecs: ["mp4a.40.2"], resolution: null });
});

test("nothing is said of no tracks, as of an initialization that was read back", () => {
  expect(renditionFacts([])).toEqual({ codecs: [], resolution: null });
});

test("a rendition is named by kind, position and height when it begins, and keeps its name", () => {
  expect(renditionsOf([videoTrack, audioTrack], [])).toEqual([
    { name: "v0-360", tracks: [videoTrack, audioTrack] },
  ]);
  expect(renditionsOf([audioTrack], [])).toEqual([{ name: "a0", tracks: [audioTrack] }]);
  expect(renditionsOf([audioTrack], ["v0-1080"])).toEqual([{ name: "v0-1080", tracks: [audioTrack] }]);
});
