// A page of a list: which rows are asked for, in which order, and what comes back.

export interface PageRequest<Field extends string> {
  /** 0-based. */
  readonly page: number;
  /** Rows a page holds. */
  readonly perpage: number;
  /** Null = newest first. */
  readonly sort: Sort<Field> | null;
}

/** A list that can be searched by name. */
export interface SearchRequest {
  /** Only rows with this in their name, where ASCII letters are alike; empty or left out = all. */
  readonly search?: string;
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

/** The parameters `$limit` and `$offset` of a statement that picks the page. */
export function pageParameters({ page, perpage }: PageRequest<string>): { limit: number; offset: number } {
  return { limit: perpage, offset: page * perpage };
}
