import { describe, expect, test } from "bun:test";
import { type WatchedLivestream, type WatchPhase, watchState } from "#server/web/watch-state.ts";

const LIVE: WatchedLivestream = {
  ...{ name: "Derby", status: "live", onAir: "secondary", mediaId: null },
  thumbnailUrl: null,
  playbackPolicy: "public",
};

describe("a viewer is told", () => {
  const cases: [string, Partial<WatchedLivestream>, WatchPhase, string | null][] = [
    ["to wait before the start", { status: "created", onAir: null }, "waiting", null],
    [
      "to wait before the publish, and not where to peek",
      { status: "started", onAir: null },
      "waiting",
      null,
    ],
    ["to watch while an instance is on air", {}, "live", "../live/L/index.m3u8"],
    ["that the encoder is away, and keeps the playlist", { onAir: null }, "gap", "../live/L/index.m3u8"],
    [
      "that it is over while the playlist still plays out",
      { status: "converting" },
      "ended",
      "../live/L/index.m3u8",
    ],
    ["to watch the recording", { status: "finished", mediaId: "M" }, "recording", "../media/M/index.m3u8"],
    [
      "to watch the recording of what is signed by way of the livestream, whose token they have",
      { status: "finished", mediaId: "M", playbackPolicy: "signed" },
      "recording",
      "../live/L/index.m3u8?recording",
    ],
    ["that nothing is left when the recording is gone", { status: "finished" }, "unavailable", null],
    ["that nothing is left when there never was one", { status: "failed" }, "unavailable", null],
  ];
  test.each(cases)("%s", (_name, change, phase, playlistUrl) => {
    expect(watchState("L", { ...LIVE, ...change }, "../")).toEqual({
      ...{ phase, title: "Derby", playlistUrl },
      posterUrl: null,
    });
  });
});

test("a viewer is told nothing else, whatever the livestream holds", () => {
  const full = { ...LIVE, inputs: [{ streamKey: "secret" }], description: "internal" };
  expect(Object.keys(watchState("L", full, "../")).sort()).toEqual([
    "phase",
    "playlistUrl",
    "posterUrl",
    "title",
  ]);
});

test("the poster is loaded from where the page was loaded, whatever address is public", () => {
  const thumbnailUrl = "https://example.com/video/thumbnails/L/0123abcd";
  expect(watchState("L", { ...LIVE, thumbnailUrl }, "../").posterUrl).toBe("../thumbnails/L/0123abcd");
});

test("addresses lead to the server's root from wherever the state is told", () => {
  expect(watchState("L", LIVE, "../../").playlistUrl).toBe("../../live/L/index.m3u8");
  const thumbnailUrl = "https://example.com/video/thumbnails/L/0123abcd";
  expect(watchState("L", { ...LIVE, thumbnailUrl }, "../../").posterUrl).toBe("../../thumbnails/L/0123abcd");
});
