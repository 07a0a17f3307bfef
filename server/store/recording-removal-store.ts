// Files that are still to be removed: noted with the deletion of their livestream or clip, so that a crash leaves none behind.

/** `pictures`: an asset still plays the recording. */
export type RemovalScope = "everything" | "pictures";

export interface RecordingRemovalStore {
  /** Livestreams and clips. */
  all(): Promise<readonly string[]>;

  /** Null where nothing of this id is to be removed. */
  scopeOf(id: string): Promise<RemovalScope | null>;

  /** That much of it is not on disk any more. */
  done(id: string, scope: RemovalScope): Promise<void>;
}
