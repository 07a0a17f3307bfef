// A media asset as the contract shows it.

import { mediaDownloadPath, mediaPlaylistPath } from "#openapi/playback-paths.ts";
import type { PublicUrls } from "#server/common/public-urls.ts";
import type { ClipOf, MediaFacts, MediaRow, MediaStatus } from "#server/store/media-store.ts";
import { type ThumbnailFacts, thumbnailUrl } from "./livestream-view.ts";
import { utc } from "./utc.ts";

/** `Media` of the contract, member by member. */
export interface MediaView extends MediaFacts, Pick<MediaRow, "playbackPolicy"> {
  readonly id: string;
  readonly livestreamId: string;
  readonly type: "video";
  readonly name: string;
  readonly description: string | null;
  readonly status: MediaStatus;
  readonly playlistUrl: string;
  readonly downloadUrl: string;
  readonly thumbnailUrl: string | null;
  readonly clipOf: (ClipOf & { readonly livestreamId: string }) | null;
  readonly createdAtUtc: string;
  readonly updatedAtUtc: string;
  readonly deletedAtUtc: string | null;
}

export function mediaView(row: MediaRow, thumbnail: ThumbnailFacts | null, urls: PublicUrls): MediaView {
  return {
    id: row.id,
    livestreamId: row.livestreamId,
    type: "video",
    name: row.name,
    description: row.description,
    status: row.deletedAtMs === null ? "ready" : "softDeleted",
    playlistUrl: urls.http(mediaPlaylistPath(row.id)),
    downloadUrl: urls.http(mediaDownloadPath(row.id)),
    thumbnailUrl: thumbnailUrl(thumbnail, urls),
    durationSeconds: row.durationSeconds,
    sizeBytes: row.sizeBytes,
    width: row.width,
    height: row.height,
    videoCodec: row.videoCodec,
    audioCodec: row.audioCodec,
    playbackPolicy: row.playbackPolicy,
    clipOf: row.clipOf === null ? null : { livestreamId: row.livestreamId, ...row.clipOf },
    createdAtUtc: utc(row.createdAtMs),
    updatedAtUtc: utc(row.updatedAtMs),
    deletedAtUtc: utc(row.deletedAtMs),
  };
}
