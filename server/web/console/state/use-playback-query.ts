// What a playlist's address ends with: nothing, or for what is signed the token that the console makes itself.

import { useEffect, useState } from "preact/hooks";
import type { PlaybackToken } from "#openapi/client.ts";
import { useConsole } from "#server/web/console/console-context.ts";

/** Made anew when it has so long to go: players that run keep the session they were given with the old one. */
const RENEWED_BEFORE_MS = 10 * 60_000;

const AGAIN_MS = 5000;

interface Playable {
  readonly id: string;
  readonly playbackPolicy: "public" | "signed";
}

/** Null until there is one. */
export function usePlaybackQuery(
  kind: "livestream" | "asset",
  { id, playbackPolicy }: Playable,
): string | null {
  const { client } = useConsole();
  const [query, setQuery] = useState<string | null>(playbackPolicy === "public" ? "" : null);
  useEffect(() => {
    if (playbackPolicy === "public") {
      setQuery("");
      return;
    }
    let timer: ReturnType<typeof setTimeout> | undefined;
    const abort = new AbortController();
    const make = async () => {
      let againMs = AGAIN_MS;
      try {
        const options = { signal: abort.signal };
        const { token, expiresAtUtc }: PlaybackToken = await (kind === "livestream"
          ? client.createPlaybackToken(id, {}, options)
          : client.createMediaPlaybackToken(id, {}, options));
        setQuery(`?token=${encodeURIComponent(token)}`);
        againMs = Math.max(AGAIN_MS, Date.parse(expiresAtUtc) - Date.now() - RENEWED_BEFORE_MS);
      } catch {
        // A token of scope `read` makes none; whatever else it was, the next try may do.
      }
      if (!abort.signal.aborted) timer = setTimeout(() => void make(), againMs);
    };
    void make();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [client, kind, id, playbackPolicy]);
  return query;
}
