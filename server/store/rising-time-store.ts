// How far the rising time has come, as it is stored: the next process begins behind it.

import type { RisingMark } from "#server/common/rising-time.ts";

export interface RisingTimeStore {
  /** Null before the first write. */
  read(): Promise<RisingMark | null>;

  /** In place of the mark before. */
  write(mark: RisingMark): Promise<void>;
}
