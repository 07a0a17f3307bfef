// The judge is judged: what obeys has no violation, and for each rule there is a history that breaks it.

import { describe, expect, test } from "bun:test";
import { liveHistory } from "#test/support/live-history.ts";
import type { PlaylistHistory } from "./history.ts";
import { described, RULES, violationsOf } from "./validate.ts";

type Change = (history: PlaylistHistory) => PlaylistHistory;

/** Another text from `first` on, as far as the playlist `last`. */
function texts(change: (text: string, index: number) => string, first = 0, last = Infinity): Change {
  return ({ playlists, ...rest }) => ({
    ...rest,
    playlists: playlists.map((each, index) =>
      index < first || index > last ? each : { ...each, text: change(each.text, index) },
    ),
  });
}

function replaced(from: string | RegExp, to: string, first = 0, last = Infinity): Change {
  return texts((text) => text.replace(from, to), first, last);
}

function multivariant(from: string | RegExp, to: string): Change {
  return (history) => ({ ...history, multivariant: history.multivariant?.replace(from, to) ?? null });
}

/** The answers so far, each asked for as it was. */
function until(count: number, change: Change = (history) => history): Change {
  return (history) => change({ ...history, playlists: history.playlists.slice(0, count) });
}

const SEGMENT_3 = /(segment-3\.m4s)/;
const TWICE = '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="a"\n'.repeat(2);
const VOD = "#EXTM3U\n#EXT-X-PLAYLIST-TYPE:VOD";

/** By the rule that each breaks; it may break others too. */
const BREAKING: Readonly<Record<string, readonly Change[]>> = {
  encoding: [
    texts((text) => `\ufeff${text}`),
    replaced("TARGET=0.5", "TARGET=0.5\ufffd"),
    replaced("EXTINF:2.000000,", "EXTINF:2.000000,\u0007"),
  ],
  "first-line": [replaced("#EXTM3U\n", "\n#EXTM3U\n"), replaced("#EXTM3U", "#EXTM3U8")],
  "known-tags": [replaced("#EXT-X-PART-INF", "#EXT-X-PARTINF")],
  "one-kind": [replaced("#EXT-X-ENDLIST", '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="a"\n#EXT-X-ENDLIST')],
  "single-tags": [replaced("#EXT-X-VERSION:9\n", "#EXT-X-VERSION:9\n#EXT-X-VERSION:9\n")],
  "tag-values": [
    replaced("PART-TARGET=0.5", "PART-TARGET=fast"),
    replaced("PART-TARGET=0.5", ""),
    replaced("TYPE=PART,", "TYPE=PART, "),
    replaced("TYPE=PART,", "TYPE=PART,TYPE=PART,"),
    replaced("TYPE=PART,", "TYPE=PIECE,"),
    replaced("CAN-BLOCK-RELOAD=YES", "CAN-BLOCK-RELOAD=NO"),
    replaced('URI="init-0.mp4"', "URI=init-0.mp4"),
    replaced("INDEPENDENT=YES", "INDEPENDENT=YES,INDEPENDANT=YES"),
    replaced("12:00:08.000Z", "12:00:08Z"),
    replaced("12:00:08.000Z", "12:00:08.000"),
    replaced("#EXT-X-ENDLIST", "#EXT-X-ENDLIST:YES"),
    replaced("TARGETDURATION:2", "TARGETDURATION:2.0"),
    replaced("PART-HOLD-BACK=1.5", "PART-HOLD-BACK=1.5,"),
  ],
  "target-duration-there": [replaced("#EXT-X-TARGETDURATION:2\n", "")],
  "sequence-tags-first": [
    texts((text) => {
      const line = /#EXT-X-DISCONTINUITY-SEQUENCE:\d\n/.exec(text)?.[0] ?? "";
      return text.replace(line, "").replace("#EXTINF", `${line}#EXTINF`);
    }),
  ],
  "durations-there": [replaced(/#EXTINF:2.000000,\n(?=segment-8)/, "")],
  version: [replaced("VERSION:9", "VERSION:8"), until(3, replaced("VERSION:9", "VERSION:5"))],
  "version-constant": [replaced("VERSION:9", "VERSION:10", 2, 4)],
  "target-duration": [replaced(/EXTINF:2.000000,(?=\nsegment-8)/, "EXTINF:2.500000,")],
  "target-duration-constant": [replaced("TARGETDURATION:2", "TARGETDURATION:3", 3)],
  "part-target-constant": [replaced("PART-TARGET=0.5", "PART-TARGET=0.51", 3)],
  "server-control-constant": [
    replaced("PART-HOLD-BACK=1.5", "PART-HOLD-BACK=1.6", 3),
    replaced(",HOLD-BACK=6.0", "", 3),
    replaced("CAN-SKIP-UNTIL=12.0", "CAN-SKIP-UNTIL=13.0", 3),
  ],
  "hold-back": [replaced(",HOLD-BACK=6.0", ",HOLD-BACK=5.9")],
  "skip-boundary": [
    replaced("CAN-SKIP-UNTIL=12.0", "CAN-SKIP-UNTIL=11.9"),
    replaced("CAN-SKIP-UNTIL=12.0", "CAN-SKIP-DATERANGES=YES"),
  ],
  "part-inf": [replaced("#EXT-X-PART-INF:PART-TARGET=0.5\n", "")],
  "part-hold-back": [replaced(",PART-HOLD-BACK=1.5", ""), replaced("BACK=1.5", "BACK=0.99")],
  "part-hold-back-advised": [replaced("PART-HOLD-BACK=1.5", "PART-HOLD-BACK=1.4")],
  "part-too-long": [replaced("DURATION=0.500000", "DURATION=0.500100")],
  "part-too-short": [replaced(/DURATION=0.500000(?=,URI="segment-9.part-1)/, "DURATION=0.424000")],
  "parts-make-segment": [replaced(/EXTINF:2.000000,(?=\nsegment-10)/, "EXTINF:1.990000,")],
  "tags-before-parts": [
    replaced(
      /(#EXT-X-PROGRAM-DATE-TIME:\S*10\.\d+Z\n|#EXT-X-PROGRAM-DATE-TIME:\S*:22\S*\n)(#EXT-X-PART:.*\n)/,
      "$2$1",
    ),
  ],
  "independent-parts": [
    replaced(',URI="segment-10.part-0.m4s",INDEPENDENT=YES', ',URI="segment-10.part-0.m4s"'),
  ],
  "gap-parts": [replaced(/(#EXTINF:2.000000,\nsegment-10)/, "#EXT-X-GAP\n$1")],
  "old-parts": [
    replaced(
      /(#EXTINF:2.000000,\nsegment-5)/,
      '#EXT-X-PART:DURATION=0.500000,URI="segment-5.part-0.m4s",INDEPENDENT=YES\n$1',
    ),
  ],
  "early-parts": [replaced(/#EXT-X-PART:.*segment-10.*\n/g, "", 2)],
  "media-sequence-rises": [replaced("MEDIA-SEQUENCE:2", "MEDIA-SEQUENCE:0", 3, 3)],
  "goes-forward": [
    ({ playlists, ...rest }) => ({ ...rest, playlists: playlists.toSpliced(2, 0, ...playlists.slice(0, 1)) }),
  ],
  "segment-unchanged": [
    replaced(SEGMENT_3, "other-3.m4s", 1),
    replaced(/EXTINF:2.000000,(?=\nsegment-6)/, "EXTINF:1.990000,", 1),
    replaced("12:00:16.000Z", "12:00:16.001Z", 1),
    replaced("part-1.m4s", "part-one.m4s", 1),
    replaced(/(#EXTINF:2.000000,\nsegment-6)/, "#EXT-X-GAP\n$1", 0, 1),
  ],
  "discontinuity-sequence": [
    replaced("DISCONTINUITY-SEQUENCE:1", "DISCONTINUITY-SEQUENCE:0"),
    replaced("DISCONTINUITY-SEQUENCE:0", "DISCONTINUITY-SEQUENCE:1", 2),
  ],
  "uri-once": [
    replaced("segment-7.m4s", "segment-6.m4s"),
    replaced('"segment-10.part-2.m4s"', '"segment-10.part-1.m4s"'),
    replaced(/segment-13\.part-0\.m4s/g, "segment-12.part-0.m4s"),
  ],
  "map-with-discontinuity": [
    replaced("#EXT-X-DISCONTINUITY\n", ""),
    replaced(/#EXT-X-MAP:URI="init-0.mp4"\n/, ""),
  ],
  dates: [replaced(/#EXT-X-PROGRAM-DATE-TIME:\S*:04\S*\n/, "")],
  "dates-fit-durations": [
    replaced("12:00:08.000Z", "12:00:08.200Z"),
    replaced("12:00:08.000Z", "12:00:07.800Z"),
    replaced("12:00:04.000Z", "12:00:03.000Z"),
  ],
  "delta-asked": [
    ({ playlists, ...rest }) => ({
      ...rest,
      playlists: playlists.map((each) => ({ ...each, url: each.url.replace("&_HLS_skip=YES", "") })),
    }),
    replaced(",CAN-SKIP-UNTIL=12.0", ""),
  ],
  "delta-skips-some": [
    replaced("#EXT-X-INDEPENDENT", "#EXT-X-SKIP:SKIPPED-SEGMENTS=0\n#EXT-X-INDEPENDENT", 6, 6),
  ],
  "delta-boundary": [
    replaced(/(=)4(\n#EXT-X-PROGRAM-DATE-TIME.*\n)(#EXTINF:.*\nsegment-7.*\n)/, "$15\n", 5, 5),
  ],
  "delta-known": [
    ({ playlists, ...rest }) => ({ ...rest, playlists: playlists.slice(5) }),
    replaced("SKIPPED-SEGMENTS=4", "SKIPPED-SEGMENTS=20"),
  ],
  "delta-merges": [
    replaced(/EXTINF:2.000000,(?=\nsegment-8)/, "EXTINF:1.990000,", 5, 5),
    replaced("SEQUENCE:1", "SEQUENCE:2", 6, 6),
  ],
  "reload-has-what-was-asked": [
    ({ playlists, ...rest }) => ({
      ...rest,
      playlists: playlists.map((each) => ({ ...each, url: each.url.replace("_HLS_part=2", "_HLS_part=3") })),
    }),
    ({ playlists, ...rest }) => ({
      ...rest,
      playlists: playlists.map((each) => ({ ...each, url: each.url.replace(/_HLS_msn=12$/, "_HLS_msn=13") })),
    }),
  ],
  "reload-wait": [
    ({ playlists, ...rest }) => ({
      ...rest,
      playlists: playlists.map((each) => ({ ...each, askedAtMs: each.answeredAtMs - 9000 })),
    }),
    ({ playlists, ...rest }) => ({
      ...rest,
      playlists: playlists.map((each, index) => (index === 3 ? { ...each, status: 503 } : each)),
    }),
  ],
  "low-latency-profile": [
    replaced("CAN-BLOCK-RELOAD=YES,", ""),
    replaced("CAN-SKIP-UNTIL=12.0,", ""),
    replaced(/#EXT-X-PRELOAD-HINT.*\n/, ""),
  ],
  "hint-at-end": [replaced("#EXT-X-ENDLIST", '#EXT-X-ENDLIST\n#EXT-X-PRELOAD-HINT:TYPE=PART,URI="a"')],
  "hint-is-new": [replaced(/HINT:TYPE=PART,URI=".*"/, 'HINT:TYPE=PART,URI="segment-11.part-0.m4s"')],
  "hint-honoured": [
    replaced(/HINT:TYPE=PART,URI="segment-11.part-2/, 'HINT:TYPE=PART,URI="segment-11.part-3'),
    replaced(/HINT:TYPE=PART,URI="segment-12.part-0/, 'HINT:TYPE=PART,URI="segment-11.part-4'),
  ],
  reports: [
    report('URI="../b/media.m3u8",LAST-MSN=11'),
    report('URI="http://b/media.m3u8",LAST-MSN=11,LAST-PART=0'),
    report('URI="../b/media.m3u8",LAST-MSN=2,LAST-PART=0'),
  ],
  "end-is-final": [replaced("#EXT-X-ENDLIST\n", "", 8), replaced(/#EXTINF:1.0+,\nsegment-13.m4s\n/, "", 8)],
  "type-constant": [replaced("#EXTM3U", "#EXTM3U\n#EXT-X-PLAYLIST-TYPE:EVENT", 1)],
  "event-keeps-all": [replaced("#EXTM3U", "#EXTM3U\n#EXT-X-PLAYLIST-TYPE:EVENT")],
  "vod-is-whole": [replaced("#EXTM3U", VOD, 0, 0), replaced("#EXTM3U", VOD, 8, 8)],
  window: [replaced("TARGETDURATION:2", "TARGETDURATION:7")],
  "window-segments": [() => liveHistory(5)],
  "multivariant-kind": [
    multivariant("#EXT-X-VERSION:9", "#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:2"),
    multivariant("#EXT-X-VERSION:9", "#EXT-X-VERSION:9\n#EXT-X-OTHER"),
  ],
  "variant-uri": [
    multivariant("main/media.m3u8?session=a\n", ""),
    multivariant(/#EXT-X-STREAM-INF[\s\S]*/, ""),
    multivariant(/(#EXT-X-STREAM-INF[\s\S]*)/, "$1$1"),
  ],
  "variant-attributes": [
    multivariant("FRAME-RATE=30.000", "FRAME-RATE=30"),
    multivariant(",RESOLUTION=640x360", ""),
    multivariant("AVERAGE-BANDWIDTH=900000,", ""),
    multivariant("AVERAGE-BANDWIDTH=900000,", "AVERAGE-BANDWIDTH=1900000,"),
    multivariant("mp4a.40.2", "mp4a.40.2,mp4a.40.2"),
    multivariant(",FRAME", ",,FRAME"),
  ],
  "rendition-groups": [
    multivariant("#EXT-X-STREAM-INF:", '#EXT-X-STREAM-INF:AUDIO="a",'),
    multivariant("#EXT-X-STREAM", `${TWICE}#EXT-X-STREAM`),
  ],
  "reports-of-all": [
    multivariant(/(#EXT-X-STREAM-INF.*\n)(main.*\n)/, "$1$2$1other/media.m3u8\n"),
    report('URI="../b/media.m3u8",LAST-MSN=11,LAST-PART=0'),
  ],
  "media-there": [media((each) => ({ ...each, status: 404 }))],
  "media-unchanged": [
    (history) => ({
      ...history,
      media: [...history.media, ...media((each) => ({ ...each, bytes: new Uint8Array([1]) }))(history).media],
    }),
  ],
  "parts-are-segment": [
    media((each) => (each.uri.includes("part-2") ? { ...each, bytes: new Uint8Array(2) } : each)),
  ],
};

function report(attributes: string): Change {
  return texts((text) => `${text}#EXT-X-RENDITION-REPORT:${attributes}\n`, 0, 3);
}

function media(change: (each: PlaylistHistory["media"][number]) => PlaylistHistory["media"][number]): Change {
  return (history) => ({ ...history, media: history.media.map(change) });
}

test("what is as it must be breaks no rule", () => {
  expect(described(violationsOf(liveHistory()))).toEqual([]);
});

test("every rule has a history that breaks it, and a section", () => {
  expect(RULES.map(({ id }) => id).toSorted()).toEqual(Object.keys(BREAKING).toSorted());
  expect(RULES.filter(({ section }) => !/§\d|Appendix|authoring/.test(section))).toEqual([]);
});

describe.each(Object.entries(BREAKING))("%s", (rule, changes) => {
  test.each(changes.map((change, index) => ({ index, change })))("is broken, way $index", ({ change }) => {
    const found = violationsOf(change(liveHistory()));
    expect(found.map((violation) => violation.rule)).toContain(rule);
  });
});
