// How the console asks: with a deadline, telling the connection how it went, and giving up a token that is refused.

import type { Connection } from "./connection.ts";

/** A server that hangs is a server that does not answer. */
const READ_DEADLINE_MS = 8000;

/** What changes something may have a picture to carry, or a recording to end. */
const CHANGE_DEADLINE_MS = 60_000;

/** What a proxy says of a server that is not there. */
const NOT_THERE: ReadonlySet<number> = new Set([502, 504]);

export interface WatchedFetchOptions {
  readonly fetch: (request: Request) => Promise<Response>;
  readonly connection: Connection;
  /** The server does not know the token (any more). */
  readonly onUnauthorized: () => void;
}

/** Rejects as `fetch` does. The deadline is for the head of the answer: its body may be an endless stream. */
export function watchedFetch(options: WatchedFetchOptions): (request: Request) => Promise<Response> {
  const { connection, onUnauthorized } = options;
  return async (request) => {
    const deadline = new AbortController();
    const deadlineMs = request.method === "GET" ? READ_DEADLINE_MS : CHANGE_DEADLINE_MS;
    const timer = setTimeout(
      () => deadline.abort(new Error("The server did not answer in time.")),
      deadlineMs,
    );
    try {
      const signal = AbortSignal.any([request.signal, deadline.signal]);
      const response = await options.fetch(new Request(request, { signal }));
      if (NOT_THERE.has(response.status)) connection.failed();
      else connection.answered();
      if (response.status === 401) onUnauthorized();
      return response;
    } catch (error) {
      if (!request.signal.aborted) connection.failed();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  };
}
