// The part of a statement that picks one page of a list.

import type { SearchRequest, Sort } from "#server/store/page.ts";

/** The SQL after `FROM … WHERE …`, to be run with `pageParameters`; ties are newest first. */
export function orderAndLimit<Field extends string>(
  sort: Sort<Field> | null,
  /** The expression each field is sorted by. */
  columns: Readonly<Record<Field, string>>,
): string {
  const first = sort === null ? "" : `${columns[sort.field]} ${sort.descending ? "DESC" : "ASC"}, `;
  return `ORDER BY ${first}created_at_ms DESC, id DESC LIMIT $limit OFFSET $offset`;
}

/** The SQL of what is searched for, to be run with {@link searchParameters}. */
export const NAME_HAS_SEARCH = "($search = '%%' OR name LIKE $search ESCAPE '\\')";

/** What is searched for stands for itself: it is no pattern. */
export function searchParameters({ search = "" }: SearchRequest): { search: string } {
  return { search: `%${search.replace(/[\\%_]/g, "\\$&")}%` };
}
