// One track of a movie: its samples, fragment by fragment, become the tables that say when, how long and where each is.

import { sameBytes } from "#media/bytes/same-bytes.ts";
import type { FragmentRun, FragmentSample } from "#media/fmp4/fragment-reader.ts";
import type { TrackKind } from "#media/track/track.ts";
import type { InitializedTrack } from "./initialization-reader.ts";
import { SampleTable, type StoreTable } from "./sample-table.ts";

/** The tables of a track, as ISO/IEC 14496-12 names them. */
export interface TrackTables {
  /** Decoding time to sample (§8.6.1.2). */
  readonly stts: SampleTable;
  /** Composition time to sample (§8.6.1.3). */
  readonly ctts: SampleTable;
  /** Sync samples (§8.6.2). */
  readonly stss: SampleTable;
  /** Sample sizes (§8.7.3). */
  readonly stsz: SampleTable;
  /** Sample to chunk (§8.7.4). */
  readonly stsc: SampleTable;
  /** 64 bits each, bytes from the beginning of the file of fragments: `stco` or `co64` (§8.7.5) once it is known where that lies. */
  readonly chunkOffsets: SampleTable;
  /** Not one of the movie's: see {@link PARAMETER_SET_PLACE_BYTES}. */
  readonly parameterSetPlaces: SampleTable;
}

/**
 * Where parameter sets go over the file of fragments: 64 bits, bytes from the beginning of that, and in 32 bits of which
 * description they are.
 */
export const PARAMETER_SET_PLACE_BYTES = 12;

/** Where the samples of a run are. */
export interface RunPlace {
  /** Position in {@link MovieTrack.descriptions}. */
  readonly description: number;
  /** Ticks a second of the run. */
  readonly timescale: number;
  /** How much later than the run says its samples are decoded, seconds. */
  readonly shiftSeconds: number;
  /** Of the fragment, bytes from the beginning of the file of fragments. */
  readonly fragmentOffset: number;
  /** Where the fragment's head ends and its samples begin, bytes from its own beginning. */
  readonly payloadOffset: number;
  /** What a picture that decoding can begin with is to have before it, in the place of the fragment's own head; null: nothing. */
  readonly parameterSets: Uint8Array | null;
}

export class MovieTrack {
  readonly kind: TrackKind;
  /** Ticks a second of everything that this track says. */
  readonly timescale: number;
  readonly tables: TrackTables;
  /** Sample entries; of the first one's size the track is shown. */
  readonly descriptions: Uint8Array[] = [];
  readonly width: number;
  readonly height: number;
  #sampleCount = 0;
  #syncCount = 0;
  #hasCompositionOffsets = false;
  #firstDts = 0;
  #firstPts = 0;
  #lastDts = 0;
  #endDts = 0;
  #endPts = 0;
  #durations = { count: 0, value: 0 };
  #compositionOffsets = { count: 0, value: 0 };
  #lastChunk = { sampleCount: 0, description: 0 };

  /** `timescale`: ticks a second; its samples may be of another one. */
  constructor(first: InitializedTrack, timescale: number, store: StoreTable) {
    this.kind = first.kind;
    this.width = first.width;
    this.height = first.height;
    this.timescale = timescale;
    const table = () => new SampleTable(store);
    this.tables = {
      ...{ stts: table(), ctts: table(), stss: table(), stsz: table(), stsc: table() },
      ...{ chunkOffsets: table(), parameterSetPlaces: table() },
    };
  }

  get sampleCount(): number {
    return this.#sampleCount;
  }

  /** Some samples cannot be decoded alone. */
  get hasDependentSamples(): boolean {
    return this.#syncCount < this.#sampleCount;
  }

  get hasCompositionOffsets(): boolean {
    return this.#hasCompositionOffsets;
  }

  /** From the first sample's decoding to the last one's end, ticks. */
  get durationTicks(): number {
    return this.#endDts - this.#firstDts;
  }

  /** Decoding time at which the last sample ends, seconds. */
  get endSeconds(): number {
    return this.#endDts / this.timescale;
  }

  /** When the first sample is shown, seconds. */
  get shownFromSeconds(): number {
    return this.#firstPts / this.timescale;
  }

  /** How much later the first sample is shown than it is decoded, ticks. */
  get firstCompositionOffset(): number {
    return this.#firstPts - this.#firstDts;
  }

  /** From the first sample's showing to the end of the one shown last, ticks. */
  get shownTicks(): number {
    return this.#endPts - this.#firstPts;
  }

  /** Position of the sample entry, which is kept once. */
  describe({ sampleEntry }: InitializedTrack): number {
    const known = this.descriptions.findIndex((each) => sameBytes(each, sampleEntry));
    return known === -1 ? this.descriptions.push(sampleEntry) - 1 : known;
  }

  /** The samples of one fragment; what it says of a sample that comes too early is repaired by ticks. */
  add(run: FragmentRun, place: RunPlace): void {
    const [first] = run.samples;
    if (first === undefined) return;
    const leadBytes = this.#leadBytes(first, place);
    const offset = place.fragmentOffset + first.byteOffset - leadBytes;
    if (leadBytes > 0) this.tables.parameterSetPlaces.addPlace(offset, place.description);
    this.#addChunk(offset, run.samples.length, place.description);
    for (const sample of run.samples) this.#addSample(sample, place, sample === first ? leadBytes : 0);
    const endTicks = this.#ticksOf(run.baseMediaDecodeTime + run.durationTicks, place);
    this.#endDts = Math.max(this.#lastDts + 1, endTicks);
  }

  /** Nothing is added any more: the tables are handed over to their ends. */
  end(): void {
    if (this.#sampleCount > 0) this.#addDuration(this.#endDts - this.#lastDts);
    const { stts, ctts } = this.tables;
    if (this.#durations.count > 0) stts.add(this.#durations.count, this.#durations.value);
    const { count, value } = this.#compositionOffsets;
    if (count > 0) ctts.add(count, value);
    for (const table of Object.values(this.tables)) table.end();
  }

  /** Of parameter sets before the sample: they have the room of the fragment's head, if it begins with this sample. */
  #leadBytes({ isSync, byteOffset }: FragmentSample, { parameterSets, payloadOffset }: RunPlace): number {
    if (!isSync || parameterSets === null || byteOffset !== payloadOffset) return 0;
    return parameterSets.byteLength <= byteOffset ? parameterSets.byteLength : 0;
  }

  #addChunk(offset: number, sampleCount: number, description: number): void {
    const { chunkOffsets, stsc } = this.tables;
    chunkOffsets.addLong(offset);
    const last = this.#lastChunk;
    if (last.sampleCount === sampleCount && last.description === description) return;
    this.#lastChunk = { sampleCount, description };
    stsc.add(chunkOffsets.entryCount, sampleCount, description + 1);
  }

  /** With its parameter sets before it or, where it needs some and has none, as one that nobody begins with. */
  #addSample(sample: FragmentSample, place: RunPlace, leadBytes: number): void {
    const wanted = this.#ticksOf(sample.dts, place);
    const isFirst = this.#sampleCount === 0;
    const dts = isFirst ? wanted : Math.max(this.#lastDts + 1, wanted);
    const pts = Math.max(dts, this.#ticksOf(sample.dts + sample.compositionTimeOffset, place));
    if (isFirst) {
      this.#firstDts = dts;
      this.#firstPts = pts;
    } else {
      this.#addDuration(dts - this.#lastDts);
    }
    this.#lastDts = dts;
    this.#sampleCount += 1;
    const { stss, stsz } = this.tables;
    stsz.add(sample.byteLength + leadBytes);
    if (sample.isSync && (place.parameterSets === null || leadBytes > 0)) {
      this.#syncCount += 1;
      stss.add(this.#sampleCount);
    }
    this.#addCompositionOffset(pts - dts);
    const durationTicks = Math.round((sample.durationTicks * this.timescale) / place.timescale);
    this.#endPts = Math.max(this.#endPts, pts + durationTicks);
  }

  #addDuration(value: number): void {
    const run = this.#durations;
    if (run.value === value || run.count === 0) {
      run.value = value;
      run.count += 1;
      return;
    }
    this.tables.stts.add(run.count, run.value);
    this.#durations = { count: 1, value };
  }

  #addCompositionOffset(value: number): void {
    this.#hasCompositionOffsets ||= value > 0;
    const run = this.#compositionOffsets;
    if (run.value === value || run.count === 0) {
      run.value = value;
      run.count += 1;
      return;
    }
    this.tables.ctts.add(run.count, run.value);
    this.#compositionOffsets = { count: 1, value };
  }

  /** A time of the run, as ticks of this track. */
  #ticksOf(ticks: number, { timescale, shiftSeconds }: RunPlace): number {
    const own = timescale === this.timescale ? ticks : Math.round((ticks * this.timescale) / timescale);
    return own + Math.round(shiftSeconds * this.timescale);
  }
}
