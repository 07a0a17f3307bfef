// The head of a download whose fragments are in the object store: the one that is kept, or one made from a passing copy.

import { mkdtemp, open, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type MovieSource, stretchOf } from "./movie-header.ts";
import { type MovieHeader, readMovieHeader } from "./movie-header-file.ts";
import type { MovieHeaders } from "./movie-headers.ts";
import { type FilePiece, streamPieces } from "./piece.ts";

/** Its file's folder is there. What is copied is gone again when this resolves. */
export async function headerOfStored(
  headers: Pick<MovieHeaders, "find">,
  source: MovieSource,
): Promise<MovieHeader> {
  const known = await readMovieHeader(source.headerFile, stretchOf(source));
  if (known !== null) return known;
  const folder = await mkdtemp(join(dirname(source.headerFile), "passing-"));
  try {
    const local = async <Piece extends FilePiece>(piece: Piece, name: string): Promise<Piece> => {
      const { store: _, ...rest } = piece;
      const file = join(folder, name);
      await copy(piece, file);
      return { ...rest, file } as Piece;
    };
    const pieces = await Promise.all(source.pieces.map((piece, index) => local(piece, `piece-${index}`)));
    const initializations = await Promise.all(
      source.initializations.map((place) => local(place, `initialization-${place.id}`)),
    );
    return await headers.find({ ...source, pieces, initializations });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** To the same offset in the other file: what lies before it is a hole. */
async function copy(piece: FilePiece, path: string): Promise<void> {
  const file = await open(path, "w");
  try {
    let at = piece.offset;
    for await (const bytes of streamPieces([piece])) {
      await file.write(bytes, 0, bytes.byteLength, at);
      at += bytes.byteLength;
    }
  } finally {
    await file.close();
  }
}
