// The clock that a source stamps its units with: how fast it counts, and where it starts over.

export interface SourceClock {
  /** Ticks a second. */
  readonly timescale: number;
  /**
   * How many bits it may keep, fewest first. Where there are several, which of them a source keeps shows only in the values
   * it has sent so far.
   */
  readonly wrapBits: readonly [number, ...number[]];
}
