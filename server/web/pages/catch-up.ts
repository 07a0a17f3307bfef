// How fast a live picture plays so that its viewer stays where they want to be: whoever fell behind by a stall comes back
// without a jump, and whoever is too close to live to be safe falls back a little.

/** Sound keeps its pitch, and nobody hears so little of a difference. */
const FASTEST = 1.1;
const FASTER = 1.05;
const SLOWER = 0.95;

/** The speed changes where the picture is so far from where it should be, and becomes the usual one again where it is so near. */
const FAR_SECONDS = 0.25;
const NEAR_SECONDS = 0.05;

/** From here on the way is long. */
const VERY_FAR_SECONDS = 1;

/** With less than this ahead of the picture to go faster would be to run dry. */
const LEAST_AHEAD_SECONDS = 0.4;

export interface LiveDistance {
  /** How far the picture is behind live, and how far it should be. */
  readonly behindSeconds: number;
  readonly wantedSeconds: number;
  /** What has been loaded and not yet been shown. */
  readonly aheadSeconds: number;
}

/** `rate`: how fast it plays now; 1 is as it was recorded. */
export function catchUpRate(
  { behindSeconds, wantedSeconds, aheadSeconds }: LiveDistance,
  rate: number,
): number {
  const excess = behindSeconds - wantedSeconds;
  const isFasterAlready = rate > 1;
  const isSlowerAlready = rate < 1;
  if (excess > (isFasterAlready ? NEAR_SECONDS : FAR_SECONDS))
    return aheadSeconds < LEAST_AHEAD_SECONDS ? 1 : excess > VERY_FAR_SECONDS ? FASTEST : FASTER;
  if (excess < (isSlowerAlready ? -NEAR_SECONDS : -FAR_SECONDS)) return SLOWER;
  return 1;
}
