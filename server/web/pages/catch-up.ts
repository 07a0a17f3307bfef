// How fast a live picture plays so that its viewer stays where they want to be: whoever fell behind by a stall comes back
// without a jump, whoever is too close to live to be safe falls back a little, and what is left is stretched while nothing comes.

/** Sound keeps its pitch, and nobody hears so little of a difference. */
const FASTEST = 1.1;
const FASTER = 1.05;
const SLOWER = 0.95;

/** Seen by who looks for it, for a moment: a picture that stands still is seen by everybody. Browsers are silent below a half. */
const STRETCHED = 0.7;
const MOST_STRETCHED = 0.5;

/** The speed changes where the picture is so far from where it should be, and becomes the usual one again where it is so near. */
const FAR_SECONDS = 0.15;
const NEAR_SECONDS = 0.05;

/** From here on the way is long. */
const VERY_FAR_SECONDS = 0.5;

/** With less than this ahead of the picture it is stretched, until there is so much again. */
const DRY_SECONDS = 0.6;
export const WET_SECONDS = 0.8;

/** An encoder that falls silent is replaced after a second and what its replacement takes to be loaded. */
const VERY_DRY_SECONDS = 0.4;

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
  if (aheadSeconds < VERY_DRY_SECONDS) return MOST_STRETCHED;
  if (aheadSeconds < (rate <= STRETCHED ? WET_SECONDS : DRY_SECONDS)) return STRETCHED;
  const excess = behindSeconds - wantedSeconds;
  if (excess > (rate > 1 ? NEAR_SECONDS : FAR_SECONDS)) return excess > VERY_FAR_SECONDS ? FASTEST : FASTER;
  return excess < (rate < 1 ? -NEAR_SECONDS : -FAR_SECONDS) ? SLOWER : 1;
}
