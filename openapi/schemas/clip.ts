// What is asked for of a clip.

import { z } from "@hono/zod-openapi";
import { Name } from "./text.ts";
import { timeOf } from "./values.ts";

const Copy = z.boolean({ error: "must be true or false" }).default(false).openapi({
  description:
    "It gets bytes of its own; else it refers to those of what it is cut from, which stay for as long as it is there.",
});

const seconds = z
  .number({ error: "must be a number of seconds" })
  .min(0, { error: "must be 0 or more" })
  .max(Number.MAX_SAFE_INTEGER, { error: "must be a number of seconds" });

export const NewMediaClip = z
  .object(
    {
      name: Name,
      startSeconds: seconds.openapi({
        description: "It begins with the last key frame at or before this.",
        example: 61.5,
      }),
      endSeconds: seconds.openapi({
        description:
          "It ends with the picture whose end is nearest to this. At most 0.1 s past the end of the asset means its end.",
        example: 92,
      }),
      copy: Copy,
    },
    { error: "must be a JSON object" },
  )
  .refine(({ startSeconds, endSeconds }) => endSeconds > startSeconds, {
    path: ["endSeconds"],
    error: "must be more than startSeconds",
  })
  .openapi("NewMediaClip");

export const NewLivestreamClip = z
  .object(
    {
      name: Name,
      startAtUtc: timeOf().openapi({
        description: "It begins with the last key frame at or before this.",
        example: "2026-01-31T18:00:00.000Z",
      }),
      endAtUtc: timeOf().openapi({
        description:
          "It ends with the picture whose end is nearest to this; while live, with what is recorded by now at the latest.",
        example: "2026-01-31T18:00:30.000Z",
      }),
      copy: Copy,
    },
    { error: "must be a JSON object" },
  )
  .refine(({ startAtUtc, endAtUtc }) => endAtUtc > startAtUtc, {
    path: ["endAtUtc"],
    error: "must be later than startAtUtc",
  })
  .openapi("NewLivestreamClip");
