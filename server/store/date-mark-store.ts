// How long the date has gone on without being set, as it is stored: a restart does not begin anew.

export interface DateMark {
  /** The date when it was looked at last, milliseconds since 1970. */
  readonly seenMs: number;
  /** For how much of the time that servers ran here until then each date followed on the one before. */
  readonly heldMs: number;
}

export interface DateMarkStore {
  /** Null before the first write. */
  read(): Promise<DateMark | null>;

  /** In place of the mark before. */
  write(mark: DateMark): Promise<void>;
}
