// Pictures, and how they are asked for.

import { z } from "@hono/zod-openapi";

const MAX_WIDTH = 100_000;

/** The bytes of a picture. */
export const ImageFile = z.string().openapi({ format: "binary" });

export const ImageForm = z.object({ file: ImageFile });

/** In a query. */
export const WidthParameter = z
  .string({ error: "must be given once" })
  .refine((text) => /^\d{1,6}$/.test(text) && Number(text) >= 1 && Number(text) <= MAX_WIDTH, {
    error: `must be a whole number of pixels, 1 to ${MAX_WIDTH}`,
  })
  .transform(Number)
  .openapi({
    type: "integer",
    minimum: 1,
    maximum: MAX_WIDTH,
    description: "Pixels; answered with the nearest of 320, 640, 1280 and the stored width that is not less.",
  });

export const AcceptHeader = z.object({
  Accept: z
    .string()
    .optional()
    .openapi({ description: "AVIF and WebP go to who names them; others get JPEG." }),
});
