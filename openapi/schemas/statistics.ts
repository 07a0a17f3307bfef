// Who is connected and what arrives: now, over time, and as it happens.

import { z } from "@hono/zod-openapi";
import { LivestreamStatus } from "./livestream.ts";
import { Id, Instance, orNull, timeOf, Utc } from "./values.ts";

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

const AN_ID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
const SOME_IDS = new RegExp(`^(${AN_ID}(,${AN_ID}){0,${MAX_IDS - 1}})?$`);

/** Which livestreams, in a query; parses to their ids. */
export const LivestreamIds = z
  .string({ error: "must be given once" })
  .regex(SOME_IDS, { error: `must be at most ${MAX_IDS} ids, with commas between them`, abort: true })
  .transform((text) => (text === "" ? [] : text.split(",")))
  .default([])
  .openapi({
    type: "string",
    pattern: SOME_IDS.source,
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

/** `data` of an event of this name. */
export const StatusEvent = z
  .object({ status: z.union([LivestreamStatus, z.literal("deleted")]), atUtc: Utc })
  .openapi("StatusEvent");

export const SwitchEvent = z
  .object({
    from: orNull(Instance),
    to: orNull(Instance),
    cause: z.string().openapi({ example: "failover" }),
    atUtc: Utc,
  })
  .openapi("SwitchEvent");

const A_COMPONENT = "#/components/schemas/";

/** An event as a reader gets it, and what the text of its `data` is. */
export const LivestreamServerSentEvent = z
  .union([
    serverSentEvent("status", { $ref: `${A_COMPONENT}StatusEvent` }),
    serverSentEvent("switch", { $ref: `${A_COMPONENT}SwitchEvent` }),
    serverSentEvent("statistics", { $ref: `${A_COMPONENT}StatisticsOverview` }),
    serverSentEvent("inputs", { type: "array", items: { $ref: `${A_COMPONENT}Input` } }),
  ])
  .openapi({ description: "An event of the stream; its `data` is JSON." });

function serverSentEvent(name: string, contentSchema: object) {
  const json = { contentMediaType: "application/json", contentSchema };
  return z.object({ event: z.literal(name), id: z.string().exactOptional(), data: z.string().openapi(json) });
}
