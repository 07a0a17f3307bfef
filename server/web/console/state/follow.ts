// Reads a livestream's events for as long as it is wanted: what breaks is begun again, and silence is a broken connection.

import { type TandemClient, TandemRefusal } from "#openapi/client.ts";
import type { ServerSentEvent } from "#openapi/server-sent-events.ts";
import type { Connection } from "./connection.ts";

/** Figures come every second. */
const MOST_SILENCE_MS = 4000;

/** Between two tries; each one that fails is waited after for twice as long. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 4000;

export interface FollowOptions {
  readonly client: Pick<TandemClient, "streamLivestreamEvents">;
  readonly connection: Connection;
  readonly livestreamId: string;
  readonly signal: AbortSignal;
  readonly onEvent: (event: ServerSentEvent) => void;
  /** There is no such livestream (any more): it is over. */
  readonly onGone: () => void;
}

/** Resolves when the signal is aborted, or the livestream is gone. */
export async function follow(options: FollowOptions): Promise<void> {
  const { connection, signal, onGone } = options;
  let waitMs = FIRST_WAIT_MS;
  let lastEventId: string | null = null;
  while (!signal.aborted) {
    const watch = new SilenceWatch(signal);
    try {
      for await (const event of stream(options, watch.signal, lastEventId)) {
        watch.heard();
        connection.answered();
        [waitMs, lastEventId] = [FIRST_WAIT_MS, event.id];
        options.onEvent(event);
      }
    } catch (error) {
      if (error instanceof TandemRefusal && error.status === 404) return onGone();
      if (error instanceof TandemRefusal && error.status === 401) return;
      if (!signal.aborted && !(error instanceof TandemRefusal)) connection.failed();
    } finally {
      watch.end();
    }
    await pause(waitMs, signal);
    waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
  }
}

function stream(
  { client, livestreamId }: FollowOptions,
  signal: AbortSignal,
  lastEventId: string | null,
): AsyncGenerator<ServerSentEvent> {
  return client.streamLivestreamEvents(livestreamId, {
    signal,
    ...(lastEventId === null ? {} : { lastEventId }),
  });
}

/** Aborts what is read when nothing has been heard for too long, or nobody wants it any more. */
class SilenceWatch {
  readonly #abort = new AbortController();
  readonly signal: AbortSignal;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(wanted: AbortSignal) {
    this.signal = AbortSignal.any([wanted, this.#abort.signal]);
    this.heard();
  }

  heard(): void {
    this.end();
    this.#timer = setTimeout(() => this.#abort.abort(new Error("Nothing was heard.")), MOST_SILENCE_MS);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
