// A finished recording as one MP4 that is made as it is sent: a header from a small file beside it, and then the file of its
// fragments as it is.

import { dirname, join } from "node:path";
import type { MovieSource } from "./movie-header.ts";
import type { MovieHeader } from "./movie-header-file.ts";
import type { FilePiece } from "./piece.ts";
import type { Recording } from "./recording.ts";
import { MOVIE_HEADER_FILE } from "./recording-files.ts";

export interface RecordedMovie {
  /** One after the other. */
  readonly pieces: readonly FilePiece[];
  readonly byteLength: number;
  /** CRC-32 of the header, which says where every byte of the movie belongs. */
  readonly checksum: number;
}

/** The first rendition's; null without a segment. */
export function movieSource({ mediaFile, renditions: [rendition] }: Recording): MovieSource | null {
  if (rendition === undefined || rendition.segments.length === 0) return null;
  return {
    mediaFile,
    headerFile: join(dirname(mediaFile), MOVIE_HEADER_FILE),
    initializations: rendition.initializations.map(({ id, offset, byteLength }) => ({
      id,
      offset,
      byteLength,
    })),
    segments: rendition.segments.map(({ initializationId, discontinuity, offset, byteLength }) => ({
      ...{ initializationId, discontinuity, offset, byteLength },
    })),
  };
}

export function recordedMovie(source: MovieSource, header: MovieHeader): RecordedMovie {
  const { byteLength, checksum, stretch, overlays } = header;
  return {
    pieces: [
      { file: source.headerFile, offset: 0, byteLength },
      { file: source.mediaFile, ...stretch, ...(overlays === null ? {} : { overlays }) },
    ],
    byteLength: byteLength + stretch.byteLength,
    checksum,
  };
}
