import { expect, test } from "bun:test";
import { StoredRedirects } from "#server/delivery/stored-redirects.ts";
import type { Footage, FootageSegment } from "#server/recording/footage.ts";
import type { FilePiece } from "#server/recording/piece.ts";
import { FakeObjectStore } from "#test/support/fake-object-store.ts";

const store = new FakeObjectStore();
const redirects = new StoredRedirects(store);

function piece(file: string, offset: number, byteLength: number): FilePiece {
  return { file, store, offset, byteLength };
}

function segmentOf(
  msn: number,
  pieces: readonly FilePiece[],
  of: Partial<FootageSegment> = {},
): FootageSegment {
  return {
    ...{
      msn,
      initializationId: 0,
      discontinuity: false,
      independent: true,
      durationSeconds: 2,
      byteLength: 10,
    },
    ...{ programDateTimeMs: Date.UTC(2026, 10, 28), partCount: 1, frameRate: 25, pieces, ...of },
  };
}

function footageOf(segments: readonly FootageSegment[]): Footage {
  return {
    rendition: "v0",
    targetDurationSeconds: 2,
    initializations: [{ id: 0, tracks: [], place: piece("show/media.mp4", 0, 700) }],
    segments,
  };
}

test("the playlist names stretches of the files that the store has", async () => {
  const footage = footageOf([
    segmentOf(3, [piece("clip/media.mp4", 20, 10)]),
    segmentOf(4, [piece("show/media.mp4", 710, 30)], { discontinuity: true, independent: false }),
  ]);
  expect(redirects.playlist(footage, "secret/v0/")).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:2
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-MAP:URI="secret/v0/stored-0.mp4",BYTERANGE="700@0"
#EXT-X-PROGRAM-DATE-TIME:2026-11-28T00:00:00.000Z
#EXTINF:2.000000,
#EXT-X-BYTERANGE:10@20
secret/v0/stored-1.mp4
#EXT-X-DISCONTINUITY
#EXT-X-PROGRAM-DATE-TIME:2026-11-28T00:00:00.000Z
#EXTINF:2.000000,
#EXT-X-BYTERANGE:30@710
secret/v0/stored-0.mp4
#EXT-X-ENDLIST
`);
  const answer = await redirects.answer(footage, "stored-1.mp4");
  expect([answer?.status, answer?.headers.get("Location"), answer?.headers.get("Cache-Control")]).toEqual([
    302,
    "https://store.example/clip/media.mp4?expires=3600",
    "private, max-age=1800",
  ]);
  expect(answer?.headers.get("Access-Control-Allow-Origin")).toBe("*");
  for (const name of ["stored-2.mp4", "segment-3.m4s", "stored-0.mp4x"])
    expect(await redirects.answer(footage, name)).toBeNull();
});

test("what is on the disk, or in two pieces, the server sends itself", async () => {
  const onDisk = footageOf([segmentOf(3, [{ file: "/data/media.mp4", offset: 0, byteLength: 10 }])]);
  const inTwo = footageOf([segmentOf(3, [piece("clip/media.mp4", 0, 5), piece("show/media.mp4", 0, 5)])]);
  for (const footage of [onDisk, inTwo]) {
    expect(redirects.playlist(footage, "")).toBeNull();
    expect(await redirects.answer(footage, "stored-0.mp4")).toBeNull();
  }
});
