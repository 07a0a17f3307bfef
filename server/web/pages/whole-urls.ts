// Where what the page is told leads to: the server's answer has relative addresses, and knows nothing of the page's own query.

import type { WatchState } from "#server/web/watch-state.ts";

/** `url` is where the state came from; the page's own `query` may hold a token, which every playlist is asked with. */
export function withWholeUrls(state: WatchState, url: string, query: string): WatchState {
  const whole = (address: string | null) => (address === null ? null : new URL(address, url).href);
  return {
    ...state,
    playlistUrl: withToken(whole(state.playlistUrl), new URLSearchParams(query).get("token")),
    posterUrl: whole(state.posterUrl),
  };
}

function withToken(playlistUrl: string | null, token: string | null): string | null {
  if (playlistUrl === null || token === null) return playlistUrl;
  const url = new URL(playlistUrl);
  url.searchParams.set("token", token);
  return url.href;
}
