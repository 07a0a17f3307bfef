// Which livestreams run, and which stream key opens which of their inputs.

import { createHash } from "node:crypto";
import type { AccessUnit, VideoConfiguration } from "#media/track/track.ts";
import { INSTANCE_NAMES, type InstanceName, type PlayoutName } from "#openapi/names.ts";
import type { Clock } from "#server/common/clock.ts";
import type { CutTargets } from "#server/instances/advice.ts";
import { type InputState, inputState } from "#server/instances/input-state.ts";
import type { Publisher, PublisherConnection, Unclaimed } from "#server/instances/instance.ts";
import type { OpenEnded, OpenProgramme } from "#server/programme/open-programme.ts";
import type { PlayDoor, PlayFeed } from "#server/programme/play-door.ts";
import type { Programme } from "#server/programme/programme.ts";
import { LivestreamPlayout, type OpenLivestream } from "./livestream-playout.ts";
import type { PlayoutReports } from "./playout-reports.ts";

/** How often silence is looked for; a tenth of the shortest silence that matters (1 s). */
const TICK_MS = 100;

export interface PlayoutManagerOptions {
  readonly clock: Pick<Clock, "monotonicMs" | "dateOf">;
  readonly ingestTimeoutSeconds: number;
  readonly targets: CutTargets;
  /** Go back to the primary once it is well again; else only when asked, or when the stand-in fails. */
  readonly isRevertive: boolean;
  readonly openProgramme: OpenProgramme;
  /** Makes the programme of a livestream that is recorded to its end. */
  readonly openEnded: OpenEnded;
  /** Makes what one instance is watched by: nothing is recorded of it. */
  readonly openInstance: (livestreamId: string) => Programme;
  readonly reports: PlayoutReports;
}

/** `refusal`: why the key opens nothing any more, null while it does. */
interface KeyedInput {
  readonly playout: LivestreamPlayout;
  readonly instance: InstanceName;
  readonly refusal: string | null;
}

export class PlayoutManager implements PlayDoor {
  readonly #options: PlayoutManagerOptions;
  readonly #playouts = new Map<string, LivestreamPlayout>();
  readonly #inputsByKey = new Map<string, KeyedInput>();
  readonly #ticker: Timer;
  #isShuttingDown = false;

  constructor(options: PlayoutManagerOptions) {
    this.#options = options;
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Opens the ingest: from now on the livestream's keys are accepted. */
  open(livestream: OpenLivestream): void {
    const { id } = livestream;
    const playout = new LivestreamPlayout({
      livestream,
      monotonicMs: () => this.#options.clock.monotonicMs(),
      ingestTimeoutMs: this.#options.ingestTimeoutSeconds * 1000,
      targets: this.#options.targets,
      isRevertive: this.#options.isRevertive,
      openInstance: () => this.#options.openInstance(id),
      reports: this.#options.reports,
    });
    this.#playouts.set(id, playout);
    for (const [instance, streamKey] of playout.streamKeys) {
      this.#inputsByKey.set(hashOf(streamKey), { playout, instance, refusal: null });
    }
  }

  /** The input that the key opens: attached, unknown, or held by an encoder that still sends. */
  claim(streamKey: string, connection: PublisherConnection): Publisher | Unclaimed {
    if (this.#isShuttingDown) return "closing";
    const input = this.#inputsByKey.get(hashOf(streamKey));
    const instance = input?.playout.instances.get(input.instance);
    if (input === undefined || instance === undefined) return "unknown";
    if (input.refusal !== null) {
      instance.refuse(input.refusal);
      return "unknown";
    }
    return instance.attach(connection) ?? "busy";
  }

  play(streamName: string): PlayFeed | "unknown" | "later" {
    if (this.#isShuttingDown) return "later";
    const [id = "", instance, ...rest] = streamName.split("/");
    const playout = this.#playouts.get(id);
    const name = INSTANCE_NAMES.find((each) => each === instance);
    if (playout === undefined || rest.length > 0 || (instance !== undefined && name === undefined))
      return "unknown";
    return playout.play(name ?? null) ?? (playout.opening === null ? "unknown" : "later");
  }

  /** The publisher of an instance and its own players, or the players of the programme. */
  rtmpConnections(id: string, playout: PlayoutName): number {
    return this.#playouts.get(id)?.rtmpConnections(playout) ?? 0;
  }

  /** From now on this key opens the input; an encoder with the one before is cut. Nothing after the stop: no key opens it. */
  resetKey(id: string, instance: InstanceName, streamKey: string): void {
    const playout = this.#playouts.get(id);
    const old = playout?.streamKeys.get(instance);
    if (playout === undefined || old === undefined) return;
    if (this.#inputsByKey.get(hashOf(old))?.refusal !== null) return;
    this.#inputsByKey.delete(hashOf(old));
    playout.streamKeys.set(instance, streamKey);
    this.#inputsByKey.set(hashOf(streamKey), { playout, instance, refusal: null });
    playout.instances.get(instance)?.cut("the stream key was reset");
  }

  /** The programme and its recording begin, or go on after a restart. */
  publish(id: string): Promise<void> {
    const playout = this.#opened(id);
    return playout.whileOpening(async () => {
      playout.begin(await this.#options.openProgramme(playout.livestream));
    });
  }

  /** The programme of a livestream that was stopped is listed to its end. */
  reopenEnded(id: string): Promise<void> {
    const playout = this.#opened(id);
    return playout.whileOpening(async () => {
      const programme = await this.#options.openEnded(playout.livestream);
      playout.begin({ programme, resumeAtSeconds: null, openInstance: null });
      await this.stop(id);
    });
  }

  /** Resolves when a programme that is being opened is open, or takes too long to be waited for; null for any other. */
  opening(id: string): Promise<void> | null {
    return this.#playouts.get(id)?.opening ?? null;
  }

  /** The programme of a published livestream, until it is closed. */
  programme(id: string): Programme | null {
    return this.#playouts.get(id)?.programme ?? null;
  }

  /** One instance's own programme, made if there is none; null where there can be none. */
  instanceProgramme(id: string, instance: InstanceName): Programme | null {
    return this.#playouts.get(id)?.instanceProgramme(instance) ?? null;
  }

  /** Whether only those may watch who show a token; null where it is not open. */
  isSigned(id: string): boolean | null {
    return this.#playouts.get(id)?.isSigned ?? null;
  }

  setSigned(id: string, isSigned: boolean): void {
    const playout = this.#playouts.get(id);
    if (playout !== undefined) playout.isSigned = isSigned;
  }

  hasActiveIngest(id: string): boolean {
    return this.#playouts.get(id)?.hasActiveIngest ?? false;
  }

  /** Puts the instance on air at its next key frame; false when it has no active ingest. */
  requestSwitch(id: string, instance: InstanceName): boolean {
    return this.#playouts.get(id)?.requestSwitch(instance) ?? false;
  }

  onAir(id: string): InstanceName | null {
    return this.#playouts.get(id)?.onAir ?? null;
  }

  /** How long the recording is by now; null where there is no programme. */
  recordedSeconds(id: string): number | null {
    return this.#playouts.get(id)?.recordedSeconds ?? null;
  }

  /** Whether there is a programme that is recorded. */
  isRecorded(id: string): boolean {
    return this.#playouts.get(id)?.isRecorded ?? false;
  }

  /** Livestreams with a programme and an encoder. */
  onAirIds(): readonly string[] {
    return [...this.#playouts].filter(([, playout]) => playout.onAir !== null).map(([id]) => id);
  }

  /** The newest video key frame of the instance on air; null while there is none. */
  onAirKeyFrame(id: string): { unit: AccessUnit; configuration: VideoConfiguration } | null {
    const playout = this.#playouts.get(id);
    const onAir = playout?.onAir ?? null;
    const publish = onAir === null ? null : playout?.instances.get(onAir)?.publish;
    const unit = publish?.keyFrame;
    const track = publish?.tracks.find(({ id: trackId }) => trackId === unit?.trackId);
    if (unit == null || track?.kind !== "video") return null;
    return { unit, configuration: track.configuration };
  }

  inputs(id: string): readonly InputState[] {
    const instances = this.#playouts.get(id)?.instances.values() ?? [];
    return [...instances].map((instance) => inputState(instance, this.#options.clock));
  }

  /** Revokes the keys, disconnects the encoders and ends the playlist, which keeps answering until `close`. */
  async stop(id: string): Promise<void> {
    const playout = this.#playouts.get(id);
    if (playout === undefined) return;
    this.#revoke(playout, "the livestream was stopped");
    playout.end("the livestream was stopped");
    await playout.programme?.end();
  }

  /** Forgets the livestream: encoders are cut, its playlist is gone. */
  async close(id: string): Promise<void> {
    await this.stop(id);
    for (const key of keysOf(this.#playouts.get(id))) this.#inputsByKey.delete(key);
    this.#playouts.delete(id);
  }

  /** The process ends, no livestream does: open segments are closed and recorded, playlists stay open. */
  async shutdown(): Promise<void> {
    this.#isShuttingDown = true;
    clearInterval(this.#ticker);
    const playouts = [...this.#playouts.values()];
    for (const playout of playouts) {
      this.#revoke(playout, "the server is shutting down");
      playout.cut("the server is shutting down");
    }
    await Promise.all(playouts.flatMap(({ programme }) => (programme === null ? [] : [programme.suspend()])));
  }

  #opened(id: string): LivestreamPlayout {
    const playout = this.#playouts.get(id);
    if (playout === undefined) throw new Error(`livestream ${id} is not open`);
    return playout;
  }

  /** Until the playout is closed, whoever comes with one of its keys is one of its encoders. */
  #revoke(playout: LivestreamPlayout, refusal: string): void {
    for (const key of keysOf(playout)) {
      const input = this.#inputsByKey.get(key);
      if (input !== undefined) this.#inputsByKey.set(key, { ...input, refusal });
    }
  }

  #tick(): void {
    for (const playout of this.#playouts.values()) playout.tick();
  }
}

/** Keys are looked up by hash, so that the time of a look-up says nothing about how much of a key was right. */
function hashOf(streamKey: string): string {
  return createHash("sha256").update(streamKey).digest("base64");
}

/** Hashes of its stream keys. */
function keysOf(playout: LivestreamPlayout | undefined): readonly string[] {
  return [...(playout?.streamKeys.values() ?? [])].map(hashOf);
}
