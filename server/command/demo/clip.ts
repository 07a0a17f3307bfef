// The bundled clip, over and over, as the messages an encoder would send: its clock goes on where the clip begins again.
//
// Made with ffmpeg from lavfi sources (a dark ground, drawtext, smptehdbars, a moving square, a sine): 1280x720, 30 frames
// a second, B-frames, a key frame every 2 s, H.264 High and AAC at 48 kHz in stereo.

import type { ClipMessage } from "./flv-file.ts";

/** 720 frames of video, 1125 frames of audio: both fill it exactly, so a repetition begins without a gap. */
export const CLIP_DURATION_MS = 24_000;

/**
 * Endless, in the order of the file. The sequence headers come once, and what the encoder wrote past the clip's
 * duration not at all. Whoever begins where the clip has run for `fromMs` begins with the next key frame, and counts from there.
 */
export function* repeatClip(clip: readonly ClipMessage[], fromMs = 0): Generator<ClipMessage> {
  const headers = clip.filter(isSequenceHeader);
  const frames = clip.filter((message) => isFrame(message) && !isSequenceHeader(message));
  const endsAtMs = {
    audio: firstTimestampMs(frames, "audio") + CLIP_DURATION_MS,
    video: firstTimestampMs(frames, "video") + CLIP_DURATION_MS,
    data: 0,
  };
  yield* clip.filter((message) => message.kind === "data");
  yield* headers;
  let hasBegun = false;
  for (
    let offsetMs = Math.floor(fromMs / CLIP_DURATION_MS) * CLIP_DURATION_MS;
    ;
    offsetMs += CLIP_DURATION_MS
  ) {
    for (const frame of frames) {
      if (frame.timestampMs >= endsAtMs[frame.kind]) continue;
      const timestampMs = frame.timestampMs + offsetMs - fromMs;
      hasBegun ||= timestampMs >= 0 && isKeyFrame(frame);
      if (hasBegun) yield { ...frame, timestampMs: Math.max(0, timestampMs) };
    }
  }
}

function isKeyFrame({ kind, payload }: ClipMessage): boolean {
  return kind === "video" && (payload[0] ?? 0) >> 4 === 1;
}

function isSequenceHeader({ kind, payload }: ClipMessage): boolean {
  return kind !== "data" && payload[1] === 0;
}

/** A coded frame: neither metadata nor the end of the sequence (AVCPacketType 2). */
function isFrame({ kind, payload }: ClipMessage): boolean {
  return kind === "audio" || (kind === "video" && payload[1] !== 2);
}

function firstTimestampMs(frames: readonly ClipMessage[], kind: ClipMessage["kind"]): number {
  return frames.find((frame) => frame.kind === kind)?.timestampMs ?? 0;
}
