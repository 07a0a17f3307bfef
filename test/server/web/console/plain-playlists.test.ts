import { expect, test } from "bun:test";
import { PlainPlaylists } from "#server/web/console/livestream/plain-playlists.ts";

test("nothing of a playlist is left that a request would wait for", () => {
  const playlist = [
    ...["#EXTM3U", "#EXT-X-VERSION:9", "#EXT-X-TARGETDURATION:2"],
    "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=0.6",
    ...["#EXT-X-PART-INF:PART-TARGET=0.2", '#EXT-X-MAP:URI="init-1.mp4"'],
    ...['#EXT-X-PART:DURATION=0.2,URI="segment-1.part-1.m4s"', "#EXTINF:2,", "segment-1.m4s"],
    ...['#EXT-X-PRELOAD-HINT:TYPE=PART,URI="segment-2.part-1.m4s"', ""],
  ].join("\n");
  expect(new PlainPlaylists().plain(playlist).split("\n")).toEqual([
    ...["#EXTM3U", "#EXT-X-VERSION:9", "#EXT-X-TARGETDURATION:2", '#EXT-X-MAP:URI="init-1.mp4"'],
    ...["#EXTINF:2,", "segment-1.m4s", ""],
  ]);
});

test("discontinuities are counted from the first that the player saw", () => {
  const playlists = new PlainPlaylists();
  const of = (count: number) => playlists.plain(`#EXTM3U\n#EXT-X-DISCONTINUITY-SEQUENCE:${count}\n`);
  expect([1_795_000_000, 1_795_000_000, 1_795_000_001].map(of)).toEqual(
    [0, 0, 1].map((count) => `#EXTM3U\n#EXT-X-DISCONTINUITY-SEQUENCE:${count}\n`),
  );
});
