// Access units of a programme by arithmetic: pictures and sound at even steps, with payloads nobody decodes.

import type { AccessUnit } from "#media/track/track.ts";
import { audioTrack, videoTrack } from "./tracks.ts";

export interface VideoOptions {
  readonly fromSeconds?: number;
  readonly seconds: number;
  readonly framesPerSecond?: number;
  /** A key frame every so many frames. */
  readonly gopFrames?: number;
  readonly bytes?: number;
}

export function* videoUnits(options: VideoOptions): Generator<AccessUnit> {
  const { fromSeconds = 0, seconds, framesPerSecond = 25, gopFrames = 50, bytes = 100 } = options;
  const frames = Math.round(seconds * framesPerSecond);
  for (let frame = 0; frame < frames; frame += 1) {
    yield videoUnit(fromSeconds + frame / framesPerSecond, frame % gopFrames === 0, bytes);
  }
}

export function videoUnit(seconds: number, isSync: boolean, bytes = 100): AccessUnit {
  const dts = Math.round(seconds * videoTrack.timescale);
  return { trackId: videoTrack.id, dts, pts: dts, isSync, data: new Uint8Array(bytes).fill(isSync ? 1 : 2) };
}

export function* audioUnits({
  fromSeconds = 0,
  seconds,
}: {
  fromSeconds?: number;
  seconds: number;
}): Generator<AccessUnit> {
  const from = Math.round((fromSeconds * audioTrack.timescale) / 1024);
  const end = Math.round(((fromSeconds + seconds) * audioTrack.timescale) / 1024);
  for (let frame = from; frame < end; frame += 1) {
    const dts = frame * 1024;
    yield { trackId: audioTrack.id, dts, pts: dts, isSync: true, data: new Uint8Array(10).fill(3) };
  }
}

/** In the order of decoding times, as an encoder interleaves them. */
export function interleaved(...sources: readonly Iterable<AccessUnit>[]): AccessUnit[] {
  return sources
    .flatMap((source) => [...source])
    .sort((a, b) => secondsOf(a) - secondsOf(b) || a.trackId - b.trackId);
}

export function secondsOf(unit: AccessUnit): number {
  return unit.dts / (unit.trackId === videoTrack.id ? videoTrack.timescale : audioTrack.timescale);
}
