// Everything that was recorded: to be watched, cut, fetched, and got back from the bin.

import { useEffect, useState } from "preact/hooks";
import type { Media } from "#openapi/client.ts";
import { useConsole } from "#server/web/console/console-context.ts";
import { Choice } from "#server/web/console/parts/choice.tsx";
import { LongList } from "#server/web/console/parts/long-list.tsx";
import { Picture } from "#server/web/console/parts/picture.tsx";
import { SearchField } from "#server/web/console/parts/search-field.tsx";
import { hrefOf } from "#server/web/console/state/route.ts";
import { useSettled } from "#server/web/console/state/use-settled.ts";
import { ROWS_A_PAGE } from "#server/web/console/state/visible-rows.ts";
import { clockText, sizeText } from "#server/web/console/words/figures.ts";
import { dateText } from "#server/web/console/words/times.ts";

const EVERY_MS = 5000;

const SHELVES = { ready: "Recordings and clips", softDeleted: "Deleted" } as const;

const SORTS = {
  "createdAtUtc:desc": "Newest first",
  name: "By name",
  "durationSeconds:desc": "Longest first",
  "sizeBytes:desc": "Largest first",
} as const;

type Sort = keyof typeof SORTS;

export function LibraryList() {
  const { client } = useConsole();
  const [search, setSearch] = useState("");
  const [shelf, setShelf] = useState<Media["status"]>("ready");
  const [sort, setSort] = useState<Sort>("createdAtUtc:desc");
  const settled = useSettled(search.trim());
  useEffect(() => {
    document.title = "Library · Tandem console";
  }, []);
  return (
    <section class="page">
      <div class="page-head">
        <h1>Library</h1>
      </div>
      <search class="filters">
        <SearchField label="Search the library by name" value={search} onChange={setSearch} />
        <Choice label="Show" names={SHELVES} value={shelf} onChange={setShelf} />
        <Choice label="Order" names={SORTS} value={sort} onChange={setSort} />
      </search>
      <LongList<Media>
        label={SHELVES[shelf]}
        listKey={`library ${shelf} ${sort} ${settled}`}
        askPage={(page, signal) =>
          client.listMedia({ page, perpage: ROWS_A_PAGE, status: shelf, sort, search: settled }, { signal })
        }
        everyMs={EVERY_MS}
        idOf={({ id }) => id}
        renderItem={(asset) => <AssetRow asset={asset} />}
        empty={
          <p>
            {settled !== "" || shelf === "softDeleted"
              ? "There is nothing like that."
              : "Nothing is recorded yet: a livestream appears here after its stop."}
          </p>
        }
      />
    </section>
  );
}

function AssetRow({ asset }: { asset: Media }) {
  const { id, name, thumbnailUrl, createdAtUtc, durationSeconds, sizeBytes, clipOf, width, height } = asset;
  return (
    <a class="row asset" href={hrefOf("library", id)}>
      <Picture url={thumbnailUrl} width={96} />
      <span class="row-name">
        <span class="row-title">{name}</span>
        <span class="row-detail">{dateText(createdAtUtc)}</span>
      </span>
      <span class="row-state">{clipOf === null ? "Recording" : "Clip"}</span>
      <span class="row-inputs">
        {width !== null && height !== null && (
          <span>
            {width}×{height}
          </span>
        )}
        <span class="quiet">{sizeText(sizeBytes)}</span>
      </span>
      <span class="row-viewers">{clockText(durationSeconds)}</span>
    </a>
  );
}
