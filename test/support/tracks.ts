// A video and an audio track as ordinary encoders send them, for tests that need tracks but no pictures.

import type { AudioTrack, VideoTrack } from "#media/track/track.ts";

export const videoTrack: VideoTrack = {
  id: 1,
  kind: "video",
  timescale: 90_000,
  configuration: {
    codec: "h264",
    record: Uint8Array.of(1, 0x42, 0xc0, 0x1e, 0xff, 0xe0, 0),
    codecString: "avc1.42c01e",
    width: 640,
    height: 360,
    sampleAspectRatio: null,
    frameRate: 30,
    nalUnitLengthSize: 4,
  },
};

export const audioTrack: AudioTrack = {
  id: 2,
  kind: "audio",
  timescale: 48_000,
  configuration: {
    codec: "aac",
    record: Uint8Array.of(0x11, 0x90),
    codecString: "mp4a.40.2",
    sampleRate: 48_000,
    channelConfiguration: 2,
    channels: 2,
    samplesPerFrame: 1024,
  },
};
