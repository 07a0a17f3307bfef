// One running livestream: its two sides, the switcher between them and, from the publish on, its programme.

import { INSTANCE_NAMES, type InstanceName } from "#openapi/names.ts";
import { Instance } from "#server/instances/instance.ts";
import type { ProgrammeOfLivestream } from "#server/programme/open-programme.ts";
import type { PlayFeed } from "#server/programme/play-door.ts";
import type { Programme } from "#server/programme/programme.ts";
import { type OnAirChange, Switcher } from "#server/switching/switcher.ts";
import { SidePlayouts } from "./instance-playouts.ts";

/** What a livestream needs to be received. */
export interface OpenLivestream extends ProgrammeOfLivestream {
  /** An instance without a key has no input. */
  readonly streamKeys: Readonly<Record<InstanceName, string | null>>;
}

export class LivestreamPlayout {
  readonly livestream: OpenLivestream;
  readonly instances: ReadonlyMap<InstanceName, Instance>;
  readonly #switcher: Switcher;
  readonly #sides: SidePlayouts;
  #programme: Programme | null = null;

  constructor(options: {
    livestream: OpenLivestream;
    nowMs: () => number;
    ingestTimeoutMs: number;
    onActive: (instance: Instance) => void;
    /** Something that this side's publisher sent cannot be used. */
    onDropped: (name: InstanceName, reason: string) => void;
    isRevertive: boolean;
    openSide: () => Programme;
    onSwitch: (change: OnAirChange) => void;
  }) {
    this.livestream = options.livestream;
    this.#sides = new SidePlayouts({ nowMs: options.nowMs, openProgramme: options.openSide });
    const instances = INSTANCE_NAMES.filter((name) => options.livestream.streamKeys[name] !== null).map(
      (name) =>
        new Instance({
          name,
          nowMs: options.nowMs,
          ingestTimeoutMs: options.ingestTimeoutMs,
          onDropped: (reason) => options.onDropped(name, reason),
          listener: {
            instanceActive: (instance) => {
              options.onActive(instance);
              this.#switcher.instanceActive(instance);
              this.#sides.instanceActive(instance);
            },
            instanceInactive: (instance, cause) => {
              this.#switcher.instanceInactive(instance, cause);
              this.#sides.instanceInactive(instance);
            },
            instanceUnit: (instance, timed) => {
              this.#switcher.instanceUnit(instance, timed);
              this.#sides.instanceUnit(instance, timed);
            },
          },
        }),
    );
    this.instances = new Map(instances.map((instance) => [instance.name, instance]));
    this.#switcher = new Switcher({
      instances,
      nowMs: options.nowMs,
      isRevertive: options.isRevertive,
      onSwitch: options.onSwitch,
    });
  }

  get programme(): Programme | null {
    return this.#programme;
  }

  /** The side the programme is cut from now, null before the publish and while no encoder sends. */
  get onAir(): InstanceName | null {
    return this.#switcher.onAir?.name ?? null;
  }

  get hasActiveIngest(): boolean {
    return [...this.instances.values()].some((instance) => instance.isActive);
  }

  /** The programme begins, or goes on at `resumeAtSeconds` of its own time after a restart. */
  begin(programme: Programme, resumeAtSeconds: number | null): void {
    this.#programme = programme;
    this.#switcher.begin(programme, resumeAtSeconds);
  }

  /** Nothing more goes on air, whoever still sends: a side that is cut now is not replaced by the other. */
  end(reason: string): void {
    this.#switcher.end();
    this.#programme?.fanOut.end(reason);
    // Nothing of a side goes to disk: there is nothing to wait for.
    void this.#sides.end(reason);
    for (const instance of this.instances.values()) instance.cut(reason);
  }

  /** The programme's feed, or one side's; null unless it is live. */
  play(side: InstanceName | null): PlayFeed | null {
    const programme = this.#programme;
    if (programme === null || programme.fanOut.isEnded) return null;
    return side === null ? programme.fanOut : (this.side(side)?.fanOut ?? null);
  }

  /** One side's own programme, made if there is none; null before the publish and for a side that is not open. */
  side(name: InstanceName): Programme | null {
    const programme = this.#programme;
    const instance = this.instances.get(name);
    if (programme === null || instance === undefined) return null;
    return programme.window.hasEnded ? this.#sides.get(name) : this.#sides.open(instance);
  }

  /** The side's publisher and its own players, or the players of the programme. */
  rtmpConnections(of: InstanceName | "auto"): number {
    if (of === "auto") return this.#programme?.fanOut.playerCount ?? 0;
    const publishers = this.instances.get(of)?.isConnected === true ? 1 : 0;
    return publishers + this.#sides.playerCount(of);
  }

  tick(): void {
    for (const instance of this.instances.values()) instance.tick();
    this.#switcher.tick();
    this.#sides.tick();
  }

  /** Puts the side on air at its next key frame; false when it has no active ingest. */
  requestSwitch(name: InstanceName): boolean {
    const instance = this.instances.get(name);
    return instance !== undefined && this.#switcher.request(instance);
  }
}
