// The names of the contract that are more than a word in a schema: each is written here, and nowhere else.

/** In the order of a livestream's life. */
export const LIVESTREAM_STATUSES = [
  "created",
  "started",
  "live",
  "converting",
  "finished",
  "failed",
] as const;

export type LivestreamStatus = (typeof LIVESTREAM_STATUSES)[number];

/** The two redundant instances of a livestream, in the order of preference when nothing else decides. */
export const INSTANCE_NAMES = ["primary", "secondary"] as const;

export type InstanceName = (typeof INSTANCE_NAMES)[number];

/** What is watched: the programme (`auto`, whichever instance is on air), or one instance's own playout. */
export const PLAYOUT_NAMES = ["auto", ...INSTANCE_NAMES] as const;

export type PlayoutName = (typeof PLAYOUT_NAMES)[number];
