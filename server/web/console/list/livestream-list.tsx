// All livestreams: what each is at, who watches, and a way to find one of a thousand.

import { useEffect, useState } from "preact/hooks";
import type { Livestream } from "#openapi/client.ts";
import type { LivestreamStatus } from "#openapi/names.ts";
import { useConsole } from "#server/web/console/console-context.ts";
import { Choice } from "#server/web/console/parts/choice.tsx";
import { Icon } from "#server/web/console/parts/icon.tsx";
import { LongList } from "#server/web/console/parts/long-list.tsx";
import { SearchField } from "#server/web/console/parts/search-field.tsx";
import { useSettled } from "#server/web/console/state/use-settled.ts";
import { ROWS_A_PAGE } from "#server/web/console/state/visible-rows.ts";
import { CreateLivestream } from "./create-livestream.tsx";
import { LivestreamRow } from "./livestream-row.tsx";

/** A livestream, and how many watch it. */
export interface ListedLivestream {
  readonly livestream: Livestream;
  readonly viewers: number;
}

/** A list, not a monitor: the page of a livestream follows every second. */
const EVERY_MS = 3000;

const STATUS_NAMES: Readonly<Record<LivestreamStatus | "all", string>> = {
  all: "All",
  ...{ created: "Not started", started: "Started", live: "Live" },
  ...{ converting: "Over", finished: "Finished", failed: "No recording" },
};

const SORTS = {
  "createdAtUtc:desc": "Newest first",
  "startedAtUtc:desc": "Started last first",
  "updatedAtUtc:desc": "Changed last first",
  name: "By name",
} as const;

type Sort = keyof typeof SORTS;

export function LivestreamList() {
  const { client, mayChange } = useConsole();
  const [search, setSearch] = useState("");
  const [status, setStatus] = useState<LivestreamStatus | "all">("all");
  const [sort, setSort] = useState<Sort>("createdAtUtc:desc");
  const [isCreating, setCreating] = useState(false);
  const settled = useSettled(search.trim());
  useEffect(() => {
    document.title = "Livestreams · Tandem console";
  }, []);

  const askPage = async (page: number, signal: AbortSignal) => {
    const wanted = status === "all" ? {} : { status };
    const found = await client.listLivestreams(
      { page, perpage: ROWS_A_PAGE, sort, search: settled, ...wanted },
      { signal },
    );
    const live = found.items.filter((each) => each.status === "live").map(({ id }) => id);
    const counts = live.length === 0 ? [] : await client.listLivestreamStatsOverviews(live, { signal });
    const viewers = new Map(counts.map(({ livestreamId, sum }) => [livestreamId, sum.hlsConnections]));
    const items = found.items.map((livestream) => ({ livestream, viewers: viewers.get(livestream.id) ?? 0 }));
    return { items, pagination: found.pagination };
  };

  const isFiltered = settled !== "" || status !== "all";
  return (
    <section class="page">
      <div class="page-head">
        <h1>Livestreams</h1>
        {mayChange && (
          <button type="button" class="button primary" onClick={() => setCreating(true)}>
            <Icon name="plus" />
            Create
          </button>
        )}
      </div>
      <search class="filters">
        <SearchField label="Search livestreams by name" value={search} onChange={setSearch} />
        <Choice label="Status" names={STATUS_NAMES} value={status} onChange={setStatus} />
        <Choice label="Order" names={SORTS} value={sort} onChange={setSort} />
      </search>
      <LongList<ListedLivestream>
        label="Livestreams"
        listKey={`livestreams ${status} ${sort} ${settled}`}
        askPage={askPage}
        everyMs={EVERY_MS}
        idOf={({ livestream }) => livestream.id}
        renderItem={(item) => <LivestreamRow {...item} />}
        empty={
          isFiltered ? (
            <p>No livestream is like that.</p>
          ) : (
            <p>
              There is no livestream yet. Create one: it gets two addresses for encoders when it is started.
            </p>
          )
        }
      />
      {isCreating && <CreateLivestream onClose={() => setCreating(false)} />}
    </section>
  );
}
