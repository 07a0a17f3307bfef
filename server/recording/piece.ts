// What is sent of a programme or a recording: pieces of memory and of files, one after the other.

/** A stretch of a file that only ever grows. */
export interface FilePiece {
  readonly file: string;
  /** Bytes from the beginning of the file. */
  readonly offset: number;
  readonly byteLength: number;
}

/** Nobody writes to one that is in memory. */
export type Piece = Uint8Array | FilePiece;

export function isInMemory(piece: Piece): piece is Uint8Array {
  return piece instanceof Uint8Array;
}

/** Pieces of one file that follow each other become one. */
export function joinPieces(pieces: readonly Piece[]): readonly Piece[] {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (last !== undefined && !isInMemory(last) && !isInMemory(piece) && follows(piece, last)) {
      joined[joined.length - 1] = { ...last, byteLength: last.byteLength + piece.byteLength };
    } else {
      joined.push(piece);
    }
  }
  return joined;
}

/** Rejects when the file does not have all of it. */
export async function readPiece({ file, offset, byteLength }: FilePiece): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await Bun.file(file)
    .slice(offset, offset + byteLength)
    .bytes();
  if (bytes.byteLength < byteLength) throw new Error(`${file} ends before ${offset + byteLength}`);
  return bytes;
}

/** All of them as one, read from wherever they are. */
export async function gatherPieces(pieces: readonly Piece[]): Promise<Blob> {
  const read = async (piece: Piece) => (isInMemory(piece) ? new Uint8Array(piece) : readPiece(piece));
  return new Blob(await Promise.all(pieces.map(read)));
}

function follows(piece: FilePiece, last: FilePiece): boolean {
  return piece.file === last.file && piece.offset === last.offset + last.byteLength;
}
