// What happens to livestreams, told to whoever listens: figures once a second, changes when they happen.

import type { Log } from "#server/common/log.ts";
import { EventSubscription, type LivestreamEvent } from "./event-subscription.ts";

/** Changes of a livestream that a reader who comes back can still be told: all at once, so fewer than may wait for it. */
const MAX_KEPT_CHANGES = 50;

/** Livestreams whose changes are kept; beyond this those that changed longest ago are forgotten. */
const MAX_KEPT_LIVESTREAMS = 10_000;

const MAX_SUBSCRIBERS = 1000;

const FIGURES_MS = 1000;

type EventName = LivestreamEvent["event"];

interface KeptChange extends LivestreamEvent {
  readonly number: number;
}

/** What a livestream is now; null when there is no such livestream. */
export type Snapshot = (
  livestreamId: string,
) => Promise<Readonly<Record<"status" | "statistics" | "inputs", unknown>> | null>;

export class LivestreamEvents {
  readonly #snapshot: Snapshot;
  readonly #log: Log;
  /** Tells ids of this process from those of the ones before. */
  readonly #run: string;
  readonly #changes = new Map<string, KeptChange[]>();
  readonly #subscriptions = new Map<string, Set<EventSubscription>>();
  #subscribers = 0;
  #number = 0;
  /** Number of the newest change that is not kept any more: who knows less may have missed one. */
  #forgottenUpTo = 0;
  #ticker: Timer | null = null;
  /** The figures of the second before are still being gathered. */
  #isTicking = false;

  /** `run`: a name that no other run of the server has. */
  constructor({ snapshot, run, log }: { snapshot: Snapshot; run: string; log: Log }) {
    this.#snapshot = snapshot;
    this.#log = log;
    this.#run = run;
  }

  get subscribers(): number {
    return this.#subscribers;
  }

  /** Something happened that happens once. */
  changed(livestreamId: string, name: "status" | "switch", data: unknown): void {
    const change = this.#event(name, data);
    const changes = this.#changes.get(livestreamId) ?? [];
    changes.push(change);
    if (changes.length > MAX_KEPT_CHANGES) this.#isForgotten(changes.splice(0, 1));
    this.#changes.delete(livestreamId);
    this.#changes.set(livestreamId, changes);
    for (const [oldest, kept] of this.#changes) {
      if (this.#changes.size <= MAX_KEPT_LIVESTREAMS) break;
      this.#isForgotten(kept);
      this.#changes.delete(oldest);
    }
    this.#tell(livestreamId, change);
  }

  /** The livestream is no more: its readers are told what there is to tell, and that is all. */
  forget(livestreamId: string): void {
    for (const subscription of this.#subscriptions.get(livestreamId) ?? []) subscription.end();
    this.#changes.delete(livestreamId);
  }

  /**
   * Begins with the changes since `lastEventId`; for a reader that was not here before, or that may have missed one
   * that is not kept any more, with the status; then the figures. Null when there are too many readers already.
   */
  async subscribe(livestreamId: string, lastEventId: string | null): Promise<EventSubscription | null> {
    if (this.#subscribers >= MAX_SUBSCRIBERS) return null;
    const subscription = new EventSubscription(() => this.#unsubscribe(livestreamId, subscription));
    const readers = this.#subscriptions.get(livestreamId) ?? new Set();
    this.#subscriptions.set(livestreamId, readers.add(subscription));
    this.#subscribers += 1;
    this.#ticker ??= setInterval(() => void this.tick(), FIGURES_MS); // It does not reject.
    try {
      await this.#begin(subscription, livestreamId, lastEventId);
    } catch (error) {
      subscription.close();
      throw error;
    }
    return subscription;
  }

  /** Once a second: the figures of every livestream that somebody reads of. */
  async tick(): Promise<void> {
    if (this.#isTicking) return;
    this.#isTicking = true;
    for (const livestreamId of [...this.#subscriptions.keys()]) {
      try {
        const snapshot = await this.#snapshot(livestreamId);
        for (const event of this.#figures(snapshot)) this.#tell(livestreamId, event);
      } catch (error) {
        // The next second has its own.
        this.#log.warn("figures_not_told", { livestreamId, message: String(error) });
      }
    }
    this.#isTicking = false;
  }

  /** No more events for anybody. */
  close(): void {
    for (const readers of this.#subscriptions.values()) {
      for (const subscription of readers) subscription.end();
    }
  }

  #isForgotten(changes: readonly KeptChange[]): void {
    this.#forgottenUpTo = Math.max(this.#forgottenUpTo, ...changes.map(({ number }) => number));
  }

  /** What happens while the livestream is looked up already waits for the reader; what it begins with comes before that. */
  async #begin(
    subscription: EventSubscription,
    livestreamId: string,
    lastEventId: string | null,
  ): Promise<void> {
    const last = this.#numberOf(lastEventId);
    const isNew = last === null || last < this.#forgottenUpTo;
    const missed = isNew ? [] : (this.#changes.get(livestreamId) ?? []).filter(({ number }) => number > last);
    const numbers = {
      status: this.#nextNumber(),
      statistics: this.#nextNumber(),
      inputs: this.#nextNumber(),
    };
    const snapshot = await this.#snapshot(livestreamId);
    if (snapshot === null) return subscription.end();
    const status = this.#event("status", snapshot.status, numbers.status);
    const statistics = this.#event("statistics", snapshot.statistics, numbers.statistics);
    const inputs = this.#event("inputs", snapshot.inputs, numbers.inputs);
    subscription.beginWith([...(isNew ? [status] : missed), statistics, inputs]);
  }

  #figures(snapshot: Awaited<ReturnType<Snapshot>>): KeptChange[] {
    if (snapshot === null) return [];
    return [this.#event("statistics", snapshot.statistics), this.#event("inputs", snapshot.inputs)];
  }

  #event(event: EventName, data: unknown, number = this.#nextNumber()): KeptChange {
    return { number, id: `${this.#run}-${number}`, event, data: JSON.stringify(data ?? null) };
  }

  #nextNumber(): number {
    this.#number += 1;
    return this.#number;
  }

  /** Null for an id of another run, or of none. */
  #numberOf(eventId: string | null): number | null {
    if (eventId === null || !eventId.startsWith(`${this.#run}-`)) return null;
    const digits = eventId.slice(this.#run.length + 1);
    return /^\d{1,15}$/.test(digits) ? Number(digits) : null;
  }

  #tell(livestreamId: string, event: LivestreamEvent): void {
    for (const subscription of this.#subscriptions.get(livestreamId) ?? []) subscription.push(event);
  }

  #unsubscribe(livestreamId: string, subscription: EventSubscription): void {
    const readers = this.#subscriptions.get(livestreamId);
    readers?.delete(subscription);
    if (readers?.size === 0) this.#subscriptions.delete(livestreamId);
    this.#subscribers -= 1;
    if (this.#subscribers > 0 || this.#ticker === null) return;
    clearInterval(this.#ticker);
    this.#ticker = null;
  }
}
