// Deleted livestreams whose files are still to be removed: noted with the deletion, so that a crash leaves none behind.

export interface RecordingRemovalStore {
  /** Livestreams. */
  all(): Promise<readonly string[]>;

  /** Nothing of the livestream is on disk any more. */
  done(livestreamId: string): Promise<void>;
}
