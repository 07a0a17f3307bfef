// Each side's own stream, whoever is on air: made when somebody asks for it, closed when nobody has for a while.

import type { InstanceName } from "#openapi/names.ts";
import type { Instance, InstanceListener } from "#server/instances/instance.ts";
import type { TimedUnit } from "#server/instances/publish.ts";
import type { Programme } from "#server/programme/programme.ts";
import { Splicer } from "#server/switching/splicer.ts";

/** A viewer asks every few seconds, and may be away for some; after this long a side costs nothing again. */
const UNUSED_MS = 60_000;

interface SidePlayout {
  readonly programme: Programme;
  /** Lays the publishes of the side end to end, as the programme's does with both sides. */
  readonly splicer: Splicer;
  askedAtMs: number;
}

export class SidePlayouts implements InstanceListener {
  readonly #nowMs: () => number;
  readonly #openProgramme: () => Programme;
  readonly #sides = new Map<InstanceName, SidePlayout>();

  constructor(options: { nowMs: () => number; openProgramme: () => Programme }) {
    this.#nowMs = options.nowMs;
    this.#openProgramme = options.openProgramme;
  }

  open(instance: Instance): Programme {
    const open = this.#sides.get(instance.name);
    if (open !== undefined) {
      open.askedAtMs = this.#nowMs();
      return open.programme;
    }
    const programme = this.#openProgramme();
    const side = { programme, splicer: new Splicer(programme, null), askedAtMs: this.#nowMs() };
    this.#sides.set(instance.name, side);
    if (instance.isActive) this.instanceActive(instance);
    return programme;
  }

  /** As it is, without asking for it. */
  get(name: InstanceName): Programme | null {
    return this.#sides.get(name)?.programme ?? null;
  }

  playerCount(name: InstanceName): number {
    return this.get(name)?.fanOut.playerCount ?? 0;
  }

  instanceActive({ name, publish }: Instance): void {
    const splicer = this.#sides.get(name)?.splicer;
    if (splicer === undefined || publish === null) return;
    splicer.join(publish, { afterArrivalMs: splicer.lastArrivalMs ?? Number.NEGATIVE_INFINITY });
  }

  instanceInactive({ name }: Instance): void {
    this.#sides.get(name)?.splicer.breakOff();
  }

  instanceUnit({ name, publish }: Instance, timed: TimedUnit): void {
    if (publish !== null) this.#sides.get(name)?.splicer.forward(publish, timed, this.#nowMs());
  }

  /** Called now and then: sides that nobody uses are closed. */
  tick(): void {
    for (const [name, { programme, askedAtMs }] of this.#sides) {
      if (programme.fanOut.playerCount > 0 || this.#nowMs() - askedAtMs < UNUSED_MS) continue;
      this.#sides.delete(name);
      programme.fanOut.end("nobody plays it");
    }
  }

  /** Their playlists get their ends, which can still be asked for. */
  async end(reason: string): Promise<void> {
    for (const { programme } of this.#sides.values()) programme.fanOut.end(reason);
    await Promise.all([...this.#sides.values()].map(({ programme }) => programme.end()));
  }
}
