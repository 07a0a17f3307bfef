// Each instance's own playout, whichever is on air: made when somebody asks for it, closed when nobody has for a while.

import type { InstanceName } from "#openapi/names.ts";
import type { InstanceListener } from "#server/instances/instance.ts";
import type { Publish, TimedUnit } from "#server/instances/publish.ts";
import type { Programme } from "#server/programme/programme.ts";
import { Splicer } from "#server/switching/splicer.ts";

/** A viewer asks every few seconds, and may be away for some; after this long an instance's playout costs nothing again. */
const UNUSED_MS = 60_000;

interface InstancePlayout {
  readonly programme: Programme;
  /** Lays the publishes of the instance end to end, as the programme's does with those of both. */
  readonly splicer: Splicer;
  askedAtMs: number;
}

export class InstancePlayouts implements InstanceListener {
  readonly #monotonicMs: () => number;
  readonly #openProgramme: () => Programme;
  readonly #playouts = new Map<InstanceName, InstancePlayout>();

  constructor(options: { monotonicMs: () => number; openProgramme: () => Programme }) {
    this.#monotonicMs = options.monotonicMs;
    this.#openProgramme = options.openProgramme;
  }

  /** `publish`: what the instance's encoder sends now, null while there is no active one. */
  open(instance: InstanceName, publish: Publish | null): Programme {
    const open = this.#playouts.get(instance);
    if (open !== undefined) {
      open.askedAtMs = this.#monotonicMs();
      return open.programme;
    }
    const programme = this.#openProgramme();
    const playout = { programme, splicer: new Splicer(programme, null), askedAtMs: this.#monotonicMs() };
    this.#playouts.set(instance, playout);
    if (publish !== null) this.publishActive(publish);
    return programme;
  }

  /** As it is, without asking for it. */
  get(name: InstanceName): Programme | null {
    return this.#playouts.get(name)?.programme ?? null;
  }

  playerCount(name: InstanceName): number {
    return this.get(name)?.fanOut.playerCount ?? 0;
  }

  publishActive(publish: Publish): void {
    const splicer = this.#playouts.get(publish.instance)?.splicer;
    splicer?.join(publish, { afterArrivalMs: splicer.lastArrivalMs ?? Number.NEGATIVE_INFINITY });
  }

  publishInactive(publish: Publish): void {
    this.#playouts.get(publish.instance)?.splicer.breakOff();
  }

  publishUnit(publish: Publish, timed: TimedUnit): void {
    this.#playouts.get(publish.instance)?.splicer.forward(publish, timed, this.#monotonicMs());
  }

  /** Called now and then: playouts that nobody uses are closed. */
  tick(): void {
    for (const [name, { programme, askedAtMs }] of this.#playouts) {
      if (programme.fanOut.playerCount > 0 || this.#monotonicMs() - askedAtMs < UNUSED_MS) continue;
      this.#playouts.delete(name);
      programme.fanOut.end("nobody plays it");
    }
  }

  /** Their playlists get their ends, which can still be asked for. */
  async end(reason: string): Promise<void> {
    for (const { programme } of this.#playouts.values()) programme.fanOut.end(reason);
    await Promise.all([...this.#playouts.values()].map(({ programme }) => programme.end()));
  }
}
