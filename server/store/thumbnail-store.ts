// The pictures of livestreams and clips as they are stored: at most an uploaded one and an automatic one each.

export type ThumbnailSource = "upload" | "auto";

export interface ThumbnailRow {
  /** Or the id of a clip. */
  readonly livestreamId: string;
  readonly source: ThumbnailSource;
  /** Names the stored picture's folder and its URL. */
  readonly contentHash: string;
  /** The stored picture's, in pixels. */
  readonly width: number;
  readonly height: number;
  /** When it was uploaded or taken, milliseconds since 1970, UTC; null where that was not noted yet. */
  readonly storedAtMs: number | null;
}

export interface ThumbnailStore {
  /** The one that is shown: the uploaded one before the automatic one. */
  current(livestreamId: string): Promise<ThumbnailRow | null>;

  all(livestreamId: string): Promise<readonly ThumbnailRow[]>;

  /** In place of the one of the same source. False, and nothing written, when there is no such livestream or clip. */
  put(row: ThumbnailRow): Promise<boolean>;

  deleteUpload(livestreamId: string): Promise<void>;
}
