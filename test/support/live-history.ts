// The history of a low-latency playlist that is as it must be: 4 parts of 0.5 s in each segment of 2 s, 10 segments listed.

import type { FetchedMedia, FetchedPlaylist, PlaylistHistory } from "./hls-validator/history.ts";

const PARTS = 4;
const PART_SECONDS = 0.5;

/** Parts are listed of what is nearer to the end: three target durations. */
const WITH_PARTS_SECONDS = 6;

/** CAN-SKIP-UNTIL. */
const SKIP_BOUNDARY_SECONDS = 12;

/** The segment that another encoder begins. */
const BEGINS_ANEW = 2;

const EPOCH_MS = Date.UTC(2026, 10, 28, 12);

interface Asked {
  /** So many parts were made of all. */
  readonly parts: number;
  readonly directives: string;
  readonly isDelta?: boolean;
  readonly hasEnded?: boolean;
}

/** In the order of the answers; by the steps that {@link liveHistory} takes, the discontinuity leaves with the fifth. */
const ASKED: readonly Asked[] = [
  { parts: 46, directives: "" },
  { parts: 47, directives: "_HLS_msn=11&_HLS_part=2" },
  { parts: 48, directives: "_HLS_msn=11" },
  { parts: 49, directives: "_HLS_msn=12&_HLS_part=0" },
  { parts: 52, directives: "_HLS_msn=12" },
  { parts: 53, directives: "_HLS_msn=13&_HLS_part=0&_HLS_skip=YES", isDelta: true },
  { parts: 53, directives: "" },
  { parts: 54, directives: "_HLS_msn=13&_HLS_part=1&_HLS_skip=YES", isDelta: true, hasEnded: true },
  { parts: 54, directives: "", hasEnded: true },
];

/** `listed`: so many complete segments. */
export function liveHistory(listed = 10): PlaylistHistory {
  const playlists = ASKED.map((asked, index): FetchedPlaylist => {
    const answeredAtMs = EPOCH_MS + index * PART_SECONDS * 1000;
    const url = `http://localhost/live/a/main/media.m3u8?${asked.directives}`;
    return { url, askedAtMs: answeredAtMs - 100, answeredAtMs, status: 200, text: textOf(asked, listed) };
  });
  return { playlists, multivariant: MULTIVARIANT, media: mediaOf(11) };
}

const MULTIVARIANT = `#EXTM3U
#EXT-X-VERSION:9
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-STREAM-INF:BANDWIDTH=1000000,AVERAGE-BANDWIDTH=900000,CODECS="avc1.42c01e,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=30.000
main/media.m3u8?session=a
`;

function textOf({ parts, isDelta = false, hasEnded = false }: Asked, listed: number): string {
  const complete = hasEnded ? Math.ceil(parts / PARTS) : Math.floor(parts / PARTS);
  const first = Math.max(0, complete - listed);
  const secondsBehind = (msn: number) => (parts - (msn + 1) * PARTS) * PART_SECONDS;
  let skipped = 0;
  while (isDelta && secondsBehind(first + skipped) >= SKIP_BOUNDARY_SECONDS) skipped += 1;
  const lines = [
    "#EXTM3U",
    "#EXT-X-VERSION:9",
    "#EXT-X-TARGETDURATION:2",
    "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12.0,HOLD-BACK=6.0,PART-HOLD-BACK=1.5",
    "#EXT-X-PART-INF:PART-TARGET=0.5",
    `#EXT-X-MEDIA-SEQUENCE:${first}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${first > BEGINS_ANEW ? 1 : 0}`,
    "#EXT-X-INDEPENDENT-SEGMENTS",
    ...(skipped > 0 ? [`#EXT-X-SKIP:SKIPPED-SEGMENTS=${skipped}`] : []),
  ];
  for (let msn = first + skipped; msn * PARTS < parts; msn += 1) {
    if (msn === BEGINS_ANEW) lines.push("#EXT-X-DISCONTINUITY");
    if ((msn === first && skipped === 0) || msn === BEGINS_ANEW)
      lines.push(`#EXT-X-MAP:URI="init-${msn < BEGINS_ANEW ? 0 : 1}.mp4"`);
    const dateMs = EPOCH_MS + msn * PARTS * PART_SECONDS * 1000;
    lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(dateMs).toISOString()}`);
    const there = Math.min(PARTS, parts - msn * PARTS);
    if (secondsBehind(msn) <= WITH_PARTS_SECONDS)
      for (let part = 0; part < there; part += 1) lines.push(partLine(msn, part));
    if (msn < complete) lines.push(`#EXTINF:${(there * PART_SECONDS).toFixed(6)},`, `segment-${msn}.m4s`);
  }
  const next = partUri(Math.floor(parts / PARTS), parts % PARTS);
  lines.push(hasEnded ? "#EXT-X-ENDLIST" : `#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${next}"`);
  return `${lines.join("\n")}\n`;
}

function partLine(msn: number, part: number): string {
  const independent = part === 0 ? ",INDEPENDENT=YES" : "";
  return `#EXT-X-PART:DURATION=${PART_SECONDS.toFixed(6)},URI="${partUri(msn, part)}"${independent}`;
}

function partUri(msn: number, part: number): string {
  return `segment-${msn}.part-${part}.m4s`;
}

/** One segment, and its parts. */
function mediaOf(msn: number): FetchedMedia[] {
  const parts = Array.from({ length: PARTS }, (_, part) => new Uint8Array([msn, part, part]));
  const answer = (uri: string, bytes: Uint8Array) => ({ uri, bytes, answeredAtMs: EPOCH_MS, status: 200 });
  return [
    ...parts.map((bytes, part) => answer(partUri(msn, part), bytes)),
    answer(`segment-${msn}.m4s`, Buffer.concat(parts)),
  ];
}
