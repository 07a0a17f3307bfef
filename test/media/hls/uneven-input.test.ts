// An hour of input as encoders should not send it: what the playlist promised holds, whatever comes (P1 to P3).

import { describe, expect, test } from "bun:test";
import { renderDeltaUpdate } from "#media/hls/delta-update.ts";
import { renderMediaPlaylist } from "#media/hls/media-playlist.ts";
import { PlaylistWindow } from "#media/hls/playlist-window.ts";
import type { Cut } from "#media/hls/segment.ts";
import { Segmenter } from "#media/hls/segmenter.ts";
import type { EncoderPace } from "#media/track/encoder-pace.ts";
import type { AccessUnit, Track } from "#media/track/track.ts";
import { seededRandom } from "#test/support/damage.ts";
import { audioUnits, interleaved, secondsOf, videoUnit } from "#test/support/programme-units.ts";
import { audioTrack, videoTrack } from "#test/support/tracks.ts";

const START_MS = Date.UTC(2026, 10, 24, 12);

/** Not at every part, and never at the same ones of a segment: each is listed for six seconds. */
const RELOAD_EVERY = 7;

interface Stretch {
  readonly seconds: number;
  /** From one picture to the next, in seconds; null: there are none. */
  readonly step: ((random: () => number) => number) | null;
  readonly hasSound?: boolean;
}

const even = (perSecond: number) => () => 1 / perSecond;

const STRETCHES: readonly Stretch[] = [
  { seconds: 300, step: even(30_000 / 1001) },
  { seconds: 300, step: even(24) },
  { seconds: 300, step: even(60) },
  { seconds: 300, step: (random) => 1 / 30 + (random() - 0.5) * 0.03 },
  { seconds: 300, step: (random) => (random() < 0.1 ? 0.2 : 1 / 25) },
  { seconds: 300, step: (random) => 0.005 + random() * 0.4 },
  { seconds: 300, step: even(1) },
  { seconds: 300, step: even(1), hasSound: false },
  { seconds: 300, step: even(25), hasSound: false },
  { seconds: 300, step: null },
  { seconds: 300, step: even(7) },
  { seconds: 300, step: (random) => (random() < 0.01 ? 0.9 : 1 / 50) },
];

/** Whole milliseconds, as RTMP has them, and a key frame every two seconds or so. */
function unitsOf(
  { seconds, step, hasSound = true }: Stretch,
  from: number,
  random: () => number,
): AccessUnit[] {
  const pictures: AccessUnit[] = [];
  let keyFrameAt = Number.NEGATIVE_INFINITY;
  for (let at = from; step !== null && at < from + seconds; at += step(random)) {
    const isSync = at - keyFrameAt >= 1.99;
    if (isSync) keyFrameAt = at;
    const unit = videoUnit(Math.round(at * 1000) / 1000, isSync, 20);
    if (unit.dts !== pictures.at(-1)?.dts) pictures.push({ ...unit, pts: unit.dts + 3000 });
  }
  return interleaved(pictures, hasSound ? audioUnits({ fromSeconds: from, seconds }) : []);
}

/** What one who reloads at every chance has. */
class Reader {
  readonly window: PlaylistWindow;
  readonly promises = new Set<string>();
  readonly #partBytes = new Map<number, number>();
  #held: string | null = null;

  constructor(isEvent: boolean) {
    this.window = new PlaylistWindow({ isEvent });
  }

  take(cuts: readonly Cut[]): void {
    for (const cut of cuts) {
      this.window.push(cut);
      this.#weigh(cut);
      if (cut.type === "segment") this.window.settle(() => "recorded");
    }
  }

  /** Parts are their segment, byte for byte. */
  #weigh(cut: Cut): void {
    if (cut.type === "part") {
      const { msn, bytes } = cut.part;
      this.#partBytes.set(msn, (this.#partBytes.get(msn) ?? 0) + bytes.byteLength);
    }
    if (cut.type === "segment") expect(this.#partBytes.get(cut.segment.msn)).toBe(cut.segment.byteLength);
  }

  reload(): void {
    const { window } = this;
    const text = renderMediaPlaylist(window);
    if (text === null) return;
    for (const line of text.match(/^#EXT-X-(TARGETDURATION|SERVER-CONTROL|PART-INF|VERSION):.*/gm) ?? [])
      this.promises.add(line);
    expect(faultsOf(text)).toEqual([]);
    const delta = window.isEvent ? null : renderDeltaUpdate(window);
    if (delta !== null && this.#held !== null) expect(merged(this.#held, delta)).toBe(text);
    this.#held = text;
  }
}

/** Lines that break a rule of rfc8216bis §4.4.3.1 or §4.4.4.9. */
function faultsOf(text: string): string[] {
  const target = Number(/PART-TARGET=([\d.]+)/.exec(text)?.[1]);
  const targetDuration = Number(/TARGETDURATION:(\d+)/.exec(text)?.[1]);
  const lines = text.split("\n");
  let seconds = 0;
  let listed = 0;
  return lines.filter((line, index) => {
    if (line.startsWith("#EXTINF:")) {
      const duration = Number(line.slice(8, -1));
      const isWhole = listed === 0 || Math.abs(seconds - duration) < 0.0001;
      [seconds, listed] = [0, 0];
      return Math.round(duration) > targetDuration || !isWhole;
    }
    if (!line.startsWith("#EXT-X-PART:")) return false;
    const duration = Number(/DURATION=([\d.]+)/.exec(line)?.[1]);
    seconds += duration;
    listed += 1;
    const next = lines[index + 1] ?? "";
    const mayBeShort = line.endsWith("GAP=YES") || next.endsWith("GAP=YES") || next.startsWith("#EXTINF");
    return duration > target || (!mayBeShort && duration < target * 0.85 - 1e-6);
  });
}

/** As rfc8216bis §6.2.5.1 has it: what is left out is what the older one has under those numbers. */
function merged(older: string, delta: string): string {
  const skipped = Number(/SKIPPED-SEGMENTS=(\d+)/.exec(delta)?.[1]);
  const from = Number(/MEDIA-SEQUENCE:(\d+)/.exec(delta)?.[1]);
  const olderFrom = Number(/MEDIA-SEQUENCE:(\d+)/.exec(older)?.[1]);
  const blocks = segmentBlocks(older);
  const left = blocks.slice(0, from - olderFrom);
  const [first = "", ...others] = blocks.slice(left.length, left.length + skipped);
  // The initialization of what left is that of what follows.
  const map = /^#EXT-X-MAP:.*\n/m;
  const inForce = left.findLast((block) => map.test(block))?.match(map)?.[0] ?? "";
  const begin = map.test(first) ? first : first.replace(/^(#EXT-X-DISCONTINUITY\n)?/, `$1${inForce}`);
  // Of a segment that is skipped no part is listed any more.
  const known = [begin, ...others].join("").replace(/^#EXT-X-PART:.*\n/gm, "");
  return delta.replace(/^#EXT-X-SKIP:.*\n/m, known);
}

function segmentBlocks(text: string): string[] {
  const body = text.replace(
    /^(?:#EXTM3U|#EXT-X-(?:VERSION|TARGETDURATION|SERVER-CONTROL|PART-INF|MEDIA-SEQUENCE|DISCONTINUITY-SEQUENCE|INDEPENDENT-SEGMENTS).*)\n/gm,
    "",
  );
  return body.match(/(?:#.*\n)*?segment-\d+\.m4s\n/g) ?? [];
}

describe.each([1, 2])("seed %d", (seed) => {
  test("an hour of it leaves PART-TARGET, PART-HOLD-BACK and TARGETDURATION unmoved and every part within bounds", () => {
    const random = seededRandom(seed);
    const segmenter = new Segmenter({ segmentTargetSeconds: 2, partTargetSeconds: 0.2 });
    const reader = new Reader(false);
    const order = STRETCHES.map((stretch, index) => ({ stretch, at: index === 0 ? -1 : random() }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ stretch }) => stretch);
    let from = 0;
    let reloads = 0;
    let tracks: readonly Track[] = [];
    for (const stretch of order) {
      const { step, hasSound = true } = stretch;
      const needed = [...(step === null ? [] : [videoTrack]), ...(hasSound ? [audioTrack] : [])];
      if (needed.length !== tracks.length || needed.some((track) => !tracks.includes(track)))
        reader.take(segmenter.setTracks(needed, from > 0));
      tracks = needed;
      const encoder: EncoderPace = {
        keyFrameIntervalSeconds: step === null ? null : 2,
        areJoinPointsMissing: false,
        frameRate: step === null ? null : 30_000 / 1001,
      };
      segmenter.follow(encoder);
      for (const unit of unitsOf(stretch, from, random)) {
        const cuts = segmenter.push(unit, START_MS + secondsOf(unit) * 1000);
        if (cuts.length === 0) continue;
        reader.take(cuts);
        reloads += 1;
        if (reloads % RELOAD_EVERY === 0) reader.reload();
      }
      from += stretch.seconds;
    }
    expect([...reader.promises]).toEqual([
      "#EXT-X-VERSION:9",
      "#EXT-X-TARGETDURATION:2",
      "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.000,CAN-SKIP-UNTIL=12.0",
      "#EXT-X-PART-INF:PART-TARGET=0.201",
    ]);
  });
});
