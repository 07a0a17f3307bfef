// Events that are too many to be kept one by one: of each livestream counted by type, and told once a minute.

import type { FeedEvent, Happening } from "./feed-event.ts";

interface Minute {
  readonly timer: Timer;
  /** Of the first. */
  readonly positionSeconds: number | null;
  readonly types: Map<string, number>;
  count: number;
}

export class FoldedEvents {
  readonly #tell: (happening: Happening) => void;
  readonly #minuteMs: number;
  readonly #minutes = new Map<string, Minute>();

  constructor(tell: (happening: Happening) => void, minuteMs: number) {
    this.#tell = tell;
    this.#minuteMs = minuteMs;
  }

  add({ livestreamId, type, positionSeconds }: FeedEvent): void {
    const minute = this.#minutes.get(livestreamId) ?? this.#begin(livestreamId, positionSeconds);
    minute.count += 1;
    minute.types.set(type, (minute.types.get(type) ?? 0) + 1);
  }

  /** The livestream is no more. */
  forget(livestreamId: string): void {
    clearTimeout(this.#minutes.get(livestreamId)?.timer);
    this.#minutes.delete(livestreamId);
  }

  /** All that was counted is told now. */
  endAll(): void {
    for (const livestreamId of [...this.#minutes.keys()]) this.#end(livestreamId);
  }

  #begin(livestreamId: string, positionSeconds: number | null): Minute {
    const timer = setTimeout(() => this.#end(livestreamId), this.#minuteMs).unref();
    const minute = { timer, positionSeconds, types: new Map<string, number>(), count: 0 };
    this.#minutes.set(livestreamId, minute);
    return minute;
  }

  #end(livestreamId: string): void {
    const minute = this.#minutes.get(livestreamId);
    this.forget(livestreamId);
    if (minute === undefined) return;
    const { positionSeconds, count, types } = minute;
    const data = { count, types: Object.fromEntries(types) };
    this.#tell({ type: "timeline.folded", livestreamId, positionSeconds, data });
  }
}
