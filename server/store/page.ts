// A page of a list: which rows are asked for, in which order, and what comes back.

export interface PageRequest<Field extends string> {
  /** 0-based. */
  readonly page: number;
  /** Rows a page holds. */
  readonly perpage: number;
  /** Null = newest first. */
  readonly sort: Sort<Field> | null;
}

export interface Sort<Field extends string> {
  readonly field: Field;
  readonly descending: boolean;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Rows of all pages together. */
  readonly total: number;
}

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
