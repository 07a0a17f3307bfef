// Text that people write: names, descriptions, and how long they may be.

import { z } from "@hono/zod-openapi";

const MAX_NAME_LENGTH = 200;
const MAX_DESCRIPTION_LENGTH = 5000;

const NOT_WELL_FORMED = "must be well-formed Unicode";

/** Kept as it is sent; characters are Unicode code points, as JSON Schema counts them. */
export const Name = z
  .string({ error: `must be text of 1 to ${MAX_NAME_LENGTH} characters` })
  .refine((text) => /\S/.test(text), { error: "must not be empty", abort: true })
  .refine(isNoLongerThan(MAX_NAME_LENGTH), { error: `must have at most ${MAX_NAME_LENGTH} characters` })
  .refine(isWellFormed, { error: NOT_WELL_FORMED })
  .openapi({ minLength: 1, maxLength: MAX_NAME_LENGTH, pattern: "\\S", example: "Evening show" });

export const Description = z
  .string({ error: `must be text of at most ${MAX_DESCRIPTION_LENGTH} characters, or null` })
  .refine(isNoLongerThan(MAX_DESCRIPTION_LENGTH), {
    error: `must have at most ${MAX_DESCRIPTION_LENGTH} characters`,
  })
  .refine(isWellFormed, { error: NOT_WELL_FORMED })
  .nullable()
  .openapi({ maxLength: MAX_DESCRIPTION_LENGTH, example: "Live from the studio" });

function isNoLongerThan(maxLength: number): (text: string) => boolean {
  return (text) => text.length <= maxLength || Array.from(text).length <= maxLength;
}

/** Half a surrogate pair has no place in a database or in UTF-8. */
function isWellFormed(text: string): boolean {
  return text.isWellFormed();
}
