// Everything that was measured of a livestream, both instances, from its start to now.

import { useEffect, useState } from "preact/hooks";
import type { Instance, TandemClient } from "#openapi/client.ts";
import { useConsole } from "#server/web/console/console-context.ts";
import { MOST_SAMPLES, type Samples, withNewer } from "#server/web/console/state/samples.ts";
import { usePolled } from "#server/web/console/state/use-polled.ts";

/** A sample is taken every ten seconds, unless the operator of the server has set it otherwise. */
const EVERY_MS = 10_000;

const PAGE = 50;

export type History = Readonly<Record<Instance, Samples>>;

export function useHistory(id: string): History {
  const { client } = useConsole();
  const [history, setHistory] = useState<History>({ primary: [], secondary: [] });
  const { value } = usePolled(
    `history ${id}`,
    async (signal) => {
      const [primary, secondary] = await Promise.all([
        samplesSince(client, id, "primary", history.primary, signal),
        samplesSince(client, id, "secondary", history.secondary, signal),
      ]);
      return { primary, secondary };
    },
    EVERY_MS,
  );
  useEffect(() => {
    if (value !== null) setHistory(value);
  }, [value]);
  return history;
}

/** Walks back from now to the newest that is known, or to the start. */
async function samplesSince(
  client: TandemClient,
  id: string,
  instance: Instance,
  known: Samples,
  signal: AbortSignal,
): Promise<Samples> {
  const last = known.at(-1)?.createdAtUtc ?? "";
  const found: Samples[number][] = [];
  let before: string | null = null;
  for (;;) {
    const { items } = await client.getLivestreamStats(
      id,
      instance,
      { perpage: PAGE, ...(before === null ? {} : { before }) },
      { signal },
    );
    found.push(...items);
    before = items.at(-1)?.createdAtUtc ?? null;
    const isDone = items.length < PAGE || before === null || before <= last || found.length >= MOST_SAMPLES;
    if (isDone) return withNewer(known, found);
  }
}
