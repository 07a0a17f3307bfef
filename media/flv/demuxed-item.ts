// What comes of a publish's messages.

import type { EncodedUnit, Track, TrackKind } from "#media/track/track.ts";

export type DemuxedItem =
  | { readonly type: "track"; readonly track: Track }
  | { readonly type: "unit"; readonly unit: EncodedUnit }
  /** What came is nothing to anybody: a frame whose configuration did not come, or no frame at all. */
  | {
      readonly type: "undecodable";
      readonly kind: TrackKind;
      readonly form: "no-configuration" | "no-frame";
    };
