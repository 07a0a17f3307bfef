// One running livestream: its two instances, the switcher between them and, from the publish on, its programme.

import { INSTANCE_NAMES, type InstanceName, type PlayoutName } from "#openapi/names.ts";
import type { CutTargets } from "#server/instances/advice.ts";
import { inputFormat } from "#server/instances/input-state.ts";
import { Instance } from "#server/instances/instance.ts";
import type { OpenedProgramme, ProgrammeOfLivestream } from "#server/programme/open-programme.ts";
import type { PlayFeed } from "#server/programme/play-door.ts";
import type { Programme } from "#server/programme/programme.ts";
import { type OnAirChange, Switcher } from "#server/switching/switcher.ts";
import { InstancePlayouts } from "./instance-playouts.ts";
import type { PlayoutReports, ReportingInput } from "./playout-reports.ts";

/** What a livestream needs to be received. */
export interface OpenLivestream extends ProgrammeOfLivestream {
  /** An instance without a key has no input. */
  readonly streamKeys: Readonly<Record<InstanceName, string | null>>;
  /** Only those may watch who show a token: no RTMP player does. */
  readonly isSigned?: boolean;
}

export interface LivestreamPlayoutOptions {
  readonly livestream: OpenLivestream;
  readonly monotonicMs: () => number;
  readonly ingestTimeoutMs: number;
  readonly targets: CutTargets;
  readonly isRevertive: boolean;
  /** Makes an instance's own programme. */
  readonly openInstance: () => Programme;
  readonly reports: PlayoutReports;
}

/** Whoever waits for longer, for a disk or an encoder, is told to come again. */
const MAX_OPENING_MS = 10_000;

export class LivestreamPlayout {
  readonly livestream: OpenLivestream;
  readonly instances: ReadonlyMap<InstanceName, Instance>;
  /** What opens each input now. */
  readonly streamKeys: Map<InstanceName, string>;
  isSigned: boolean;
  readonly #monotonicMs: () => number;
  readonly #switcher: Switcher;
  readonly #own: InstancePlayouts;
  #programme: Programme | null = null;
  /** While the programme is being opened and waited for. */
  #opening: (PromiseWithResolvers<void> & { readonly sinceMs: number }) | null = null;

  constructor(options: LivestreamPlayoutOptions) {
    const { monotonicMs, reports } = options;
    this.livestream = options.livestream;
    this.#monotonicMs = monotonicMs;
    this.#own = new InstancePlayouts({ monotonicMs, openProgramme: options.openInstance });
    this.streamKeys = keysOf(options.livestream);
    this.isSigned = options.livestream.isSigned ?? false;
    this.instances = new Map(
      [...this.streamKeys.keys()].map((name) => [name, this.#instance(name, options)]),
    );
    this.#switcher = new Switcher({
      monotonicMs,
      isRevertive: options.isRevertive,
      onSwitch: (change) => reports.switched(this.livestream.id, change, this.#positionOf(change)),
    });
  }

  get programme(): Programme | null {
    return this.#programme;
  }

  /** How long the recording is by now; null before the publish. */
  get recordedSeconds(): number | null {
    return this.#programme?.recordedSeconds ?? null;
  }

  /** Whether the programme is recorded. */
  get isRecorded(): boolean {
    return this.#programme?.isRecorded ?? false;
  }

  /** The instance the programme is cut from now, null before the publish and while no encoder sends. */
  get onAir(): InstanceName | null {
    return this.#switcher.onAir;
  }

  get hasActiveIngest(): boolean {
    return [...this.instances.values()].some((instance) => instance.isActive);
  }

  /** While the programme is being opened: resolves when nobody has to wait for it any more. Null otherwise. */
  get opening(): Promise<void> | null {
    return this.#opening?.promise ?? null;
  }

  /**
   * Until `open` has begun the programme, nobody can say what is watched here. After a restart that left nothing to list,
   * whoever watched waits for the first segment, too.
   */
  async whileOpening(open: () => Promise<void>): Promise<void> {
    this.#opening = { ...Promise.withResolvers<void>(), sinceMs: this.#monotonicMs() };
    try {
      await open();
    } catch (error) {
      this.#endWait();
      throw error;
    }
    if (this.livestream.wasLive !== true || this.#isListed) this.#endWait();
  }

  /** The programme begins, or goes on where it was at a restart. */
  begin({ programme, resumeAtSeconds, openInstance }: OpenedProgramme): void {
    this.#programme = programme;
    this.#switcher.begin(programme, resumeAtSeconds);
    if (openInstance !== null) this.#own.resume(openInstance, resumeAtSeconds ?? 0);
  }

  /** Nothing more goes on air, whoever still sends, and playlists get their ends. */
  end(reason: string): void {
    this.cut(reason);
    // Nothing of an instance goes to disk: there is nothing to wait for.
    void this.#own.end();
  }

  /** Encoders and players are gone, and an instance that is cut now is not replaced by the other; playlists stay open. */
  cut(reason: string): void {
    this.#switcher.end();
    this.#programme?.fanOut.end(reason);
    this.#own.cut(reason);
    for (const instance of this.instances.values()) instance.cut(reason);
  }

  /** The programme's feed, or one instance's; null unless it is live, and anybody may watch. */
  play(instance: InstanceName | null): PlayFeed | null {
    const programme = this.#programme;
    if (programme === null || programme.fanOut.isEnded || this.isSigned) return null;
    return instance === null ? programme.fanOut : (this.instanceProgramme(instance)?.fanOut ?? null);
  }

  /** One instance's own programme, made if there is none; null before the publish and for one that is not open. */
  instanceProgramme(name: InstanceName): Programme | null {
    const programme = this.#programme;
    const instance = this.instances.get(name);
    if (programme === null || instance === undefined) return null;
    return programme.hasEnded
      ? this.#own.get(name)
      : this.#own.open(name, instance.isActive ? instance.publish : null);
  }

  /** The instance's publisher and its own players, or the players of the programme. */
  rtmpConnections(playout: PlayoutName): number {
    if (playout === "auto") return this.#programme?.fanOut.playerCount ?? 0;
    const publishers = this.instances.get(playout)?.isConnected === true ? 1 : 0;
    return publishers + this.#own.playerCount(playout);
  }

  tick(): void {
    const waitedMs = this.#monotonicMs() - (this.#opening?.sinceMs ?? 0);
    if (this.#isListed || waitedMs >= MAX_OPENING_MS) this.#endWait();
    for (const instance of this.instances.values()) instance.tick();
    this.#switcher.tick();
    this.#own.tick();
  }

  /** Puts the instance on air at its next key frame; false when it has no active ingest. */
  requestSwitch(name: InstanceName): boolean {
    return this.#switcher.request(name);
  }

  #instance(
    name: InstanceName,
    { livestream, monotonicMs, ingestTimeoutMs, targets, reports }: LivestreamPlayoutOptions,
  ): Instance {
    const hasOther = INSTANCE_NAMES.every((each) => livestream.streamKeys[each] !== null);
    return new Instance({
      name,
      monotonicMs,
      ingestTimeoutMs,
      targets,
      hasOther,
      reports: {
        connected: () => reports.connected(this.#input(name)),
        refused: (reason) => reports.refused(this.#input(name), reason),
        disconnected: (reason) => reports.disconnected(this.#input(name), reason),
        dropped: (reason) => reports.dropped(this.#input(name), reason),
        repaired: () => reports.repaired(this.#input(name)),
        problem: (problem) => reports.problem(this.#input(name), problem),
        positionSeconds: () => this.recordedSeconds,
        fault: (change) => reports.fault(this.#input(name, change.positionSeconds), change),
        advice: (change) => reports.advice(this.#input(name, change.positionSeconds), change),
        formatChanged: (publish) =>
          reports.formatChanged(this.#input(name), inputFormat(publish, monotonicMs())),
      },
      listener: {
        publishActive: (publish) => {
          reports.active(this.#input(name), inputFormat(publish, monotonicMs()));
          this.#switcher.sourceActive(publish);
          this.#own.publishActive(publish);
        },
        publishInactive: (publish, cause) => {
          reports.inactive(this.#input(name), cause);
          this.#switcher.sourceInactive(publish, cause);
          this.#own.publishInactive(publish);
        },
        publishUnit: (publish, timed) => {
          this.#switcher.sourceUnit(publish, timed);
          this.#own.publishUnit(publish, timed);
        },
      },
    });
  }

  get #isListed(): boolean {
    return this.#programme?.isListed ?? false;
  }

  #endWait(): void {
    this.#opening?.resolve();
    this.#opening = null;
  }

  /** Where in the recording the new source is seen first. */
  #positionOf({ joinedSeconds }: OnAirChange): number | null {
    if (joinedSeconds === null) return this.recordedSeconds;
    return this.#programme?.recordedSecondsAt(joinedSeconds) ?? null;
  }

  #input(instance: InstanceName, positionSeconds = this.recordedSeconds): ReportingInput {
    return { livestreamId: this.livestream.id, instance, positionSeconds };
  }
}

function keysOf({ streamKeys }: OpenLivestream): Map<InstanceName, string> {
  return new Map(
    INSTANCE_NAMES.flatMap((name) => {
      const streamKey = streamKeys[name];
      return streamKey === null ? [] : [[name, streamKey] as const];
    }),
  );
}
