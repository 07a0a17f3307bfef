// Everything that outlives the process besides files: opened together, closed together.

import type { DateMarkStore } from "./date-mark-store.ts";
import type { DeliveryStore } from "./delivery-store.ts";
import type { EventStore } from "./event-store.ts";
import type { IdempotencyStore } from "./idempotency-store.ts";
import type { LivestreamStore } from "./livestream-store.ts";
import type { MediaStore } from "./media-store.ts";
import type { PlaybackKeyStore } from "./playback-key-store.ts";
import type { RecordingRemovalStore } from "./recording-removal-store.ts";
import type { References } from "./references.ts";
import type { RisingTimeStore } from "./rising-time-store.ts";
import type { SampleStore } from "./sample-store.ts";
import type { StatisticsWriter } from "./statistics-writer.ts";
import type { ThumbnailStore } from "./thumbnail-store.ts";
import type { TokenStore } from "./token-store.ts";
import type { Turns } from "./turns.ts";
import type { WebhookStore } from "./webhook-store.ts";

/** What does not work fails with the error of the store itself. */
export interface Stores {
  readonly livestreams: LivestreamStore;
  readonly media: MediaStore;
  readonly removals: RecordingRemovalStore;
  readonly thumbnails: ThumbnailStore;
  readonly tokens: TokenStore;
  readonly playbackKeys: PlaybackKeyStore;
  readonly webhooks: WebhookStore;
  readonly references: References;
  readonly idempotencyKeys: IdempotencyStore;
  readonly risingTime: RisingTimeStore;
  readonly dateMark: DateMarkStore;
  readonly turns: Turns;
  readonly samples: SampleStore;
  readonly events: EventStore;
  readonly deliveries: DeliveryStore;
  readonly statisticsWriter: StatisticsWriter;

  /** What viewer sessions are signed with: made once, so that a session is the same one after a restart. */
  viewerSecret(): Promise<Uint8Array>;

  /** Waits for what the statistics writer holds, but not for long. */
  close(): Promise<void>;
}
