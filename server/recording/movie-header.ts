// The head of a recording's download, made from the headers of its fragments: the thread that does it waits for the disk.

import { closeSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";
import { Fmp4Error } from "#media/fmp4/fmp4-error.ts";
import { type Fragment, readFragmentHead } from "#media/fmp4/fragment-reader.ts";
import { type InitializedTrack, readInitialization } from "#media/mp4/initialization-reader.ts";
import { Movie, type MovieParameterSets } from "#media/mp4/movie.ts";
import { chunkOffsets, type MoviePart } from "#media/mp4/movie-boxes.ts";
import type { SampleTable } from "#media/mp4/sample-table.ts";
import { encodeSets, encodeTrailer, type MovieStretch } from "./movie-header-file.ts";
import type { FilePiece } from "./piece.ts";
import { PiecedFile, readWhole } from "./pieced-file.ts";
import { MOVIE_TABLES_SUFFIX, UNFINISHED_SUFFIX } from "./recording-files.ts";

/** What a movie is made of: segments that follow each other in pieces of files, and the initializations they name. */
export interface MovieSource {
  /** What follows the header, one after the other; at least one. */
  readonly pieces: readonly FilePiece[];
  readonly initializations: readonly (FilePiece & { readonly id: number })[];
  /** At least one; offsets are as in the file of the first piece, and count on from there through all of them. */
  readonly segments: readonly Place<{ readonly initializationId: number; readonly discontinuity: boolean }>[];
  /** Where the header is kept. */
  readonly headerFile: string;
}

type Place<Facts> = Facts & { readonly offset: number; readonly byteLength: number };

/** What follows the header, as segments count it. */
export function stretchOf({ pieces }: Pick<MovieSource, "pieces">): MovieStretch {
  return {
    offset: pieces[0]?.offset ?? 0,
    byteLength: pieces.reduce((sum, { byteLength }) => sum + byteLength, 0),
  };
}

/** Holds the head of almost every fragment. */
const READ_BYTES = 4096;

/**
 * Writes the header to its file, by way of another one that is renamed: it is there as a whole or not at all, but for a power
 * cut, after which it does not say the right CRC and is made anew: nobody waits for the disk to have it. Nothing is held in memory but what is written next. Throws what the disk says, and `Fmp4Error` where a segment is not made of fragments.
 */
export function writeMovieHeader(source: MovieSource): void {
  const { headerFile, pieces } = source;
  const tablesFile = `${headerFile}${MOVIE_TABLES_SUFFIX}`;
  const writtenFile = `${headerFile}${UNFINISHED_SUFFIX}`;
  const media = new PiecedFile(pieces);
  try {
    const tables = new StoredTables(tablesFile);
    try {
      writeParts(writtenFile, readMovie(media, source, tables), tables, stretchOf(source));
    } finally {
      tables.close();
    }
    renameSync(writtenFile, headerFile);
  } finally {
    media.close();
    for (const left of [tablesFile, writtenFile]) rmSync(left, { force: true });
  }
}

/** What the file keeps of a movie. */
interface MovieParts {
  readonly header: readonly MoviePart[];
  readonly parameterSets: MovieParameterSets | null;
}

function readMovie(media: PiecedFile, source: MovieSource, tables: StoredTables): MovieParts {
  const { segments } = source;
  const movie = new Movie(initializationsOf(source), (table, bytes) => tables.store(table, bytes));
  const reader = new HeadReader(media);
  for (const segment of segments) {
    movie.beginSegment(segment);
    const end = segment.offset + segment.byteLength;
    for (let at = segment.offset; at < end; ) {
      const fragment = reader.fragmentAt(at, end);
      movie.add(fragment, at);
      at += fragment.byteLength;
    }
  }
  return { header: movie.end(stretchOf(source)), parameterSets: movie.parameterSets };
}

/** Those that segments name. */
function initializationsOf({ initializations, segments }: MovieSource): Map<number, InitializedTrack[]> {
  const used = new Set(segments.map(({ initializationId }) => initializationId));
  return new Map(
    initializations
      .filter(({ id }) => used.has(id))
      .map(({ id, ...place }) => [id, readInitialization(bytesAt(place))] as const),
  );
}

function bytesAt(place: FilePiece): Uint8Array {
  const file = new PiecedFile([place]);
  try {
    const bytes = new Uint8Array(place.byteLength);
    file.read(bytes, place.offset);
    return bytes;
  } finally {
    file.close();
  }
}

/** The fragments of a file without their samples, which are skipped. */
class HeadReader {
  readonly #media: PiecedFile;
  #buffer = new Uint8Array(READ_BYTES);

  constructor(media: PiecedFile) {
    this.#media = media;
  }

  /** The one that begins at `offset` and ends at `end` at most. */
  fragmentAt(offset: number, end: number): Fragment {
    for (;;) {
      const length = Math.min(this.#buffer.byteLength, end - offset);
      const bytes = this.#buffer.subarray(0, length);
      this.#media.read(bytes, offset);
      const fragment = readFragmentHead(bytes);
      if (fragment !== null && offset + fragment.byteLength <= end) return fragment;
      if (fragment !== null || length === end - offset) {
        throw new Fmp4Error(`the fragment at ${offset} is not within its segment, which ends at ${end}`);
      }
      this.#buffer = new Uint8Array(2 * this.#buffer.byteLength);
    }
  }
}

/** The tables of a movie in a file of their own, until it is known in which order they follow. */
class StoredTables {
  readonly #file: number;
  readonly #stretches = new Map<SampleTable, MovieStretch[]>();
  #length = 0;

  constructor(path: string) {
    this.#file = openSync(path, "w+");
  }

  store(table: SampleTable, bytes: Uint8Array): void {
    writeWhole(this.#file, bytes);
    const known = this.#stretches.get(table) ?? [];
    this.#stretches.set(table, known);
    known.push({ offset: this.#length, byteLength: bytes.byteLength });
    this.#length += bytes.byteLength;
  }

  /** What was stored of a table, in its order. */
  *read(table: SampleTable): Generator<Uint8Array> {
    for (const { offset, byteLength } of this.#stretches.get(table) ?? []) {
      const bytes = new Uint8Array(byteLength);
      readWhole(this.#file, bytes, offset);
      yield bytes;
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}

function writeParts(
  path: string,
  { header, parameterSets }: MovieParts,
  tables: StoredTables,
  stretch: MovieStretch,
): void {
  const file = openSync(path, "w");
  try {
    let checksum = 0;
    const write = (stretches: Iterable<Uint8Array>): number => {
      let byteLength = 0;
      for (const bytes of stretches) {
        writeWhole(file, bytes);
        checksum = crc32(bytes, checksum);
        byteLength += bytes.byteLength;
      }
      return byteLength;
    };
    const byteLength = write(bytesOf(header, tables));
    const placesLength = parameterSets === null ? 0 : write(tables.read(parameterSets.places));
    const setsLength = parameterSets === null ? 0 : write([encodeSets(parameterSets.sets)]);
    writeWhole(file, encodeTrailer({ stretch, byteLength, placesLength, setsLength, checksum }));
  } finally {
    closeSync(file);
  }
}

function* bytesOf(parts: readonly MoviePart[], tables: StoredTables): Generator<Uint8Array> {
  for (const part of parts) {
    if (part instanceof Uint8Array) yield part;
    else {
      const { table, chunks } = part;
      for (const bytes of tables.read(table)) yield chunks === null ? bytes : chunkOffsets(bytes, chunks);
    }
  }
}

function writeWhole(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.byteLength; ) at += writeSync(file, bytes, at);
}
