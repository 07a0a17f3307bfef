// What can be said of an input now: who is connected, and what it sends.

import type { InstanceName } from "#openapi/names.ts";
import type { Clock } from "#server/common/clock.ts";
import type { Judgement } from "./health.ts";
import type { Instance } from "./instance.ts";
import type { Publish } from "./publish.ts";

export interface InputState {
  readonly instance: InstanceName;
  readonly active: boolean;
  /** Dates, milliseconds since 1970. */
  readonly connectedAtMs: number | null;
  readonly lastSeenAtMs: number | null;
  readonly video: VideoInput | null;
  readonly audio: AudioInput | null;
  /** Null unless the instance is active. */
  readonly health: Judgement | null;
  /** What would make it better, a sentence each. */
  readonly advice: readonly string[];
  /** Why what arrives cannot be used, or not wholly. */
  readonly problem: string | null;
  /** Repairs of all its publishes since the process began. */
  readonly timestampRepairs: number;
}

export interface VideoInput {
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  readonly frameRate: number | null;
  readonly bitrateKbps: number;
  readonly keyFrameIntervalSeconds: number | null;
}

export interface AudioInput {
  readonly codec: string;
  readonly sampleRate: number;
  readonly channels: number;
  readonly bitrateKbps: number;
}

export function inputState(instance: Instance, clock: Pick<Clock, "monotonicMs" | "dateOf">): InputState {
  const nowMs = clock.monotonicMs();
  const dateOf = (atMs: number | null): number | null => (atMs === null ? null : clock.dateOf(atMs));
  const { publish } = instance;
  return {
    instance: instance.name,
    active: instance.isActive,
    connectedAtMs: dateOf(instance.connectedAtMs),
    lastSeenAtMs: dateOf(instance.lastMediaAtMs),
    ...(publish === null ? { video: null, audio: null } : inputFormat(publish, nowMs)),
    health: instance.isActive && publish !== null ? publish.judge(nowMs) : null,
    advice: publish?.advice ?? [],
    problem: publish?.problem ?? null,
    timestampRepairs: instance.timestampRepairs,
  };
}

/** What a publish sends. */
export function inputFormat(publish: Publish, nowMs: number): Pick<InputState, "video" | "audio"> {
  return { video: videoInput(publish, nowMs), audio: audioInput(publish, nowMs) };
}

function videoInput(publish: Publish, nowMs: number): VideoInput | null {
  const configuration = publish.tracks.find((track) => track.kind === "video")?.configuration;
  if (configuration === undefined) return null;
  const { figures } = publish;
  return {
    codec: configuration.codec,
    width: configuration.width,
    height: configuration.height,
    frameRate: roundedTo(figures.frameRateAt(nowMs), 1000),
    bitrateKbps: figures.videoBitrateKbps(nowMs),
    keyFrameIntervalSeconds: roundedTo(figures.keyFrameIntervalSeconds, 1000),
  };
}

function audioInput(publish: Publish, nowMs: number): AudioInput | null {
  const configuration = publish.tracks.find((track) => track.kind === "audio")?.configuration;
  if (configuration === undefined) return null;
  return {
    codec: configuration.codec,
    sampleRate: configuration.sampleRate,
    channels: configuration.channels,
    bitrateKbps: publish.figures.audioBitrateKbps(nowMs),
  };
}

/** To a whole number of `1 / steps`: figures are for people, not for arithmetic. */
function roundedTo(value: number | null, steps: number): number | null {
  return value === null ? null : Math.round(value * steps) / steps;
}
