// What can happen to a livestream: each type of event, and what it has to say.
//
// The timeline holds all types. Webhooks are told of EVENT_TYPES (openapi/names.ts); readers of server-sent events of
// livestream.* as `status` and of playout.switched as `switch` (server/stats/statistics.ts).

import type { InstanceName, TimelineType } from "#openapi/names.ts";

/** Type → its data. */
export interface EventData {
  "livestream.created": { readonly name: string };
  "livestream.started": Nothing;
  "livestream.published": Nothing;
  "livestream.stopped": Nothing;
  "livestream.finished": { readonly mediaId: string; readonly durationSeconds: number };
  "livestream.failed": { readonly reason: string };
  /** The last one of a livestream. */
  "livestream.deleted": Nothing;

  "ingest.connected": Nothing;
  "ingest.active": IngestFormat;
  "ingest.inactive": { readonly cause: string };
  /** `reason`: why the server disconnected the encoder, null when the encoder left. */
  "ingest.disconnected": { readonly reason: string | null };
  /** So many times within a minute, an encoder had the input's key and was turned away; `reason`: the last time. */
  "ingest.refused": { readonly reason: string; readonly count: number };
  /** A track came or changed while it was sending. */
  "ingest.format": IngestFormat;
  /** Something is wrong with what it sends, or not any more. */
  "ingest.fault": Spell & { readonly fault: string; readonly score: number | null };
  /** A sentence of what to set otherwise in the encoder. */
  "ingest.advice": Spell & { readonly advice: string };
  /** Why what comes cannot be used, or not wholly; null: it can be used again. */
  "ingest.problem": { readonly problem: string | null };
  /** Timestamps that were put right within a minute. */
  "ingest.repaired": { readonly count: number };
  /** What came within a minute and could not be used; `reason`: of the last. */
  "ingest.dropped": { readonly reason: string; readonly count: number };

  "playout.switched": SwitchFacts;
  /** Viewers have an EXT-X-DISCONTINUITY before this segment. */
  "playout.discontinuity": { readonly mediaSequenceNumber: number };

  /** The broadcast goes on without being recorded. */
  "recording.stopped": { readonly reason: string };
  /** It is recorded again; `missingSeconds`: null where that was before the process started. */
  "recording.resumed": { readonly missingSeconds: number | null };

  "media.created": { readonly mediaId: string };
  /** It can be restored. */
  "media.deleted": { readonly mediaId: string };
  "media.restored": { readonly mediaId: string };
  /** It is gone for good. */
  "media.removed": { readonly mediaId: string };

  /** More watch than ever before. */
  "viewers.peak": { readonly viewers: number };

  /** So many within a minute were too many to be kept one by one; `types`: how many of each. */
  "timeline.folded": { readonly count: number; readonly types: Readonly<Record<string, number>> };
}

type Nothing = Readonly<Record<never, never>>;

/** Something that begins, lasts and ends; `lastedSeconds`: null at its beginning. */
interface Spell {
  readonly state: "began" | "ended";
  readonly lastedSeconds: number | null;
}

/** What an encoder sends; null without such a track. */
export interface IngestFormat {
  readonly video: { readonly codec: string; readonly width: number; readonly height: number } | null;
  readonly audio: { readonly codec: string; readonly sampleRate: number; readonly channels: number } | null;
}

/** Another instance is on air, or none. Scores are 0 to 100; the gap is null at the beginning. */
export interface SwitchFacts {
  readonly from: InstanceName | null;
  readonly to: InstanceName | null;
  readonly cause: string;
  readonly fromScore: number | null;
  readonly toScore: number | null;
  /** The faults of the source that left. */
  readonly faults: readonly string[];
  readonly gapMs: number | null;
  readonly gapFrames: number | null;
}

/** What happened, as whoever saw it says it. */
export type Happening = {
  [Type in TimelineType]: {
    readonly type: Type;
    readonly livestreamId: string;
    /** The instance it happened to; left out when it is of the whole livestream. */
    readonly instance?: InstanceName | null;
    /** Where in the recording; left out, or null, when there is none. */
    readonly positionSeconds?: number | null;
    readonly data: EventData[Type];
  };
}[TimelineType];

/** What happened, with its name and its time. */
export type FeedEvent = Happening & {
  /** UUIDv7; no other event has it. */
  readonly id: string;
  readonly atMs: number;
  readonly instance: InstanceName | null;
  readonly positionSeconds: number | null;
};
