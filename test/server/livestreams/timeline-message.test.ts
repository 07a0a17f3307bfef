import { expect, test } from "bun:test";
import { TIMELINE_TYPES } from "#openapi/names.ts";
import type { EventData, SwitchFacts } from "#server/feed/feed-event.ts";
import { timelineMessage } from "#server/livestreams/timeline-message.ts";

function messageOf<Type extends keyof EventData>(
  type: Type,
  data: EventData[Type],
  instance: "primary" | "secondary" | null = null,
): string {
  return timelineMessage({
    ...{ id: "", livestreamId: "show", atMs: 0, positionSeconds: null },
    ...{ type, data, instance },
  });
}

const SWITCH: SwitchFacts = {
  ...{ from: "primary", to: "secondary", cause: "silent", fromScore: 0, toScore: 100 },
  ...{ faults: ["silent"], gapMs: 1012.4, gapFrames: 0 },
};
const VIDEO = { codec: "h264", width: 1280, height: 720 };
const AUDIO = { codec: "aac", sampleRate: 44_100, channels: 2 };

const STORIES: readonly (readonly [said: string, message: string])[] = [
  [messageOf("livestream.created", { name: "Derby" }), "The livestream “Derby” was created."],
  [messageOf("livestream.started", {}), "The livestream was started: its inputs accept encoders."],
  [
    messageOf("livestream.published", {}),
    "The livestream was published: from here on it is watched and recorded.",
  ],
  [messageOf("livestream.stopped", {}), "The livestream was stopped."],
  [
    messageOf("livestream.finished", { mediaId: "m", durationSeconds: 3723.4 }),
    "The recording is a media asset of 1:02:03.",
  ],
  [
    messageOf("livestream.failed", { reason: "nothing was recorded" }),
    "Nothing could be made of the recording: nothing was recorded.",
  ],
  [messageOf("livestream.deleted", {}), "The livestream was deleted."],
  [messageOf("ingest.connected", {}, "primary"), "An encoder connected to the primary input."],
  [
    messageOf("ingest.active", { video: VIDEO, audio: AUDIO }, "primary"),
    "The primary input receives H.264 of 1280 × 720 and AAC of 44.1 kHz with 2 channels.",
  ],
  [
    messageOf("ingest.active", { video: null, audio: { ...AUDIO, codec: "opus", channels: 1 } }, "primary"),
    "The primary input receives OPUS of 44.1 kHz with 1 channel.",
  ],
  [
    messageOf("ingest.inactive", { cause: "silent" }, "secondary"),
    "Nothing comes to the secondary input any more: its encoder is connected, and has been silent for too long.",
  ],
  [messageOf("ingest.disconnected", { reason: null }, "primary"), "The encoder at the primary input left."],
  [
    messageOf("ingest.disconnected", { reason: "no media received" }, "primary"),
    "The encoder at the primary input was disconnected: no media received.",
  ],
  [
    messageOf("ingest.refused", { reason: "it is busy", count: 1 }, "primary"),
    "An encoder was turned away from the primary input: it is busy.",
  ],
  [
    messageOf("ingest.refused", { reason: "it is busy.", count: 57 }, "primary"),
    "Encoders were turned away from the primary input 57 times within a minute, the last time because it is busy.",
  ],
  [
    messageOf("ingest.format", { video: { ...VIDEO, codec: "h265" }, audio: null }, "primary"),
    "The primary input receives HEVC of 1280 × 720 from here on.",
  ],
  [
    messageOf(
      "ingest.fault",
      { fault: "frozen", state: "ended", score: 100, lastedSeconds: 12.34 },
      "primary",
    ),
    "The primary input: the picture moves again, after 12.3 s.",
  ],
  [
    messageOf("ingest.fault", { fault: "silent", state: "ended", score: null, lastedSeconds: 4 }, "primary"),
    "The primary input: nothing comes any more; until then, its encoder is connected and sends nothing.",
  ],
  [
    messageOf(
      "ingest.advice",
      { advice: "Set closed GOPs.", state: "began", lastedSeconds: null },
      "primary",
    ),
    "Advice for the primary input: Set closed GOPs.",
  ],
  [
    messageOf("ingest.advice", { advice: "Set closed GOPs.", state: "ended", lastedSeconds: 90 }, "primary"),
    "This is no longer so of the primary input: Set closed GOPs.",
  ],
  [
    messageOf("ingest.problem", { problem: "The sound is MP3." }, "primary"),
    "The primary input: The sound is MP3.",
  ],
  [
    messageOf("ingest.problem", { problem: null }, "primary"),
    "All that comes to the primary input can be used again.",
  ],
  [
    messageOf("ingest.repaired", { count: 1 }, "primary"),
    "1 timestamp of the primary input was put right within a minute.",
  ],
  [
    messageOf("ingest.repaired", { count: 20 }, "primary"),
    "20 timestamps of the primary input were put right within a minute.",
  ],
  [
    messageOf("ingest.dropped", { count: 2, reason: "it is too short" }, "primary"),
    "2 messages of the primary input could not be used within a minute, the last because of this: it is too short.",
  ],
  [
    messageOf("playout.switched", SWITCH),
    "The secondary input is on air instead of the primary input, whose encoder is connected, and has been silent for too long. " +
      "The gap is 1012 ms.",
  ],
  [
    messageOf("playout.switched", {
      ...SWITCH,
      cause: "quality",
      fromScore: 60,
      faults: ["frozen"],
      gapMs: 40,
    }),
    "The secondary input is on air, because it is better: score 100 against 60 (the picture is frozen). The gap is 40 ms.",
  ],
  [
    messageOf("playout.switched", { ...SWITCH, cause: "requested", gapMs: 0 }),
    "The secondary input is on air, as was asked for. The gap is 0 ms.",
  ],
  [
    messageOf("playout.switched", { ...SWITCH, cause: "reverted", gapMs: 0 }),
    "The secondary input is on air, because it is preferred and has been well for a while. The gap is 0 ms.",
  ],
  [
    messageOf("playout.switched", { ...SWITCH, from: null, cause: "begin", gapMs: null }),
    "The secondary input is on air: the programme begins with it.",
  ],
  [
    messageOf("playout.switched", { ...SWITCH, from: null, cause: "active" }),
    "The secondary input is on air: it is the one that receives something.",
  ],
  [
    messageOf("playout.switched", { ...SWITCH, to: null, cause: "closed", gapMs: null }),
    "Nobody is on air: the encoder at the primary input is not connected any more.",
  ],
  [
    messageOf("playout.discontinuity", { mediaSequenceNumber: 7 }),
    "The time breaks before segment 7: players are told of a discontinuity.",
  ],
  [
    messageOf("recording.stopped", { reason: "the disk is full" }),
    "The broadcast goes on, but it is not recorded: the disk is full.",
  ],
  [messageOf("recording.resumed", { missingSeconds: null }), "It is recorded again."],
  [messageOf("recording.resumed", { missingSeconds: 62 }), "It is recorded again; 1:02 are missing."],
  [messageOf("media.created", { mediaId: "m" }), "A media asset was made of it."],
  [messageOf("media.deleted", { mediaId: "m" }), "A media asset of it was deleted; it can be restored."],
  [messageOf("media.restored", { mediaId: "m" }), "A media asset of it was restored."],
  [messageOf("media.removed", { mediaId: "m" }), "A media asset of it was removed for good."],
  [messageOf("viewers.peak", { viewers: 1 }), "Somebody watches, for the first time."],
  [messageOf("viewers.peak", { viewers: 1204 }), "1204 watch, more than ever before."],
  [
    messageOf("timeline.folded", { count: 3, types: { "ingest.connected": 2, "ingest.active": 1 } }),
    "3 more events within a minute were counted, not kept one by one: ingest.connected 2 times, ingest.active 1 times.",
  ],
];

test.each(STORIES)("%s", (said, message) => {
  expect(said).toBe(message);
});

test("there is a sentence for each type", () => {
  const sentences = new Set(STORIES.map(([said]) => said));
  expect(sentences.size).toBe(STORIES.length);
  expect(TIMELINE_TYPES.length).toBeLessThanOrEqual(STORIES.length);
});

test("what a later version has written is told by its type", () => {
  const event = { id: "", livestreamId: "show", atMs: 0, positionSeconds: null, instance: null, data: {} };
  expect(timelineMessage({ ...event, type: "node.takeover" })).toBe("node.takeover.");
  expect(timelineMessage({ ...event, type: "constructor" })).toBe("constructor.");
});
