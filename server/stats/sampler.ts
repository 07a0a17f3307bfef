// Every so often, what every instance of every running livestream does is written down.

import type { InstanceName } from "#openapi/names.ts";
import type { Clock } from "#server/common/clock.ts";
import type { InputState } from "#server/instances/input-state.ts";
import type { NewSample } from "#server/store/sample-store.ts";
import type { ConnectionCounts } from "./connection-counts.ts";

export interface SamplerOptions {
  readonly intervalSeconds: number;
  readonly clock: Pick<Clock, "monotonicMs" | "dateMs">;
  /** The instances of a livestream. */
  readonly inputs: (livestreamId: string) => readonly InputState[];
  readonly onAir: (livestreamId: string) => InstanceName | null;
  readonly counts: (livestreamId: string, instance: InstanceName) => ConnectionCounts;
  /** Takes them without waiting; also none, when nothing runs. */
  readonly write: (samples: readonly NewSample[]) => void;
}

export class Sampler {
  readonly #options: SamplerOptions;
  readonly #running = new Set<string>();
  #timer: Timer | null = null;
  #dueAtMs = 0;

  constructor(options: SamplerOptions) {
    this.#options = options;
  }

  /** From now on the livestream is sampled. */
  begin(livestreamId: string): void {
    this.#running.add(livestreamId);
  }

  /** From now on it is not. */
  end(livestreamId: string): void {
    this.#running.delete(livestreamId);
  }

  /** Those that are sampled. */
  get running(): ReadonlySet<string> {
    return this.#running;
  }

  start(): void {
    this.#dueAtMs = this.#options.clock.monotonicMs();
    this.#waitForNext();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** One sample of every instance that runs. */
  sample(): void {
    const createdAtMs = this.#options.clock.dateMs();
    const samples = [...this.#running].flatMap((livestreamId) => this.#samplesOf(livestreamId, createdAtMs));
    this.#options.write(samples);
  }

  /** The cadence is kept: one that came late does not make the next one later. */
  #waitForNext(): void {
    const intervalMs = this.#options.intervalSeconds * 1000;
    const nowMs = this.#options.clock.monotonicMs();
    this.#dueAtMs = Math.max(this.#dueAtMs + intervalMs, nowMs);
    this.#timer = setTimeout(() => {
      this.#waitForNext();
      this.sample();
    }, this.#dueAtMs - nowMs);
  }

  #samplesOf(livestreamId: string, createdAtMs: number): NewSample[] {
    const onAir = this.#options.onAir(livestreamId);
    return this.#options.inputs(livestreamId).map((input) => ({
      livestreamId,
      instance: input.instance,
      createdAtMs,
      ...this.#options.counts(livestreamId, input.instance),
      ingestActive: input.active,
      onAir: onAir === input.instance,
      videoBitrateKbps: input.video?.bitrateKbps ?? null,
      audioBitrateKbps: input.audio?.bitrateKbps ?? null,
      frameRate: input.video?.frameRate ?? null,
      keyFrameIntervalSeconds: input.video?.keyFrameIntervalSeconds ?? null,
      timestampRepairs: input.timestampRepairs,
    }));
  }
}
