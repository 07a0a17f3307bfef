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

/** Who may watch: everybody, or whoever has a playback token. */
export const PLAYBACK_POLICIES = ["public", "signed"] as const;

export type PlaybackPolicy = (typeof PLAYBACK_POLICIES)[number];

/** What is watched: the programme (`auto`, whichever instance is on air), or one instance's own playout. */
export const PLAYOUT_NAMES = ["auto", ...INSTANCE_NAMES] as const;

export type PlayoutName = (typeof PLAYOUT_NAMES)[number];

/** What can happen to a livestream that webhooks are told of. */
export const EVENT_TYPES = [
  "livestream.created",
  "livestream.started",
  "livestream.published",
  "livestream.stopped",
  "livestream.finished",
  "livestream.failed",
  "livestream.deleted",
  "ingest.connected",
  "ingest.active",
  "ingest.inactive",
  "ingest.disconnected",
  "ingest.refused",
  "playout.switched",
  "playout.discontinuity",
  "recording.stopped",
  "recording.resumed",
  "media.created",
  "media.deleted",
  "media.restored",
  "media.removed",
] as const;

/** What a livestream's timeline holds: all of that, and what is of use to whoever looks back. */
export const TIMELINE_TYPES = [
  ...EVENT_TYPES,
  "ingest.format",
  "ingest.fault",
  "ingest.advice",
  "ingest.problem",
  "ingest.repaired",
  "ingest.dropped",
  "viewers.peak",
  "timeline.folded",
] as const;

export type TimelineType = (typeof TIMELINE_TYPES)[number];

/** What webhooks are told of: all of that, and what happens to nodes. */
export const WEBHOOK_EVENT_TYPES = [...EVENT_TYPES, "node.lost", "node.takeover"] as const;

export type WebhookEventType = (typeof WEBHOOK_EVENT_TYPES)[number];

/** Instead of a list of types: all of them, also those of later versions. */
export const EVERY_EVENT = "*";

/** What a test is called; nobody asks for it by type. */
export const WEBHOOK_TEST_TYPE = "webhook.test";
