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

/** What an instance's playout begins with after a restart. */
interface Resumed {
  readonly openProgramme: () => Programme;
  /** Where the programme that it lists ends. */
  readonly atSeconds: number;
  readonly untilMs: number;
}

export class InstancePlayouts implements InstanceListener {
  readonly #monotonicMs: () => number;
  readonly #openProgramme: () => Programme;
  readonly #playouts = new Map<InstanceName, InstancePlayout>();
  #resumed: Resumed | null = null;

  constructor(options: { monotonicMs: () => number; openProgramme: () => Programme }) {
    this.#monotonicMs = options.monotonicMs;
    this.#openProgramme = options.openProgramme;
  }

  /**
   * After a restart nothing of an instance is left: whoever watched it finds what `openProgramme` lists, up to `atSeconds` of
   * its time, until the encoder is back.
   */
  resume(openProgramme: () => Programme, atSeconds: number): void {
    this.#resumed = { openProgramme, atSeconds, untilMs: this.#monotonicMs() + UNUSED_MS };
  }

  /** `publish`: what the instance's encoder sends now, null while there is no active one. */
  open(instance: InstanceName, publish: Publish | null): Programme {
    const playout = this.#playouts.get(instance) ?? this.#begin(instance, publish);
    playout.askedAtMs = this.#monotonicMs();
    return playout.programme;
  }

  /** As it is, without asking for it. */
  get(name: InstanceName): Programme | null {
    return this.#playouts.get(name)?.programme ?? null;
  }

  playerCount(name: InstanceName): number {
    return this.get(name)?.fanOut.playerCount ?? 0;
  }

  publishActive(publish: Publish): void {
    const playout = this.#playouts.get(publish.instance);
    if (playout === undefined) return;
    if (playout.splicer.lastArrivalMs !== null || playout.programme.lists(publish.tracks)) {
      join(playout, publish);
      return;
    }
    leave(playout.programme, "the encoder came back with other pictures");
    this.#begin(publish.instance, publish);
  }

  publishInactive(publish: Publish): void {
    this.#playouts.get(publish.instance)?.splicer.breakOff();
  }

  publishUnit(publish: Publish, timed: TimedUnit): void {
    this.#playouts.get(publish.instance)?.splicer.forward(publish, timed, this.#monotonicMs());
  }

  /** Called now and then: playouts that nobody uses are closed. */
  tick(): void {
    const nowMs = this.#monotonicMs();
    this.#forgetResumed(nowMs);
    for (const [name, { programme, askedAtMs }] of this.#playouts) {
      const isUsed = programme.fanOut.playerCount > 0 || programme.waiters.count > 0;
      if (isUsed || nowMs - askedAtMs < UNUSED_MS) continue;
      this.#playouts.delete(name);
      leave(programme, "nobody plays it");
    }
  }

  /** Their players are gone, and nobody waits for what is not listed yet; playlists stay open. */
  cut(reason: string): void {
    for (const { programme } of this.#playouts.values()) leave(programme, reason);
  }

  /** Their playlists get their ends, which can still be asked for. */
  async end(): Promise<void> {
    await Promise.all([...this.#playouts.values()].map(({ programme }) => programme.end()));
  }

  #begin(instance: InstanceName, publish: Publish | null): InstancePlayout {
    const playout = this.#resumedFor(publish) ?? this.#playoutOf(this.#openProgramme(), null);
    this.#playouts.set(instance, playout);
    if (publish !== null) join(playout, publish);
    return playout;
  }

  /** Null where there is nothing to go on from, or the encoder sends what does not go with it. */
  #resumedFor(publish: Publish | null): InstancePlayout | null {
    this.#forgetResumed(this.#monotonicMs());
    if (this.#resumed === null) return null;
    const programme = this.#resumed.openProgramme();
    if (publish !== null && !programme.lists(publish.tracks)) return null;
    return this.#playoutOf(programme, this.#resumed.atSeconds);
  }

  /** Nobody who comes so late was watching before. */
  #forgetResumed(nowMs: number): void {
    if (this.#resumed !== null && nowMs >= this.#resumed.untilMs) this.#resumed = null;
  }

  #playoutOf(programme: Programme, resumeAtSeconds: number | null): InstancePlayout {
    return { programme, splicer: new Splicer(programme, resumeAtSeconds), askedAtMs: this.#monotonicMs() };
  }
}

/** Nothing is added to it any more. */
function leave({ fanOut, waiters }: Programme, reason: string): void {
  fanOut.end(reason);
  waiters.close();
}

function join({ splicer }: InstancePlayout, publish: Publish): void {
  splicer.join(publish, { afterArrivalMs: splicer.lastArrivalMs ?? Number.NEGATIVE_INFINITY });
}
