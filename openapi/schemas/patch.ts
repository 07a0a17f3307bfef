// A body that changes a thing: what it leaves out stays as it is.

import { z } from "@hono/zod-openapi";

/** Every member may be left out; `shape` says so with `exactOptional`, which the generator takes for required. */
export function patch<const Name extends string, Shape extends z.ZodRawShape>(name: Name, shape: Shape) {
  return z.object(shape, { error: "must be a JSON object" }).openapi(name, { required: [] });
}
