import { expect, test } from "bun:test";
import { WatchingBeacon } from "#server/web/pages/watching-beacon.ts";

const PLAYLIST = "https://example.com/tandem/live/a/index.m3u8";

test("with a live playlist it is sent to the folder of what is watched, every ten seconds at most", () => {
  let nowMs = 0;
  const sent: string[] = [];
  const beacon = new WatchingBeacon({ send: (url) => sent.push(url), monotonicMs: () => nowMs });
  const media = "https://example.com/tandem/live/a/v0-360/media.m3u8?session=abc.def&_HLS_msn=4";
  for (const atMs of [0, 9999, 10_000, 10_200]) {
    nowMs = atMs;
    beacon.followed(PLAYLIST, media);
  }
  const url = "https://example.com/tandem/live/a/watching?session=abc.def";
  expect(sent).toEqual([url, url]);
});

test("without a session there is nothing to be said", () => {
  const sent: string[] = [];
  const beacon = new WatchingBeacon({ send: (url) => sent.push(url), monotonicMs: () => 0 });
  beacon.followed(PLAYLIST, "https://example.com/tandem/live/a/v0-360/media.m3u8");
  expect(sent).toEqual([]);
});
