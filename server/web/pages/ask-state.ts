// Asks the server what the livestream is at, and what time it is there.

import type { WatchAnswer, WatchState } from "#server/web/watch-state.ts";
import type { ServerClock } from "./server-clock.ts";
import { withWholeUrls } from "./whole-urls.ts";

/** With whole addresses. `not-found`: the server knows no such livestream; `offline`: it does not answer. */
export async function askState(clock: ServerClock): Promise<WatchState | "not-found" | "offline"> {
  try {
    const askedAtMs = performance.now();
    const response = await fetch(`${location.pathname}/state`, { cache: "no-store" });
    const answeredAtMs = performance.now();
    if (!response.ok) return response.status === 404 ? "not-found" : "offline";
    const { serverMs, ...state }: WatchAnswer = await response.json();
    clock.read({ serverMs, askedAtMs, answeredAtMs });
    return withWholeUrls(state, response.url, location.search);
  } catch {
    return "offline";
  }
}
