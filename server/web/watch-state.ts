// What a viewer may know of a livestream: which phase it is in, what it is called, what to play.

import type { InstanceName, LivestreamStatus, PlaybackPolicy } from "#openapi/names.ts";
import { livePlaylistPath, mediaPlaylistPath } from "#openapi/playback-paths.ts";
import { relativeToRoot } from "./relative-url.ts";

/** The parts of the resource that decide it. */
export interface WatchedLivestream {
  readonly name: string;
  readonly status: LivestreamStatus;
  readonly onAir: InstanceName | null;
  readonly mediaId: string | null;
  readonly thumbnailUrl: string | null;
  readonly playbackPolicy: PlaybackPolicy;
}

/**
 * `waiting`: not published yet. `live`: on air. `gap`: published, but no encoder is sending. `ended`: over, and being turned
 * into a recording. `recording`: to be watched on demand. `unavailable`: over, and there is nothing to watch.
 */
export type WatchPhase = "waiting" | "live" | "gap" | "ended" | "recording" | "unavailable";

export interface WatchState {
  readonly phase: WatchPhase;
  readonly title: string;
  /** Null when there is nothing to play. */
  readonly playlistUrl: string | null;
  /** What is shown before anything plays; null when there is no picture. */
  readonly posterUrl: string | null;
}

/** What the page is answered when it asks. */
export interface WatchAnswer extends WatchState {
  /** The server's clock when it answered, milliseconds since 1970: the dates of the playlist are by it. */
  readonly serverMs: number;
}

/** Its addresses are relative to whatever carries it: `root` leads from there to the server's root, as `../` does. */
export function watchState(
  livestreamId: string,
  livestream: WatchedLivestream,
  root: "../" | "../../",
): WatchState {
  const phase = phaseOf(livestream);
  const playlistPath = playlistPathOf(phase, livestreamId, livestream);
  const picturePath = livestream.thumbnailUrl === null ? null : relativeToRoot(livestream.thumbnailUrl);
  return {
    phase,
    title: livestream.name,
    playlistUrl: playlistPath === null ? null : `${root}${playlistPath}`,
    posterUrl: picturePath === null ? null : `${root}${picturePath}`,
  };
}

function phaseOf({ status, onAir, mediaId }: WatchedLivestream): WatchPhase {
  switch (status) {
    case "created":
    case "started":
      return "waiting";
    case "live":
      return onAir === null ? "gap" : "live";
    case "converting":
      return "ended";
    case "finished":
      return mediaId === null ? "unavailable" : "recording";
    case "failed":
      return "unavailable";
  }
}

function playlistPathOf(
  phase: WatchPhase,
  livestreamId: string,
  { mediaId, playbackPolicy }: WatchedLivestream,
): string | null {
  if (phase === "waiting" || phase === "unavailable") return null;
  const livePath = livePlaylistPath(livestreamId, "auto");
  if (phase !== "recording") return livePath;
  // A viewer's token is for the livestream, whose playlist hands on to the recording. Under another address: it is something else.
  if (playbackPolicy === "signed") return `${livePath}?recording`;
  return mediaId === null ? null : mediaPlaylistPath(mediaId);
}
