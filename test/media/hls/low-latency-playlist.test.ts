// Playlists with parts, as whole texts.

import { expect, test } from "bun:test";
import { renderDeltaUpdate } from "#media/hls/delta-update.ts";
import { renderMediaPlaylist, renderWithoutParts } from "#media/hls/media-playlist.ts";
import { PlaylistWindow } from "#media/hls/playlist-window.ts";
import type { SegmentStart } from "#media/hls/segment.ts";
import { RENDITION, segment } from "#test/support/listed-segments.ts";

const rendition = RENDITION;
const TARGETS = { targetDurationSeconds: 2, partTargetSeconds: 0.5 };

function begin(window: PlaylistWindow, msn: number, rest: Partial<SegmentStart> = {}): void {
  const { durationSeconds: _, byteLength: __, partCount: ___, frameRate: ____, ...start } = segment(msn);
  window.push({ type: "segment-start", rendition, start: { ...start, ...rest } });
}

function part(window: PlaylistWindow, msn: number, index: number, durationSeconds = 0.5): void {
  const bytes = new Uint8Array(1000);
  window.push({
    type: "part",
    rendition,
    part: { msn, index, durationSeconds, independent: index === 0, bytes },
  });
}

/** Four parts of half a second. */
function complete(window: PlaylistWindow, msn: number, rest: Partial<SegmentStart> = {}): void {
  begin(window, msn, rest);
  for (let index = 0; index < 4; index += 1) part(window, msn, index);
  window.push({ type: "segment", rendition, segment: segment(msn, rest), ...TARGETS });
}

const HEAD = `#EXTM3U
#EXT-X-VERSION:9
#EXT-X-TARGETDURATION:2
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.500,CAN-SKIP-UNTIL=12.0
#EXT-X-PART-INF:PART-TARGET=0.500
`;

const EDGE = `#EXT-X-PROGRAM-DATE-TIME:2026-11-24T12:00:12.000Z
#EXT-X-PART:DURATION=0.500000,URI="segment-6.part-0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.500000,URI="segment-6.part-1.m4s"
#EXT-X-PART:DURATION=0.500000,URI="segment-6.part-2.m4s"
#EXT-X-PART:DURATION=0.500000,URI="segment-6.part-3.m4s"
#EXTINF:2.000000,
segment-6.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-24T12:00:14.000Z
#EXT-X-PART:DURATION=0.500000,URI="segment-7.part-0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.500000,URI="segment-7.part-1.m4s"
#EXT-X-PART:DURATION=0.500000,URI="segment-7.part-2.m4s"
#EXT-X-PART:DURATION=0.500000,URI="segment-7.part-3.m4s"
#EXTINF:2.000000,
segment-7.m4s
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="init-1.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-24T12:00:16.000Z
#EXT-X-PART:DURATION=0.500000,URI="segment-8.part-0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.500000,URI="segment-8.part-1.m4s"
#EXT-X-PART:DURATION=0.500000,URI="segment-8.part-2.m4s"
#EXT-X-PART:DURATION=0.500000,URI="segment-8.part-3.m4s"
#EXTINF:2.000000,
segment-8.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-24T12:00:18.000Z
#EXT-X-PART:DURATION=0.500000,URI="segment-9.part-0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.250000,URI="segment-9.part-1.m4s",GAP=YES
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="segment-9.part-2.m4s"
`;

function filled(isEvent: boolean): PlaylistWindow {
  const window = new PlaylistWindow({ isEvent });
  for (let msn = 1; msn < 8; msn += 1) complete(window, msn);
  complete(window, 8, { discontinuity: true, initializationId: 1 });
  begin(window, 9, { initializationId: 1 });
  part(window, 9, 0);
  window.push({ type: "gap", rendition, gap: { msn: 9, index: 1, durationSeconds: 0.25 } });
  return window;
}

test("parts are listed until their segment has ended three target durations ago, what is before the first of a segment before them, and the next is hinted at", () => {
  const older = [3, 4, 5].map(
    (msn) => `#EXT-X-PROGRAM-DATE-TIME:2026-11-24T12:00:${`${msn * 2}`.padStart(2, "0")}.000Z
#EXTINF:2.000000,
segment-${msn}.m4s
`,
  );
  expect(renderMediaPlaylist(filled(false))).toBe(`${HEAD}#EXT-X-MEDIA-SEQUENCE:3
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="init-0.mp4"
${older.join("")}${EDGE}`);
});

test("a delta update of an event leaves out what is six target durations from the end", () => {
  const window = filled(true);
  expect(renderDeltaUpdate(window)).toBe(`${HEAD}#EXT-X-MEDIA-SEQUENCE:1
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:EVENT
#EXT-X-SKIP:SKIPPED-SEGMENTS=2
#EXTINF:2.000000,
segment-3.m4s
#EXTINF:2.000000,
segment-4.m4s
#EXTINF:2.000000,
segment-5.m4s
${EDGE.replaceAll(/^#EXT-X-PROGRAM-DATE-TIME:.*(12|14|18)\.000Z\n/gm, "")}`);
  const before = renderDeltaUpdate(window);
  window.settle(() => "recorded");
  expect(renderDeltaUpdate(window)).toBe(before);
  window.end();
  expect(renderDeltaUpdate(window)).toEndWith("\nsegment-8.m4s\n#EXT-X-ENDLIST\n");
});

test("there is no delta update of what is short, and of what lists no parts", () => {
  const window = new PlaylistWindow({ isEvent: false });
  expect(renderDeltaUpdate(window)).toBeNull();
  for (let msn = 1; msn < 7; msn += 1) complete(window, msn);
  expect(renderDeltaUpdate(window)).toBeNull();
});

test("a playlist begins with the first part where it is known what it can promise, behind a segment that is not there", () => {
  const window = new PlaylistWindow({ isEvent: false });
  begin(window, 1, { promised: TARGETS });
  expect([renderMediaPlaylist(window), window.version]).toEqual([null, 0]);
  part(window, 1, 0);
  const begun = `${HEAD}#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-INDEPENDENT-SEGMENTS
#EXTINF:0.040000,
#EXT-X-GAP
segment-0.m4s
#EXT-X-MAP:URI="init-0.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-24T12:00:02.000Z
#EXT-X-PART:DURATION=0.500000,URI="segment-1.part-0.m4s",INDEPENDENT=YES
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="segment-1.part-1.m4s"
`;
  expect(renderMediaPlaylist(window)).toBe(begun);
  expect([window.version, window.rates.averageBitsPerSecond]).toEqual([1, 16_000]);
  expect(renderWithoutParts(window)).toBeNull();
  complete(window, 1, { promised: TARGETS });
  for (let msn = 2; msn < 7; msn += 1) complete(window, msn);
  expect(window.openingGapMsn).toBe(0);
  complete(window, 7);
  expect(renderMediaPlaylist(window)).toStartWith(`${HEAD}#EXT-X-MEDIA-SEQUENCE:2\n`);
});

test("what was promised with the first segment is promised for good, and none promised later", () => {
  const window = new PlaylistWindow({ isEvent: false });
  window.push({ type: "segment", rendition, segment: segment(1), targetDurationSeconds: 2 });
  complete(window, 2);
  expect(renderMediaPlaylist(window)).not.toMatch(/PART|HINT|VERSION:9/);
  const promised = filled(false);
  const other = { targetDurationSeconds: 2, partTargetSeconds: 0.2 };
  promised.push({ type: "segment", rendition, segment: segment(9), ...other });
  expect(renderMediaPlaylist(promised)).toStartWith(HEAD);
});

test("another rendition's newest part is reported", () => {
  const window = filled(false);
  const other = filled(false);
  window.reportOn(() => [{ window: other, uri: "../v1-720/media.m3u8" }]);
  const report = '#EXT-X-RENDITION-REPORT:URI="../v1-720/media.m3u8",';
  expect(renderMediaPlaylist(window)).toEndWith(`${report}LAST-MSN=9,LAST-PART=1\n`);
  other.push({ type: "segment", rendition, segment: segment(9), ...TARGETS });
  expect(renderMediaPlaylist(window)).toEndWith(`${report}LAST-MSN=9,LAST-PART=1\n`);
  window.end();
  expect(renderMediaPlaylist(window)).toEndWith("#EXT-X-ENDLIST\n");
});
