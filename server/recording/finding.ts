// What is found to be wrong with what is on the disk.

/**
 * `damaged`: not as it was written, or not as something else says that it is; `missing`: something speaks of it and it is not
 * there; `unreferenced`: it is there and nothing speaks of it.
 */
export type FindingKind = "damaged" | "missing" | "unreferenced";

export interface Finding {
  readonly finding: FindingKind;
  /** Absolute. */
  readonly path: string;
  /** A sentence for a person. */
  readonly what: string;
}
