// One running livestream: its two instances, the switcher between them and, from the publish on, its programme.

import { INSTANCE_NAMES, type InstanceName } from "#openapi/names.ts";
import { Instance } from "#server/instances/instance.ts";
import type { ProgrammeOfLivestream } from "#server/programme/open-programme.ts";
import type { PlayFeed } from "#server/programme/play-door.ts";
import type { Programme } from "#server/programme/programme.ts";
import { type OnAirChange, Switcher } from "#server/switching/switcher.ts";
import { InstancePlayouts } from "./instance-playouts.ts";

/** What a livestream needs to be received. */
export interface OpenLivestream extends ProgrammeOfLivestream {
  /** An instance without a key has no input. */
  readonly streamKeys: Readonly<Record<InstanceName, string | null>>;
}

export class LivestreamPlayout {
  readonly livestream: OpenLivestream;
  readonly instances: ReadonlyMap<InstanceName, Instance>;
  readonly #switcher: Switcher;
  readonly #own: InstancePlayouts;
  #programme: Programme | null = null;

  constructor(options: {
    livestream: OpenLivestream;
    nowMs: () => number;
    ingestTimeoutMs: number;
    onActive: (name: InstanceName) => void;
    /** Something that this instance's publisher sent cannot be used. */
    onDropped: (name: InstanceName, reason: string) => void;
    isRevertive: boolean;
    openSide: () => Programme;
    onSwitch: (change: OnAirChange) => void;
  }) {
    this.livestream = options.livestream;
    this.#own = new InstancePlayouts({ nowMs: options.nowMs, openProgramme: options.openSide });
    const instances = INSTANCE_NAMES.filter((name) => options.livestream.streamKeys[name] !== null).map(
      (name) =>
        new Instance({
          name,
          nowMs: options.nowMs,
          ingestTimeoutMs: options.ingestTimeoutMs,
          onDropped: (reason) => options.onDropped(name, reason),
          listener: {
            publishActive: (publish) => {
              options.onActive(publish.instance);
              this.#switcher.sourceActive(publish);
              this.#own.publishActive(publish);
            },
            publishInactive: (publish, cause) => {
              this.#switcher.sourceInactive(publish, cause);
              this.#own.publishInactive(publish);
            },
            publishUnit: (publish, timed) => {
              this.#switcher.sourceUnit(publish, timed);
              this.#own.publishUnit(publish, timed);
            },
          },
        }),
    );
    this.instances = new Map(instances.map((instance) => [instance.name, instance]));
    this.#switcher = new Switcher({
      nowMs: options.nowMs,
      isRevertive: options.isRevertive,
      onSwitch: options.onSwitch,
    });
  }

  get programme(): Programme | null {
    return this.#programme;
  }

  /** The instance the programme is cut from now, null before the publish and while no encoder sends. */
  get onAir(): InstanceName | null {
    return this.#switcher.onAir;
  }

  get hasActiveIngest(): boolean {
    return [...this.instances.values()].some((instance) => instance.isActive);
  }

  /** The programme begins, or goes on at `resumeAtSeconds` of its own time after a restart. */
  begin(programme: Programme, resumeAtSeconds: number | null): void {
    this.#programme = programme;
    this.#switcher.begin(programme, resumeAtSeconds);
  }

  /** Nothing more goes on air, whoever still sends: an instance that is cut now is not replaced by the other. */
  end(reason: string): void {
    this.#switcher.end();
    this.#programme?.fanOut.end(reason);
    // Nothing of an instance goes to disk: there is nothing to wait for.
    void this.#own.end(reason);
    for (const instance of this.instances.values()) instance.cut(reason);
  }

  /** The programme's feed, or one instance's; null unless it is live. */
  play(side: InstanceName | null): PlayFeed | null {
    const programme = this.#programme;
    if (programme === null || programme.fanOut.isEnded) return null;
    return side === null ? programme.fanOut : (this.side(side)?.fanOut ?? null);
  }

  /** One instance's own programme, made if there is none; null before the publish and for one that is not open. */
  side(name: InstanceName): Programme | null {
    const programme = this.#programme;
    const instance = this.instances.get(name);
    if (programme === null || instance === undefined) return null;
    return programme.hasEnded
      ? this.#own.get(name)
      : this.#own.open(name, instance.isActive ? instance.publish : null);
  }

  /** The instance's publisher and its own players, or the players of the programme. */
  rtmpConnections(of: InstanceName | "auto"): number {
    if (of === "auto") return this.#programme?.fanOut.playerCount ?? 0;
    const publishers = this.instances.get(of)?.isConnected === true ? 1 : 0;
    return publishers + this.#own.playerCount(of);
  }

  tick(): void {
    for (const instance of this.instances.values()) instance.tick();
    this.#switcher.tick();
    this.#own.tick();
  }

  /** Puts the instance on air at its next key frame; false when it has no active ingest. */
  requestSwitch(name: InstanceName): boolean {
    return this.#switcher.request(name);
  }
}
