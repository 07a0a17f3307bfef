// A livestream as the contract shows it: what is stored, and what its playout says of it now.

import {
  INSTANCE_NAMES,
  type InstanceName,
  type LivestreamStatus,
  type PlaybackPolicy,
  type PlayoutName,
} from "#openapi/names.ts";
import { livePlaylistPath, mediaPlaylistPath, thumbnailPath } from "#openapi/playback-paths.ts";
import type { PublicUrls } from "#server/common/public-urls.ts";
import type { InputState } from "#server/instances/input-state.ts";
import type { LivestreamRow } from "#server/store/livestream-store.ts";
import { utc } from "./utc.ts";

/** `Livestream` of the contract, member by member. */
export interface LivestreamView {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly withDvr: boolean;
  readonly withBackup: boolean;
  readonly playbackPolicy: PlaybackPolicy;
  readonly status: LivestreamStatus;
  readonly onAir: InstanceName | null;
  readonly inputs: InputView[];
  readonly playouts: PlayoutView[];
  readonly thumbnailUrl: string | null;
  readonly thumbnailSource: "upload" | "auto" | null;
  readonly thumbnailUpdatedAtUtc: string | null;
  readonly mediaId: string | null;
  readonly recording: RecordingView | null;
  readonly conversion: ConversionView | null;
  readonly createdAtUtc: string;
  readonly updatedAtUtc: string;
  readonly ingestStartedAtUtc: string | null;
  readonly startedAtUtc: string | null;
  readonly stoppedAtUtc: string | null;
  readonly finishedAtUtc: string | null;
}

export interface InputView extends Pick<InputState, "instance" | "active" | "video" | "audio" | "problem"> {
  readonly primary: boolean;
  readonly source: "rtmp";
  /** Null where it is shown without its secrets, as the key. */
  readonly url: string | null;
  readonly serverUrl: string;
  readonly streamKey: string | null;
  readonly connectedAtUtc: string | null;
  readonly lastSeenAtUtc: string | null;
  readonly health: HealthView | null;
  readonly advice: string[];
}

export interface HealthView {
  readonly score: number;
  readonly faults: string[];
}

export interface PlayoutView {
  readonly instance: PlayoutName;
  readonly type: "hls";
  readonly url: string;
  readonly live: boolean;
}

export interface RecordingView {
  readonly active: boolean;
  readonly durationSeconds: number;
  readonly message: string | null;
}

export interface ConversionView {
  readonly state: "running" | "done" | "failed";
  /** 0 to 1. */
  readonly progress: number;
  readonly message: string | null;
}

/** The picture that stands for a livestream. */
export interface ThumbnailFacts {
  readonly livestreamId: string;
  readonly contentHash: string;
  readonly source: "upload" | "auto";
  /** When it was uploaded or taken; null where that was not noted yet. */
  readonly storedAtMs: number | null;
}

/** What a running livestream's playout knows. */
export interface PlayoutFacts {
  readonly inputs: readonly InputState[];
  readonly onAir: InstanceName | null;
  /** Of what is recorded by now; null where there is no programme. */
  readonly recordedSeconds: number | null;
  readonly isRecorded: boolean;
}

export function livestreamView(
  row: LivestreamRow,
  playout: PlayoutFacts,
  thumbnail: ThumbnailFacts | null,
  urls: PublicUrls,
): LivestreamView {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    withDvr: row.withDvr,
    withBackup: row.withBackup,
    playbackPolicy: row.playbackPolicy,
    status: row.status,
    onAir: row.status === "live" ? playout.onAir : null,
    inputs: inputViews(row, playout.inputs, urls),
    playouts: playoutViews(row, urls),
    thumbnailUrl: thumbnailUrl(thumbnail, urls),
    thumbnailSource: thumbnail?.source ?? null,
    thumbnailUpdatedAtUtc: utc(thumbnail?.storedAtMs ?? null),
    mediaId: row.mediaId,
    recording: recordingView(row, playout),
    conversion: conversionView(row),
    createdAtUtc: utc(row.createdAtMs),
    updatedAtUtc: utc(row.updatedAtMs),
    ingestStartedAtUtc: utc(row.ingestStartedAtMs),
    startedAtUtc: utc(row.startedAtMs),
    stoppedAtUtc: utc(row.stoppedAtMs),
    finishedAtUtc: utc(row.finishedAtMs),
  };
}

/** Another picture has another URL. */
export function thumbnailUrl(thumbnail: ThumbnailFacts | null, urls: PublicUrls): string | null {
  return thumbnail === null ? null : urls.http(thumbnailPath(thumbnail.livestreamId, thumbnail.contentHash));
}

function inputViews(row: LivestreamRow, states: readonly InputState[], urls: PublicUrls): InputView[] {
  const keys = { primary: row.primaryStreamKey, secondary: row.secondaryStreamKey };
  return states.flatMap((state) => {
    const streamKey = keys[state.instance];
    return streamKey === null ? [] : [inputView(state, streamKey, urls)];
  });
}

function inputView(state: InputState, streamKey: string, urls: PublicUrls): InputView {
  const serverUrl = urls.rtmp("live");
  return {
    instance: state.instance,
    primary: state.instance === "primary",
    source: "rtmp",
    url: `${serverUrl}/${streamKey}`,
    serverUrl,
    streamKey,
    active: state.active,
    connectedAtUtc: utc(state.connectedAtMs),
    lastSeenAtUtc: utc(state.lastSeenAtMs),
    video: state.video,
    audio: state.audio,
    health: state.health === null ? null : { score: state.health.score, faults: [...state.health.faults] },
    advice: [...state.advice],
    problem: state.problem,
  };
}

/**
 * For pages that anybody may open: a picture taken from what only some may watch is not shown to all, one that was uploaded for
 * it is.
 */
export function asShownToAll(livestream: LivestreamView): LivestreamView {
  const isTaken = livestream.playbackPolicy === "signed" && livestream.thumbnailSource === "auto";
  return isTaken ? { ...livestream, thumbnailUrl: null, thumbnailSource: null } : livestream;
}

/** For whoever may not publish. */
export function withoutSecrets(livestream: LivestreamView): LivestreamView {
  return { ...livestream, inputs: livestream.inputs.map(inputWithoutSecrets) };
}

export function inputWithoutSecrets(input: InputView): InputView {
  return { ...input, url: null, streamKey: null };
}

function playoutViews(row: LivestreamRow, urls: PublicUrls): PlayoutView[] {
  const liveUrl = urls.http(livePlaylistPath(row.id, "auto"));
  switch (row.status) {
    case "live":
      return [playout("auto", liveUrl, true), ...instancePlayouts(row, urls)];
    case "converting":
      return [playout("auto", liveUrl, false)];
    case "finished":
      return row.mediaId === null ? [] : [playout("auto", urls.http(mediaPlaylistPath(row.mediaId)), false)];
    default:
      return [];
  }
}

/** Each instance's own, whichever is on air. */
function instancePlayouts(row: LivestreamRow, urls: PublicUrls): PlayoutView[] {
  const keys = { primary: row.primaryStreamKey, secondary: row.secondaryStreamKey };
  return INSTANCE_NAMES.filter((name) => keys[name] !== null).map((name) =>
    playout(name, urls.http(livePlaylistPath(row.id, name)), true),
  );
}

function playout(instance: PlayoutView["instance"], url: string, live: boolean): PlayoutView {
  return { instance, type: "hls", url, live };
}

function recordingView(
  row: LivestreamRow,
  { recordedSeconds, isRecorded }: PlayoutFacts,
): RecordingView | null {
  if (row.status !== "live") return null;
  return { active: isRecorded, durationSeconds: recordedSeconds ?? 0, message: row.conversionMessage };
}

function conversionView(row: LivestreamRow): ConversionView | null {
  const message = row.conversionMessage;
  switch (row.status) {
    case "converting":
      return { state: "running", progress: 0, message };
    case "finished":
      return { state: "done", progress: 1, message };
    case "failed":
      return { state: "failed", progress: 0, message };
    default:
      return null;
  }
}
