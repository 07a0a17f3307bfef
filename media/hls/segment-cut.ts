// A segment cut at pictures: what can be begun with, where the nearest picture ends, and the fragments from one to the other.

import { encodeFragment } from "#media/fmp4/fmp4-muxer.ts";
import type { SampleRun } from "#media/fmp4/fragment-boxes.ts";
import {
  type FragmentRun,
  type FragmentSample,
  type PlacedFragment,
  readFragments,
} from "#media/fmp4/fragment-reader.ts";
import type { AccessUnit, TrackKind } from "#media/track/track.ts";

/** A track of the segment's initialization. */
export interface CutTrack {
  readonly trackId: number;
  readonly kind: TrackKind;
  readonly timescale: number;
}

/** Whole fragments of the segment, bytes from its beginning; `end` is not included. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** What is left of a segment: stretches of it, and fragments that are new, one after the other. */
export interface SegmentCut {
  readonly pieces: readonly (Stretch | Uint8Array)[];
  readonly partCount: number;
}

/** RTMP counts milliseconds: times that are no further apart are the same. */
const SAME_SECONDS = 0.0005;

/** A sample of the track whose pictures, or frames where there are no pictures, decide where it is cut. */
interface LeadSample extends FragmentSample {
  /** Position of its fragment. */
  readonly fragment: number;
  readonly pts: number;
  /** When it is shown, from the beginning of the segment. */
  readonly seconds: number;
}

/** Times are seconds from when its first picture is shown. */
export class CuttableSegment {
  readonly #bytes: Uint8Array;
  readonly #tracks: readonly CutTrack[];
  readonly #durationSeconds: number;
  readonly #fragments: readonly PlacedFragment[];
  readonly #lead: CutTrack;
  /** In the order of decoding; at least one. */
  readonly #samples: readonly LeadSample[];
  readonly #firstPts: number;

  /** Throws an `Fmp4Error` where `bytes` are not whole fragments; a plain one where they hold none of `tracks`. */
  constructor(bytes: Uint8Array, tracks: readonly CutTrack[], durationSeconds: number) {
    this.#bytes = bytes;
    this.#tracks = tracks;
    this.#durationSeconds = durationSeconds;
    this.#fragments = readFragments(bytes);
    const present = new Set(this.#fragments.flatMap(({ runs }) => runs.map(({ trackId }) => trackId)));
    const there = tracks.filter(({ trackId }) => present.has(trackId));
    const lead = there.find(({ kind }) => kind === "video") ?? there[0];
    if (lead === undefined) throw new Error("a segment without samples of its tracks");
    this.#lead = lead;
    const samples = this.#fragments.flatMap(({ runs }, fragment) =>
      runs
        .filter(({ trackId }) => trackId === lead.trackId)
        .flatMap((run) => run.samples.map((sample) => ({ ...sample, fragment, pts: ptsOf(sample) }))),
    );
    const firstPts = samples.reduce((least, { pts }) => Math.min(least, pts), Number.POSITIVE_INFINITY);
    this.#firstPts = firstPts;
    this.#samples = samples.map((sample) => ({
      ...sample,
      seconds: (sample.pts - firstPts) / lead.timescale,
    }));
  }

  /** How long its pictures last, or its sound where there are none. */
  get sampleSeconds(): number {
    return this.#samples.reduce((sum, { durationTicks }) => sum + durationTicks, 0) / this.#lead.timescale;
  }

  /** The last picture at or before `seconds` that decoding can begin with; null where there is none. */
  joinPoint(seconds: number): number | null {
    const found = this.#samples.findLast(
      (sample) => sample.isSync && sample.seconds <= seconds + SAME_SECONDS,
    );
    return found?.seconds ?? null;
  }

  /** Where a picture begins or the segment ends, whichever is nearest to `seconds`. */
  nearestEnd(seconds: number): number {
    let nearest = this.#durationSeconds;
    for (const sample of this.#samples) {
      if (Math.abs(sample.seconds - seconds) < Math.abs(nearest - seconds)) nearest = sample.seconds;
    }
    return nearest;
  }

  /** The end of the picture that is shown from `seconds` on. */
  endOfPictureAt(seconds: number): number {
    let end = this.#durationSeconds;
    for (const sample of this.#samples) {
      if (sample.seconds > seconds + SAME_SECONDS) end = Math.min(end, sample.seconds);
    }
    return end;
  }

  /**
   * From a picture that {@link joinPoint} told of, up to a time that {@link nearestEnd} told of. Pictures that are shown later,
   * but are decoded for those before, stay: they last a tick each, behind the end, so that nobody sees them.
   */
  cut(startSeconds: number, endSeconds: number): SegmentCut {
    const first = startSeconds < SAME_SECONDS ? 0 : this.#samples.findIndex(isAt(startSeconds));
    const isToEnd = endSeconds > this.#durationSeconds - SAME_SECONDS;
    const isKept = ({ seconds }: LeadSample): boolean => isToEnd || seconds < endSeconds - SAME_SECONDS;
    const last = this.#samples.findLastIndex(isKept);
    const selection = { first, last, endSeconds: isToEnd ? null : endSeconds, isKept };
    return this.#assemble(selection);
  }

  #assemble(selection: Selection): SegmentCut {
    const pieces: (Stretch | Uint8Array)[] = [];
    const { from, anewUntil, anewFrom, to } = this.#limits(selection);
    let partCount = 0;
    for (let at = from; at < to; ) {
      const isAnew = at < anewUntil || at >= anewFrom;
      const end = isAnew ? (at < anewUntil && anewUntil < anewFrom ? anewUntil : to) : Math.min(anewFrom, to);
      if (isAnew) pieces.push(this.#encode(at, end, selection));
      else pieces.push({ start: this.#startOf(at), end: this.#startOf(end) });
      partCount += isAnew ? 1 : end - at;
      at = end;
    }
    return { pieces, partCount };
  }

  /** Positions of fragments: the first, those before which and from which on they are made anew, and behind the last. */
  #limits({ first, last, endSeconds, isKept }: Selection) {
    const of = (index: number): number => this.#samples[index]?.fragment ?? this.#fragments.length;
    const from = first === 0 ? 0 : of(first);
    const anewUntil = first > 0 && of(first - 1) === from ? from + 1 : from;
    if (endSeconds === null)
      return { from, anewUntil, anewFrom: this.#fragments.length, to: this.#fragments.length };
    const to = of(last) + 1;
    const early = this.#samples.findIndex(
      (sample, index) => index >= first && index < last && !isKept(sample),
    );
    const isWithin = of(last + 1) === of(last);
    return { from, anewUntil, anewFrom: early !== -1 ? of(early) : isWithin ? to - 1 : to, to };
  }

  #startOf(fragment: number): number {
    return this.#fragments[fragment]?.start ?? this.#bytes.byteLength;
  }

  /** The fragments from `from` up to `to` as one, without what is not selected. */
  #encode(from: number, to: number, selection: Selection): Uint8Array {
    const runs = this.#tracks.flatMap((track) => {
      const samples =
        track === this.#lead
          ? this.#selectedLead(from, to, selection)
          : this.#selected(track, from, to, selection);
      return samples === null ? [] : [samples];
    });
    return encodeFragment(this.#fragments[from]?.sequenceNumber ?? 0, runs);
  }

  #selectedLead(from: number, to: number, { first, last, endSeconds, isKept }: Selection): SampleRun | null {
    const { trackId, kind, timescale } = this.#lead;
    const chosen = this.#samples
      .slice(first, last + 1)
      .filter(({ fragment }) => fragment >= from && fragment < to);
    const final = chosen.at(-1);
    if (final === undefined) return null;
    const naturalEnd = final.dts + final.durationTicks;
    if (endSeconds === null || final !== this.#samples[last]) {
      return {
        trackId,
        kind,
        samples: chosen.map((sample) => this.#unit(trackId, sample)),
        endDts: naturalEnd,
      };
    }
    const endTicks = Math.round(endSeconds * timescale);
    const leastEnd = (chosen[0]?.dts ?? 0) + chosen.length;
    const endDts = Math.max(leastEnd, (this.#samples[0]?.dts ?? 0) + endTicks);
    let hidden = 0;
    let nextDts = chosen[0]?.dts ?? 0;
    const samples = chosen.map((sample, index) => {
      const dts = Math.min(nextDts, endDts - (chosen.length - index));
      if (isKept(sample)) {
        nextDts = dts + sample.durationTicks;
        return this.#unit(trackId, { ...sample, dts });
      }
      nextDts = dts + 1;
      hidden += 1;
      return this.#unit(trackId, { ...sample, dts, pts: this.#firstPts + endTicks + hidden - 1 });
    });
    return { trackId, kind, samples, endDts };
  }

  /** The sound of the pictures: what is mostly heard before the start or after the end is left out. */
  #selected(track: CutTrack, from: number, to: number, { first, endSeconds }: Selection): SampleRun | null {
    const { trackId, kind, timescale } = track;
    const lead = this.#lead.timescale;
    const begins = first === 0 ? Number.NEGATIVE_INFINITY : (this.#samples[first]?.dts ?? 0) / lead;
    const ends = endSeconds === null ? Number.POSITIVE_INFINITY : this.#firstPts / lead + endSeconds;
    const samples = this.#fragments
      .slice(from, to)
      .flatMap(({ start, runs }) =>
        runs.filter((run) => run.trackId === trackId).flatMap((run) => placed(run, start)),
      )
      .filter(({ sample }) => {
        const middle = (ptsOf(sample) + sample.durationTicks / 2) / timescale;
        return middle > begins && middle < ends;
      });
    const final = samples.at(-1)?.sample;
    if (final === undefined) return null;
    return {
      ...{ trackId, kind, endDts: final.dts + final.durationTicks },
      samples: samples.map(({ sample, start }) => unitOf(trackId, sample, this.#bytes, start)),
    };
  }

  #unit(trackId: number, sample: LeadSample): AccessUnit {
    return { ...unitOf(trackId, sample, this.#bytes, this.#startOf(sample.fragment)), pts: sample.pts };
  }
}

interface Selection {
  /** Positions in the order of decoding. */
  readonly first: number;
  readonly last: number;
  /** Null: to its end. */
  readonly endSeconds: number | null;
  readonly isKept: (sample: LeadSample) => boolean;
}

function isAt(seconds: number): (sample: LeadSample) => boolean {
  return (sample) => sample.isSync && Math.abs(sample.seconds - seconds) < SAME_SECONDS;
}

function ptsOf({ dts, compositionTimeOffset }: FragmentSample): number {
  return dts + compositionTimeOffset;
}

function placed(run: FragmentRun, start: number): { sample: FragmentSample; start: number }[] {
  return run.samples.map((sample) => ({ sample, start }));
}

function unitOf(trackId: number, sample: FragmentSample, bytes: Uint8Array, start: number): AccessUnit {
  const { dts, isSync, byteOffset, byteLength } = sample;
  const data = bytes.subarray(start + byteOffset, start + byteOffset + byteLength);
  return { trackId, dts, pts: ptsOf(sample), isSync, data };
}
