// Where playback is found below the public URL, without a leading slash: the paths of section 7 of the contract.

import type { PlayoutName } from "./names.ts";

/** The folder of a livestream's playlists is below this one, by its id. */
export const LIVE_FOLDER = "live";

/** The folder of a media asset's playlist is below this one, by its id. */
export const MEDIA_FOLDER = "media";

/** The name of the playlist that viewers open first, in the folder of what they watch. */
export const MULTIVARIANT_PLAYLIST = "index.m3u8";

/** The name of the playlist of one rendition, in the folder of that. */
export const MEDIA_PLAYLIST = "media.m3u8";

/** The name of a media asset as one file, in its folder. */
export const MEDIA_DOWNLOAD = "download.mp4";

/** Hexadecimal digits in the name of a folder that only a signed playlist tells: 128 bits. */
export const SECRET_FOLDER_LENGTH = 32;

/** The pattern of such a name; no instance and no rendition has one. */
export const SECRET_FOLDER = `[0-9a-f]{${SECRET_FOLDER_LENGTH}}`;

/** Query parameter of the playlists of what is signed: what lets a viewer watch. */
export const TOKEN_PARAMETER = "token";

/** Query parameter of playlists that another playlist or a redirect has led to: whose they are. */
export const SESSION_PARAMETER = "session";

/** Where those say that they are watching whose playlists a cache answers, in the folder of what they watch. */
export const WATCHING = "watching";

export function livePlaylistPath(livestreamId: string, playout: PlayoutName): string {
  return `${livePlaylistFolder(livestreamId, playout)}/${MULTIVARIANT_PLAYLIST}`;
}

export function livePlaylistFolder(livestreamId: string, playout: PlayoutName): string {
  const folder = playout === "auto" ? livestreamId : `${livestreamId}/${playout}`;
  return `${LIVE_FOLDER}/${folder}`;
}

export function mediaPlaylistPath(mediaId: string): string {
  return `${MEDIA_FOLDER}/${mediaId}/${MULTIVARIANT_PLAYLIST}`;
}

/**
 * What the playlist of a media asset lists, by the name of its rendition and its own. `folder`: the secret one of a signed asset
 * with a slash at its end, else empty.
 */
export function mediaFilePath(mediaId: string, folder: string, rendition: string, file: string): string {
  return `${MEDIA_FOLDER}/${mediaId}/${folder}${encodeURIComponent(rendition)}/${encodeURIComponent(file)}`;
}

export function mediaDownloadPath(mediaId: string): string {
  return `${MEDIA_FOLDER}/${mediaId}/${MEDIA_DOWNLOAD}`;
}

/** Another picture has another hash, so that what this names never changes. */
export function thumbnailPath(livestreamId: string, contentHash: string): string {
  return `thumbnails/${livestreamId}/${contentHash}`;
}
