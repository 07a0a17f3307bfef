// A livestream and an input as the API shows them, for tests of what the console makes of them.

import type { Livestream } from "#openapi/client.ts";
import type { Input } from "#server/web/console/words/input-words.ts";

export function aLivestream(of: Partial<Livestream> = {}): Livestream {
  return {
    ...{ id: "show", name: "Show", description: null, withDvr: false, withBackup: true },
    ...{ playbackPolicy: "public", status: "created", onAir: null, inputs: [], playouts: [] },
    ...{ thumbnailUrl: null, thumbnailSource: null, thumbnailUpdatedAtUtc: null, mediaId: null },
    ...{ recording: null, conversion: null },
    ...{ createdAtUtc: "2026-01-01T00:00:00.000Z", updatedAtUtc: "2026-01-01T00:00:00.000Z" },
    ...{ ingestStartedAtUtc: null, startedAtUtc: null, stoppedAtUtc: null, finishedAtUtc: null },
    ...of,
  };
}

/** Faultless, unless it is told otherwise. */
export function anInput(of: Partial<Input> = {}): Input {
  return {
    ...{ instance: "primary", primary: of.instance !== "secondary", source: "rtmp" },
    ...{ url: "rtmp://localhost/live/key", serverUrl: "rtmp://localhost/live", streamKey: "key" },
    ...{
      active: true,
      connectedAtUtc: "2026-01-01T10:00:00.000Z",
      lastSeenAtUtc: "2026-01-01T10:05:00.000Z",
    },
    video: {
      ...{ codec: "h264", width: 1280, height: 720, frameRate: 30 },
      ...{ bitrateKbps: 2500, keyFrameIntervalSeconds: 2 },
    },
    audio: { codec: "aac", sampleRate: 48_000, channels: 2, bitrateKbps: 128 },
    ...{ health: { score: 100, faults: [] }, advice: [], problem: null },
    ...of,
  } as Input;
}
