// Which rows of a long list are drawn, and which pages of the API they are on: however long it is, only what is looked at.

/** The most that the API gives at once. */
export const ROWS_A_PAGE = 50;

/** Rows drawn above and below what is seen, for whoever scrolls or goes on with the keyboard. */
const MARGIN_ROWS = 6;

export interface RowRange {
  readonly first: number;
  /** The one behind the last. */
  readonly end: number;
}

/** `offset`: how far the list's top is above the top of the window, CSS pixels; less than nothing when it is below. */
export function visibleRows(
  offset: number,
  windowHeight: number,
  rowHeight: number,
  total: number,
): RowRange {
  const first = Math.floor(offset / rowHeight) - MARGIN_ROWS;
  const end = Math.ceil((offset + windowHeight) / rowHeight) + MARGIN_ROWS;
  return { first: clamp(first, total), end: clamp(end, total) };
}

/** At least the first one, which says how many there are. */
export function pagesOf({ first, end }: RowRange): readonly number[] {
  const firstPage = Math.floor(first / ROWS_A_PAGE);
  const lastPage = Math.max(firstPage, Math.floor((end - 1) / ROWS_A_PAGE));
  return Array.from({ length: lastPage - firstPage + 1 }, (_, each) => firstPage + each);
}

function clamp(row: number, total: number): number {
  return Math.max(0, Math.min(total, row));
}
