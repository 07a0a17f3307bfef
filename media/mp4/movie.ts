// The fragments of a recording as one movie that can be played from its beginning on: ftyp, moov and the head of an mdat, behind
// which the file of fragments goes on as it is. The moofs in it are bytes that nothing points to.

import { Fmp4Error } from "#media/fmp4/fmp4-error.ts";
import type { Fragment } from "#media/fmp4/fragment-reader.ts";
import type { TrackKind } from "#media/track/track.ts";
import type { InitializedTrack } from "./initialization-reader.ts";
import { type MoviePart, movieBoxes } from "./movie-boxes.ts";
import { MovieTrack, type RunPlace } from "./movie-track.ts";
import { parameterSetsIn } from "./parameter-sets.ts";
import type { SampleTable, StoreTable } from "./sample-table.ts";

/** What the fragments of one initialization say of a track. */
interface Place extends Pick<RunPlace, "description" | "timescale" | "parameterSets"> {
  readonly track: MovieTrack;
}

/** Of one initialization, by track_ID. */
type Places = ReadonlyMap<number, Place>;

/** Parameter sets that are sent in the place of bytes of the file of fragments. */
export interface MovieParameterSets {
  /** Entries of {@link PARAMETER_SET_PLACE_BYTES}, offsets rising. */
  readonly places: SampleTable;
  /** By description. */
  readonly sets: readonly Uint8Array[];
}

/**
 * At a discontinuity the movie goes on where the last sample ended, as a playlist does, if the times of the fragments say
 * something else by more than this: below it is how far sound and pictures end apart.
 */
const LEAST_HOLE_SECONDS = 0.5;

/** Rates that have no common multiple below this are rounded to the highest of them. */
const MAX_TIMESCALE = 2 ** 31;

/**
 * One track of pictures and one of sound, whatever the initializations name them; another codec or size is another sample
 * description (ISO/IEC 14496-12 §8.5.2). Times are those of the fragments, so that sound and picture stay in step: where
 * nothing was sent the last sample lasts until the next one, and only what a discontinuity leaves out is left out here, too.
 * Edit lists (§8.6.6) say how much later than the other a track begins, and take off what the first picture waits to be shown.
 *
 * Browsers know the first sample description only. Where there are several of pictures, each picture that decoding can begin with
 * has its parameter sets before it, too: they go over the end of the head of its fragment, which nobody reads. One that does not
 * begin a fragment has no room for them, and is not said to be one to begin with.
 */
export class Movie {
  readonly #tracks: readonly MovieTrack[];
  readonly #places: ReadonlyMap<number, Places>;
  #current: Places | null = null;
  #isDiscontinuous = false;
  #shiftSeconds = 0;

  /**
   * `initializations`: by id, all that segments name. `store` gets the tables as they are made, in stretches that each are the
   * next of their table: nothing here grows with the movie.
   */
  constructor(initializations: ReadonlyMap<number, readonly InitializedTrack[]>, store: StoreTable) {
    const all = [...initializations.values()].flat();
    const byKind = new Map<TrackKind, MovieTrack>();
    for (const kind of ["video", "audio"] as const) {
      const own = all.filter((track) => track.kind === kind);
      const [first] = own;
      if (first === undefined) continue;
      byKind.set(kind, new MovieTrack(first, commonTimescale(own), store));
    }
    this.#tracks = [...byKind.values()];
    for (const track of all) byKind.get(track.kind)?.describe(track);
    this.#places = new Map(
      Array.from(initializations, ([id, tracks]) => [id, placesOf(tracks, byKind)] as const),
    );
  }

  /** The fragments that follow are those of a segment. Throws for an initialization that is not there. */
  beginSegment(segment: { readonly initializationId: number; readonly discontinuity: boolean }): void {
    const places = this.#places.get(segment.initializationId);
    if (places === undefined) throw new Fmp4Error(`no initialization ${segment.initializationId}`);
    this.#current = places;
    this.#isDiscontinuous ||= segment.discontinuity;
  }

  /** `offset`: bytes from the beginning of the file of fragments. Throws `Fmp4Error` for a track that is not initialized. */
  add(fragment: Fragment, offset: number): void {
    if (this.#isDiscontinuous && fragment.runs.length > 0) {
      this.#isDiscontinuous = false;
      this.#closeHole(fragment);
    }
    const payloadOffset = Math.min(...fragment.runs.flatMap(({ samples }) => samples[0]?.byteOffset ?? []));
    const of = { shiftSeconds: this.#shiftSeconds, fragmentOffset: offset, payloadOffset };
    for (const run of fragment.runs) {
      const { track, description, timescale, parameterSets } = this.#placeOf(run.trackId);
      track.add(run, { description, timescale, parameterSets, ...of });
    }
  }

  /** What goes over the file of fragments, once the movie has ended; null where that stays as it is. */
  get parameterSets(): MovieParameterSets | null {
    const track = this.#tracks.find(({ tables }) => tables.parameterSetPlaces.entryCount > 0);
    if (track === undefined) return null;
    const sets = track.descriptions.map((entry) => parameterSetsIn(entry) ?? new Uint8Array());
    return { places: track.tables.parameterSetPlaces, sets };
  }

  /**
   * Everything before the stretch of the file of fragments, `byteLength` bytes from `offset` on, that follows it: bytes, and
   * tables that were stored, in their order. Nothing is added any more.
   */
  end(stretch: { readonly offset: number; readonly byteLength: number }): readonly MoviePart[] {
    for (const track of this.#tracks) track.end();
    return movieBoxes(
      this.#tracks.filter(({ sampleCount }) => sampleCount > 0),
      stretch,
    );
  }

  #closeHole({ runs }: Fragment): void {
    const from = Math.min(
      ...runs.map((run) => run.baseMediaDecodeTime / this.#placeOf(run.trackId).timescale),
    );
    const ended = this.#tracks.filter(({ sampleCount }) => sampleCount > 0);
    if (ended.length === 0) return;
    const end = Math.max(...ended.map(({ endSeconds }) => endSeconds));
    const holeSeconds = from + this.#shiftSeconds - end;
    if (Math.abs(holeSeconds) > LEAST_HOLE_SECONDS) this.#shiftSeconds -= holeSeconds;
  }

  #placeOf(trackId: number): Place {
    const place = this.#current?.get(trackId);
    if (place === undefined) throw new Fmp4Error(`a fragment of track ${trackId}, which is not initialized`);
    return place;
  }
}

function placesOf(tracks: readonly InitializedTrack[], byKind: ReadonlyMap<TrackKind, MovieTrack>): Places {
  const places = new Map<number, Place>();
  for (const initialized of tracks) {
    const track = byKind.get(initialized.kind);
    if (track === undefined) continue;
    const { trackId, timescale, sampleEntry } = initialized;
    const parameterSets = track.descriptions.length > 1 ? parameterSetsIn(sampleEntry) : null;
    places.set(trackId, { track, description: track.describe(initialized), timescale, parameterSets });
  }
  return places;
}

/** One in which the times of all of them are whole, if there is one. */
function commonTimescale(tracks: readonly InitializedTrack[]): number {
  const timescales = tracks.map(({ timescale }) => timescale);
  const common = timescales.reduce((a, b) => (a / greatestCommonDivisor(a, b)) * b);
  return common < MAX_TIMESCALE ? common : Math.max(...timescales);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
