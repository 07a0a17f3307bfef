// What happened to a livestream, newest first, and what happens while the page is open.

import { useEffect, useState } from "preact/hooks";
import type { TandemClient, TimelineEntry } from "#openapi/client.ts";
import { useConsole } from "#server/web/console/console-context.ts";
import { MOST_ENTRIES, withEntries } from "#server/web/console/state/timeline.ts";
import { usePolled } from "#server/web/console/state/use-polled.ts";

const EVERY_MS = 3000;

const PAGE = 50;

export function useTimeline(id: string): readonly TimelineEntry[] {
  const { client } = useConsole();
  const [entries, setEntries] = useState<readonly TimelineEntry[]>([]);
  const { value } = usePolled(
    `timeline ${id}`,
    (signal) => entriesSince(client, id, entries[0]?.id ?? null, signal),
    EVERY_MS,
  );
  useEffect(() => {
    if (value !== null) setEntries((known) => withEntries(known, value));
  }, [value]);
  return entries;
}

/** Page after page, down to the newest that is known, or to the beginning. */
async function entriesSince(
  client: TandemClient,
  id: string,
  newestId: string | null,
  signal: AbortSignal,
): Promise<readonly TimelineEntry[]> {
  const found: TimelineEntry[] = [];
  for (let page = 0; found.length < MOST_ENTRIES; page += 1) {
    const { items } = await client.listLivestreamTimeline(id, { page, perpage: PAGE }, { signal });
    found.push(...items);
    if (items.length < PAGE || items.some((each) => each.id === newestId)) break;
  }
  return found;
}
