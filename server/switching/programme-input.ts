// Where spliced units go: whatever takes one programme, in order and on its own time.

import type { EncoderPace } from "#media/track/encoder-pace.ts";
import type { AccessUnit, Track } from "#media/track/track.ts";

export interface ProgrammeInput {
  setTracks(tracks: readonly Track[], discontinuity: boolean): void;
  /** Same tracks, but the content or the time before and after do not belong together. */
  discontinuity(): void;
  push(unit: AccessUnit): void;
  /** What is pushed from now on is this encoder's. */
  follow(encoder: EncoderPace): void;
  /** Nothing follows for now: what is open is finished. */
  flush(): void;
}
