// Who is connected and what arrives: now, over time, and as it happens.

import { z } from "@hono/zod-openapi";
import { Input } from "./input.ts";
import { LivestreamStatus } from "./livestream.ts";
import { Instance, orNull, timeOf, Utc } from "./values.ts";

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
