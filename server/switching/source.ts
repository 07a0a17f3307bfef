// What feeds an instance, as far as two of them are weighed against each other and laid end to end.

import type { EncoderPace } from "#media/track/encoder-pace.ts";
import type { AccessUnit, Track } from "#media/track/track.ts";
import type { InstanceName } from "#openapi/names.ts";
import type { CachedUnit } from "#server/instances/gop-cache.ts";
import type { Judgement } from "#server/instances/health.ts";

/** One stay of one encoder; the same object for as long as it lasts. */
export interface Source extends EncoderPace {
  readonly instance: InstanceName;
  readonly tracks: readonly Track[];
  /** Rises with every track that came or changed. */
  readonly tracksVersion: number;
  readonly hasVideo: boolean;
  /** A unit of its picture that decoding can begin with, or as well as there is any. */
  mayBeginWith(unit: AccessUnit): boolean;
  /** Rises when the encoder's clock jumped: time before and after cannot be compared. */
  readonly epoch: number;
  /** Server's clock minus the encoder's, smoothed; null before the first unit. */
  readonly clockOffsetMs: number | null;
  /** Between the last two pictures that one could begin with, which may be rarer than key frames; null before the second. */
  readonly joinIntervalSeconds: number | null;
  /**
   * The units since the newest video key frame if `reaches` is true of that, else together with those since the one
   * before it, where they are kept. Empty when there is none to decode from.
   */
  unitsFrom(reaches: (keyFrame: CachedUnit) => boolean): readonly CachedUnit[];
  judge(nowMs: number): Judgement;
  /** Milliseconds since the last unit of any kind. */
  mediaAgeMs(nowMs: number): number;
}
