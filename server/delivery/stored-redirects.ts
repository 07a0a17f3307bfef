// Recorded bytes by redirects: the playlist names stretches of the files in the object store, and whoever asks for such a file
// is sent there by a URL that is good for a while.

import { renderByteRangePlaylist } from "#media/hls/byte-range-playlist.ts";
import type { Footage } from "#server/recording/footage.ts";
import type { FilePiece } from "#server/recording/piece.ts";
import { CORS_HEADERS } from "./representation.ts";

/** Gives out URLs of its objects by which anybody may read them for so long. */
interface LendingStore {
  presignedUrl(key: string, seconds: number): Promise<string>;
}

/** How long a URL is good for. */
const VALID_SECONDS = 3600;

/** How long a cache may hand it out: what comes of it then still has the time that a long download takes. */
const CACHED_SECONDS = 1800;

/** What is listed instead of segments, by its position among the files of the footage. */
const STORED_FILE = /^stored-(\d)\.mp4$/;

export class StoredRedirects {
  readonly #store: LendingStore;

  constructor(store: LendingStore) {
    this.#store = store;
  }

  /**
   * Null where some of it is on the disk, or a segment is not in one piece: then the server sends it. `folder`: of what is listed,
   * relative to the playlist.
   */
  playlist(footage: Footage, folder: string): string | null {
    const files = filesOf(footage);
    if (files === null) return null;
    const { initializations, segments, targetDurationSeconds } = footage;
    const rangeOf = (piece: FilePiece | undefined) => {
      if (piece === undefined) throw new Error("footage speaks of what it does not have");
      const { file, offset, byteLength } = piece;
      return { uri: `${folder}stored-${files.indexOf(file)}.mp4`, offset, byteLength };
    };
    const places = new Map(initializations.map(({ id, place }) => [id, place]));
    const pieces = new Map(segments.map(({ msn, pieces: [piece] }) => [msn, piece]));
    return renderByteRangePlaylist(segments, targetDurationSeconds, {
      initialization: (id) => rangeOf(places.get(id)),
      segment: (msn) => rangeOf(pieces.get(msn)),
    });
  }

  /** Null for what is no file that {@link playlist} lists. */
  async answer(footage: Footage, name: string): Promise<Response | null> {
    const position = STORED_FILE.exec(name)?.[1];
    const key = position === undefined ? undefined : filesOf(footage)?.[Number(position)];
    if (key === undefined) return null;
    const location = await this.#store.presignedUrl(key, VALID_SECONDS);
    const headers = { ...CORS_HEADERS, "Cache-Control": `private, max-age=${CACHED_SECONDS}` };
    return new Response(null, { status: 302, headers: { ...headers, Location: location } });
  }
}

/** The keys of all that it plays; null where that is not in the store alone. */
function filesOf({ initializations, segments }: Footage): readonly string[] | null {
  const pieces = [...initializations.map(({ place }) => [place]), ...segments.map((each) => each.pieces)];
  const isStored = ([piece, ...more]: readonly FilePiece[]): boolean =>
    more.length === 0 && piece?.store !== undefined;
  if (!pieces.every(isStored)) return null;
  return [...new Set(pieces.flat().map(({ file }) => file))];
}
