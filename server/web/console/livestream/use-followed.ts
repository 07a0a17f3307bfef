// The livestream of the page, as it is at this moment.

import { useEffect, useReducer } from "preact/hooks";
import { INSTANCE_NAMES } from "#openapi/names.ts";
import { useConsole } from "#server/web/console/console-context.ts";
import { follow } from "#server/web/console/state/follow.ts";
import { changesMore, type Followed, followed, NOTHING_YET } from "#server/web/console/state/followed.ts";
import { usePolled } from "#server/web/console/state/use-polled.ts";

/** What no event tells: its picture, its name, what another operator changed. */
const EVERY_MS = 4000;

/** Samples of five minutes, where one is taken every ten seconds. */
const STRIP_SAMPLES = 30;

export function useFollowed(id: string): Followed & { refresh: () => void } {
  const { client, connection } = useConsole();
  const [state, tell] = useReducer(followed, NOTHING_YET);
  const { value, refusal, refresh } = usePolled(
    id,
    (signal) => client.getLivestream(id, { signal }),
    EVERY_MS,
  );
  useEffect(() => {
    if (value !== null) tell({ type: "livestream", livestream: value });
  }, [value]);
  useEffect(() => {
    if (refusal?.status === 404) tell({ type: "gone" });
  }, [refusal]);
  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    // Ends with the page; what breaks on the way is begun again.
    void follow({
      ...{ client, connection, livestreamId: id, signal },
      onEvent: (event) => {
        tell({ type: "event", event, atMs: Date.now() });
        if (changesMore(event)) refresh();
      },
      onGone: () => tell({ type: "gone" }),
    });
    for (const instance of INSTANCE_NAMES) {
      client.getLivestreamStats(id, instance, { perpage: STRIP_SAMPLES }, { signal }).then(
        ({ items }) => tell({ type: "samples", instance, samples: items, atMs: Date.now() }),
        () => undefined, // The strip begins with what the page sees itself.
      );
    }
    return () => abort.abort();
  }, [client, connection, id, refresh]);
  return { ...state, refresh };
}
