// The livestream: a broadcast that happens once.

import { z } from "@hono/zod-openapi";
import { LIVESTREAM_STATUSES, PLAYOUT_NAMES } from "#openapi/names.ts";
import { Input } from "./input.ts";
import { patch } from "./patch.ts";
import { Description, Name } from "./text.ts";
import { Id, Instance, orNull, PlaybackPolicy, Url, Utc } from "./values.ts";

export const LivestreamStatus = z
  .enum(LIVESTREAM_STATUSES, { error: `must be one of ${LIVESTREAM_STATUSES.join(", ")}` })
  .openapi("LivestreamStatus");

const Playout = z
  .object({
    instance: z.enum(PLAYOUT_NAMES).openapi({
      description: "`auto` is the programme: whichever instance is on air.",
    }),
    type: z.literal("hls"),
    url: Url,
    live: z.boolean().openapi({ description: "False for what has ended." }),
  })
  .openapi("Playout");

const Recording = z
  .object({
    active: z.boolean().openapi({ description: "False: the broadcast goes on without being recorded." }),
    durationSeconds: z.number().openapi({ description: "Of what is recorded by now." }),
    message: z.string().nullable().openapi({ description: "Why it stopped, or what it lacks." }),
  })
  .openapi("Recording");

const Conversion = z
  .object({
    state: z.enum(["running", "done", "failed"]),
    progress: z.number().openapi({ minimum: 0, maximum: 1 }),
    message: z.string().nullable().openapi({ description: "Why the recording is missing or incomplete." }),
  })
  .openapi("Conversion");

export const Livestream = z
  .object({
    id: Id,
    name: Name,
    description: Description,
    withDvr: z.boolean().openapi({ description: "Viewers may seek back to the publish." }),
    withBackup: z.boolean().openapi({ description: "The secondary instance is open too." }),
    playbackPolicy: PlaybackPolicy,
    status: LivestreamStatus,
    onAir: orNull(Instance).openapi({ description: "Null unless live with an active ingest." }),
    inputs: z.array(Input).openapi({ description: "Empty before the start and after the stop." }),
    playouts: z.array(Playout).openapi({ description: "Empty before the publish." }),
    thumbnailUrl: Url.nullable(),
    thumbnailSource: z.enum(["upload", "auto"]).nullable(),
    thumbnailUpdatedAtUtc: Utc.nullable().openapi({
      description:
        "When the picture was uploaded or taken: an automatic one is taken every half minute, less often with many on air.",
    }),
    mediaId: Id.nullable().openapi({ description: "The asset it became; set with status `finished`." }),
    recording: orNull(Recording).openapi({ description: "Null unless live." }),
    conversion: orNull(Conversion),
    createdAtUtc: Utc,
    updatedAtUtc: Utc,
    ingestStartedAtUtc: Utc.nullable().openapi({ description: "When it was started." }),
    startedAtUtc: Utc.nullable().openapi({
      description: "When the video source started; the publish moves it to the time of publishing.",
    }),
    stoppedAtUtc: Utc.nullable(),
    finishedAtUtc: Utc.nullable(),
  })
  .openapi("Livestream");

const flag = z.boolean({ error: "must be true or false" });

export const NewLivestream = z
  .object(
    {
      name: Name,
      description: Description.default(null),
      withDvr: flag.default(false).openapi({ description: "Viewers may seek back to the publish." }),
      withBackup: flag.default(true).openapi({ description: "Open the secondary instance too." }),
      playbackPolicy: PlaybackPolicy.default("public"),
    },
    { error: "must be a JSON object" },
  )
  .openapi("NewLivestream");

export const SwitchRequest = z
  .object(
    { instance: Instance.openapi({ description: "The instance to put on air." }) },
    { error: "must be a JSON object" },
  )
  .openapi("SwitchRequest");

export const LivestreamPatch = patch("LivestreamPatch", {
  name: Name.exactOptional(),
  description: Description.exactOptional(),
  withDvr: flag.exactOptional().openapi({ description: "May change only while `created`." }),
  withBackup: flag.exactOptional().openapi({ description: "May change only while `created`." }),
  playbackPolicy: PlaybackPolicy.exactOptional(),
});
