// A list of any length out of the API's pages: what is looked at is asked for, drawn, and kept up to date.

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Page } from "#openapi/client.ts";
import { useMediaQuery } from "#server/web/console/state/use-media-query.ts";
import { usePolled } from "#server/web/console/state/use-polled.ts";
import { useScrolled } from "#server/web/console/state/use-scrolled.ts";
import { pagesOf, ROWS_A_PAGE, visibleRows } from "#server/web/console/state/visible-rows.ts";

interface LongListProps<Item> {
  readonly label: string;
  /** Another key is another list. */
  readonly listKey: string;
  readonly askPage: (page: number, signal: AbortSignal) => Promise<Page<Item>>;
  readonly everyMs: number;
  readonly idOf: (item: Item) => string;
  readonly renderItem: (item: Item) => ComponentChildren;
  /** Shown in the place of no rows. */
  readonly empty: ComponentChildren;
}

/** The styles have the same heights and the same width. */
const ROW_HEIGHT = 76;
const NARROW_ROW_HEIGHT = 92;
const NARROW = "(max-width: 700px)";

export function LongList<Item>(props: LongListProps<Item>) {
  const { label, listKey, askPage, everyMs, idOf, renderItem, empty } = props;
  const list = useRef<HTMLUListElement>(null);
  const rowHeight = useMediaQuery(NARROW) ? NARROW_ROW_HEIGHT : ROW_HEIGHT;
  const { offset, windowHeight } = useScrolled(list);
  const [total, setTotal] = useState(0);
  const [rows, setRows] = useState<ReadonlyMap<number, Item>>(new Map());
  const range = visibleRows(offset, windowHeight, rowHeight, total);
  const pages = pagesOf(range);
  const { value } = usePolled(
    `${listKey} ${pages.join()}`,
    async (signal) => ({
      listKey,
      answers: await Promise.all(pages.map(async (page) => ({ page, ...(await askPage(page, signal)) }))),
    }),
    everyMs,
  );
  const shownKey = useRef("");
  useEffect(() => {
    if (value === null) return;
    const isSame = shownKey.current === value.listKey;
    shownKey.current = value.listKey;
    setTotal(value.answers[0]?.pagination.total ?? 0);
    setRows((before) => {
      const after = new Map(isSame ? before : []);
      for (const { page, items } of value.answers) {
        for (const [each, item] of items.entries()) after.set(page * ROWS_A_PAGE + each, item);
      }
      return after;
    });
  }, [value]);
  if (shownKey.current === listKey && total === 0) return <div class="empty">{empty}</div>;
  const numbers = Array.from({ length: range.end - range.first }, (_, each) => range.first + each);
  return (
    <ul
      ref={list}
      class="long-list"
      aria-label={label}
      style={{ height: `${Math.max(1, total) * rowHeight}px` }}
    >
      {numbers.map((number) => {
        const item = rows.get(number);
        return (
          <li
            key={item === undefined ? number : idOf(item)}
            aria-setsize={total}
            aria-posinset={number + 1}
            style={{ transform: `translateY(${number * rowHeight}px)`, height: `${rowHeight}px` }}
          >
            {item === undefined ? <span class="row-wait">Loading…</span> : renderItem(item)}
          </li>
        );
      })}
    </ul>
  );
}
