// The part of a statement that picks one page of a list.

import type { SearchRequest, Sort } from "#server/store/page.ts";

/** The SQL after `FROM … WHERE …`, to be run with `pageParameters`; ties are newest first, what has no value is least. */
export function orderAndLimit<Field extends string>(
  sort: Sort<Field> | null,
  /** The expression each field is sorted by. */
  columns: Readonly<Record<Field, string>>,
): string {
  const direction = sort?.descending === true ? "DESC NULLS LAST" : "ASC NULLS FIRST";
  const first = sort === null ? "" : `${columns[sort.field]} ${direction}, `;
  return `ORDER BY ${first}created_at_ms DESC, id DESC LIMIT $limit OFFSET $offset`;
}

/** The SQL of what is searched for, to be run with {@link searchParameters}. */
export const NAME_HAS_SEARCH = `position(lower($search::text COLLATE "C") in lower(name COLLATE "C")) > 0`;

/** Nothing is in every name. */
export function searchParameters({ search = "" }: SearchRequest): { search: string } {
  return { search };
}
