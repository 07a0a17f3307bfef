// What comes of a publish's messages.

import type { EncodedUnit, Track, TrackKind } from "#media/track/track.ts";

export type DemuxedItem =
  | { readonly type: "track"; readonly track: Track }
  | { readonly type: "unit"; readonly unit: EncodedUnit }
  /** A frame came that nobody can decode: its configuration did not. */
  | { readonly type: "undecodable"; readonly kind: TrackKind; readonly timestampMs: number };
