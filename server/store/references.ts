// What the rows say of files: which must be there, which may be, and what else is wrong with the rows themselves.

import type { ThumbnailRow } from "./thumbnail-store.ts";

/**
 * `whole`: an asset plays it, or a clip has it of its own; `growing`: it is, or was, being recorded, and may not have begun; `removing`: it is on its way out.
 */
export type RecordingNeed = "whole" | "growing" | "removing";

/** The one place where it is gathered what refers to files. */
export interface References {
  /** What the files in the folder of this id are to be; null: nothing refers to them. */
  recording(id: string): Promise<RecordingNeed | null>;

  /** Ids of the folders that must be there, whole. */
  wholeRecordings(): Promise<readonly string[]>;

  /** The pictures whose files must be there; of one livestream where an id is given. */
  pictures(livestreamId?: string): Promise<readonly ThumbnailRow[]>;

  /** Its picture is not there: nothing refers to it any more. */
  forgetPicture(row: ThumbnailRow): Promise<void>;

  /** What the database itself says is wrong with it, a sentence each. */
  problems(): Promise<readonly string[]>;
}
