// An asset as it is stored: which column each member of its row is, and the row again.

import type { ClipCut } from "#server/store/clip-cut.ts";
import type { MediaRow } from "#server/store/media-store.ts";
import { selected } from "./columns.ts";

export type StoredMedia = Omit<MediaRow, "clipOf" | "cut"> & {
  readonly clipMediaId: string | null;
  readonly clipStartSeconds: number | null;
  readonly clipEndSeconds: number | null;
  readonly clipCut: string | null;
};

/** Member of the row → column. */
export const MEDIA_COLUMNS = {
  id: "id",
  livestreamId: "livestream_id",
  recordingId: "recording_id",
  name: "name",
  description: "description",
  durationSeconds: "duration_seconds",
  sizeBytes: "size_bytes",
  width: "width",
  height: "height",
  videoCodec: "video_codec",
  audioCodec: "audio_codec",
  playbackPolicy: "playback_policy",
  clipMediaId: "clip_media_id",
  clipStartSeconds: "clip_start_seconds",
  clipEndSeconds: "clip_end_seconds",
  clipCut: "clip_cut",
  createdAtMs: "created_at_ms",
  updatedAtMs: "updated_at_ms",
  deletedAtMs: "deleted_at_ms",
} as const satisfies Record<keyof StoredMedia, string>;

export const SELECT_MEDIA = `SELECT ${selected(MEDIA_COLUMNS)} FROM media`;

export function mediaRow({
  clipMediaId: mediaId,
  clipStartSeconds: startSeconds,
  clipEndSeconds: endSeconds,
  clipCut,
  ...row
}: StoredMedia): MediaRow {
  const clipOf = startSeconds === null || endSeconds === null ? null : { mediaId, startSeconds, endSeconds };
  return { ...row, clipOf, cut: clipCut === null ? null : (JSON.parse(clipCut) as ClipCut) };
}
