// Who is connected and what arrives: now, over time, and as it happens.

import { z } from "@hono/zod-openapi";
import { Input } from "./input.ts";
import { LivestreamStatus } from "./livestream.ts";
import { Id, Instance, orNull, timeOf, Utc } from "./values.ts";

/** More is no id. */
const MAX_ID_LENGTH = 64;

const ConnectionCounts = z
  .object({
    rtmpConnections: z.int().openapi({ description: "The publisher and the RTMP players." }),
    hlsConnections: z.int().openapi({ description: "Viewer sessions that watch now." }),
  })
  .openapi("ConnectionCounts");

export const StatisticsOverview = z
  .object({ primary: ConnectionCounts, secondary: ConnectionCounts, sum: ConnectionCounts })
  .openapi("StatisticsOverview", {
    description: "A viewer of the programme counts on the instance that is on air.",
  });

export const LivestreamStatistics = z
  .object({ livestreamId: Id, primary: ConnectionCounts, secondary: ConnectionCounts, sum: ConnectionCounts })
  .openapi("LivestreamStatistics");

const MAX_IDS = 50;

/** Which livestreams, in a query; parses to their ids. */
export const LivestreamIds = z
  .string({ error: "must be given once" })
  .transform((text) => (text === "" ? [] : text.split(",")))
  .refine((ids) => ids.length <= MAX_IDS && ids.every((id) => id.length > 0 && id.length <= MAX_ID_LENGTH), {
    error: `must be at most ${MAX_IDS} ids, with commas between them`,
  })
  .default([])
  .openapi({
    type: "string",
    description: `Ids of livestreams, at most ${MAX_IDS}, with commas between them.`,
    example: "01890a5d-ac96-774b-bcce-b302099a8057",
  });

export const Sample = z
  .object({
    createdAtUtc: Utc,
    rtmpConnections: z.int(),
    hlsConnections: z.int(),
    ingestActive: z.boolean(),
    onAir: z.boolean(),
    videoBitrateKbps: z.number().nullable(),
    audioBitrateKbps: z.number().nullable(),
    frameRate: z.number().nullable(),
    keyFrameIntervalSeconds: z.number().nullable(),
    timestampRepairs: z.int().openapi({ description: "Timestamps put right since the server was started." }),
  })
  .openapi("Sample");

/** When a sample was made, in a query; parses to milliseconds since 1970. */
export const Before = timeOf("must be given once").openapi({
  description: "Only samples older than this: with the last one's `createdAtUtc`, those that follow it.",
  example: "2026-01-31T18:00:00.000Z",
});

/** `data` of each kind of event. */
export const LivestreamEventData = z
  .union([
    z
      .object({ status: z.union([LivestreamStatus, z.literal("deleted")]), atUtc: Utc })
      .openapi("StatusEvent"),
    z
      .object({
        from: orNull(Instance),
        to: orNull(Instance),
        cause: z.string().openapi({ example: "failover" }),
        atUtc: Utc,
      })
      .openapi("SwitchEvent"),
    StatisticsOverview,
    z.array(Input),
  ])
  .openapi({ description: "`data` of an event, by its `event`: status, switch, statistics, inputs." });
