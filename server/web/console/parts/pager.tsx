// Goes from page to page of a short list.

interface PagerProps {
  readonly page: number;
  readonly pageCount: number;
  readonly onPage: (page: number) => void;
}

export function Pager({ page, pageCount, onPage }: PagerProps) {
  if (pageCount < 2) return null;
  return (
    <nav class="pager" aria-label="Pages">
      <button type="button" class="button small" disabled={page === 0} onClick={() => onPage(page - 1)}>
        Newer
      </button>
      <span>
        Page {page + 1} of {pageCount}
      </span>
      <button
        type="button"
        class="button small"
        disabled={page + 1 >= pageCount}
        onClick={() => onPage(page + 1)}
      >
        Older
      </button>
    </nav>
  );
}
