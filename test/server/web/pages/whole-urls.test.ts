import { describe, expect, test } from "bun:test";
import { withWholeUrls } from "#server/web/pages/whole-urls.ts";
import type { WatchState } from "#server/web/watch-state.ts";

const STATE: WatchState = {
  phase: "live",
  title: "One",
  playlistUrl: "../../live/one/index.m3u8",
  posterUrl: "../../thumbnails/one/0123",
};
const FROM = "https://example.com/video/watch/one/state";

describe("what the page is told", () => {
  test("has whole addresses, below whatever path the page is", () => {
    expect(withWholeUrls(STATE, FROM, "?embed")).toMatchObject({
      playlistUrl: "https://example.com/video/live/one/index.m3u8",
      posterUrl: "https://example.com/video/thumbnails/one/0123",
    });
  });

  test("the page's token is handed on to the playlist, and to nothing else", () => {
    expect(withWholeUrls(STATE, FROM, "?embed&token=ey.a%2Bb%26c.d")).toMatchObject({
      playlistUrl: "https://example.com/video/live/one/index.m3u8?token=ey.a%2Bb%26c.d",
      posterUrl: "https://example.com/video/thumbnails/one/0123",
    });
  });

  test("where there is nothing to play there is nothing to hand it to", () => {
    const waiting: WatchState = { ...STATE, phase: "waiting", playlistUrl: null };
    expect(withWholeUrls(waiting, FROM, "?token=x").playlistUrl).toBe(null);
  });
});
