// Lists come in pages: how one asks for a page, and how a page says where it is.

import { z } from "@hono/zod-openapi";

const DEFAULT_PERPAGE = 10;
const MAX_PERPAGE = 50;

/** With the most rows a page holds, this is as far as a row number stays exact. */
const MAX_PAGE = 100_000_000_000_000;

const Page = z
  .string({ error: "must be given once" })
  .regex(/^\d+$/, { error: "must be a whole number, 0 or more", abort: true })
  .transform(Number)
  .refine((page) => page <= MAX_PAGE, { error: `must be at most ${MAX_PAGE}` })
  .default(0)
  .openapi({
    type: "integer",
    default: 0,
    minimum: 0,
    maximum: MAX_PAGE,
    description: "0 is the first page.",
  });

const Perpage = z
  .string({ error: "must be given once" })
  .regex(/^0*[1-9]\d*$/, { error: "must be a whole number, 1 or more" })
  .transform((digits) => Math.min(MAX_PERPAGE, Number(digits)))
  .default(DEFAULT_PERPAGE)
  .openapi({
    type: "integer",
    default: DEFAULT_PERPAGE,
    minimum: 1,
    description: `Rows on a page; more than ${MAX_PERPAGE} means ${MAX_PERPAGE}.`,
  });

/** What a list in a fixed order is asked for with. */
export const pagePosition = { page: Page, perpage: Perpage };

/** What every other list is asked for with; `fields` are those it can be sorted by. */
export function pageQuery<const Fields extends readonly [string, ...string[]]>(fields: Fields) {
  return { ...pagePosition, sort: sortOf(fields) };
}

const MAX_SEARCH_LENGTH = 200;

/** Only what has this in its name. */
export const Search = z
  .string({ error: "must be given once" })
  .max(MAX_SEARCH_LENGTH, { error: `must have at most ${MAX_SEARCH_LENGTH} characters` })
  .optional()
  .openapi({
    description: "Only those with this in their name; small and capital letters of ASCII are the same.",
    example: "derby",
  });

export const Pagination = z
  .object({
    page: z.int(),
    perpage: z.int(),
    total: z.int().openapi({ description: "Rows of all pages together." }),
    pageCount: z.int(),
  })
  .openapi("Pagination");

type SortText<Field extends string> = Field | `${Field}:${"asc" | "desc"}`;

/** Parses to the field and its direction; null when it is not given: newest first. */
function sortOf<const Fields extends readonly [string, ...string[]]>(fields: Fields) {
  type Field = Fields[number];
  const texts = fields.flatMap((field: Field): SortText<Field>[] => [field, `${field}:asc`, `${field}:desc`]);
  return z
    .enum(texts, { error: `must be one of ${fields.join(", ")}, each alone or with :asc or :desc` })
    .transform((text) => {
      const field = fields.find((each) => text === each || text.startsWith(`${each}:`));
      return field === undefined ? null : { field: field as Field, descending: text.endsWith(":desc") };
    })
    .optional()
    .openapi({ type: "string", enum: texts, description: "Newest first when it is not given." });
}
