// A finished recording, or a clip, as one MP4 that is made as it is sent: a header from a small file beside it, and then the
// fragments as they are.

import type { Footage } from "./footage.ts";
import type { MovieSource } from "./movie-header.ts";
import type { MovieHeader } from "./movie-header-file.ts";
import { type FilePiece, joinFilePieces } from "./piece.ts";
import type { Recording } from "./recording.ts";

export interface RecordedMovie {
  /** One after the other. */
  readonly pieces: readonly FilePiece[];
  readonly byteLength: number;
  /** CRC-32 of the header, which says where every byte of the movie belongs. */
  readonly checksum: number;
}

/** The first rendition's, in one piece; null without a segment. */
export function movieSource(
  { media, renditions: [rendition] }: Recording,
  headerFile: string,
): MovieSource | null {
  const first = rendition?.segments[0];
  const last = rendition?.segments.at(-1);
  if (rendition === undefined || first === undefined || last === undefined) return null;
  const { offset } = first;
  return {
    headerFile,
    pieces: [{ ...media, offset, byteLength: last.offset + last.byteLength - offset }],
    initializations: rendition.initializations.map((initialization) => ({
      ...{ ...media, id: initialization.id },
      ...{ offset: initialization.offset, byteLength: initialization.byteLength },
    })),
    segments: rendition.segments.map((segment) => ({
      ...{ initializationId: segment.initializationId, discontinuity: segment.discontinuity },
      ...{ offset: segment.offset, byteLength: segment.byteLength },
    })),
  };
}

/** Of a stretch of a recording, in as many pieces as it takes. */
export function clipMovieSource({ initializations, segments }: Footage, headerFile: string): MovieSource {
  const pieces = joinFilePieces(segments.flatMap((segment) => segment.pieces));
  let end = pieces[0]?.offset ?? 0;
  return {
    headerFile,
    pieces,
    initializations: initializations.map(({ id, place }) => ({ id, ...place })),
    segments: segments.map(({ initializationId, discontinuity, byteLength }) => {
      const offset = end;
      end += byteLength;
      return { initializationId, discontinuity, offset, byteLength };
    }),
  };
}

export function recordedMovie({ headerFile, pieces }: MovieSource, header: MovieHeader): RecordedMovie {
  const { byteLength, checksum, stretch, overlays } = header;
  let position = stretch.offset;
  const body = pieces.map((piece) => {
    const shift = piece.offset - position;
    position += piece.byteLength;
    if (overlays === null) return piece;
    return { ...piece, overlays: shift === 0 ? overlays : overlays.shiftedBy(shift) };
  });
  return {
    pieces: [{ file: headerFile, offset: 0, byteLength }, ...body],
    byteLength: byteLength + stretch.byteLength,
    checksum,
  };
}
