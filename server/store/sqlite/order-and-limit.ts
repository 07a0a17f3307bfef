// The part of a statement that picks one page of a list.

import type { PageRequest, Sort } from "#server/store/page.ts";

/** The SQL after `FROM … WHERE …`, to be run with {@link pageParameters}; ties are newest first. */
export function orderAndLimit<Field extends string>(
  sort: Sort<Field> | null,
  /** The expression each field is sorted by. */
  columns: Readonly<Record<Field, string>>,
): string {
  const first = sort === null ? "" : `${columns[sort.field]} ${sort.descending ? "DESC" : "ASC"}, `;
  return `ORDER BY ${first}created_at_ms DESC, id DESC LIMIT $limit OFFSET $offset`;
}

export function pageParameters({ page, perpage }: PageRequest<string>): { limit: number; offset: number } {
  return { limit: perpage, offset: page * perpage };
}
