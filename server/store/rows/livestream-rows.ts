// A livestream as it is stored: which column each member of its row is, and the row again.

import type { LivestreamChange, LivestreamRow } from "#server/store/livestream-store.ts";
import { selected } from "./columns.ts";

export type StoredLivestream = Omit<LivestreamRow, "withDvr" | "withBackup"> & {
  readonly withDvr: number;
  readonly withBackup: number;
};

/** Member of the row → column. */
export const LIVESTREAM_COLUMNS = {
  name: "name",
  description: "description",
  withDvr: "with_dvr",
  withBackup: "with_backup",
  playbackPolicy: "playback_policy",
  primaryStreamKey: "primary_stream_key",
  secondaryStreamKey: "secondary_stream_key",
  conversionMessage: "conversion_message",
  ingestStartedAtMs: "ingest_started_at_ms",
  startedAtMs: "started_at_ms",
  stoppedAtMs: "stopped_at_ms",
  finishedAtMs: "finished_at_ms",
} as const satisfies Record<keyof LivestreamChange, string>;

const READ_ONLY_COLUMNS = {
  id: "id",
  status: "status",
  createdAtMs: "created_at_ms",
  updatedAtMs: "updated_at_ms",
  mediaId: `(SELECT media.id FROM media
     WHERE media.livestream_id = livestreams.id AND media.clip_start_seconds IS NULL)`,
};

export const SELECT_LIVESTREAMS = `SELECT ${selected({ ...READ_ONLY_COLUMNS, ...LIVESTREAM_COLUMNS })} FROM livestreams`;

export function livestreamRow(stored: StoredLivestream): LivestreamRow {
  return { ...stored, withDvr: stored.withDvr === 1, withBackup: stored.withBackup === 1 };
}
