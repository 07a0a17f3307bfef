// What is counted for good: livestreams come and go, and their counts stay in the sum.

import { INSTANCE_NAMES, type InstanceName } from "#openapi/names.ts";
import type { InputState } from "#server/instances/input-state.ts";
import type { SwitchCause } from "#server/switching/switcher.ts";
import { type MetricFamily, metricBy } from "./prometheus-text.ts";

/** What an input has counted so far. */
export interface ObservedInput extends Pick<InputState, "instance" | "timestampRepairs"> {
  readonly livestreamId: string;
}

/** Every one has its line from the start, so that the first of its kind is seen as a change. */
const SWITCH_CAUSES = [
  "closed",
  "silent",
  "taken-over",
  "begin",
  "active",
  "requested",
  "quality",
  "reverted",
] as const satisfies readonly SwitchCause[];

export class RunningTotals {
  readonly #switches = new Map<string, number>(SWITCH_CAUSES.map((cause) => [cause, 0]));
  readonly #repairs = new Map<InstanceName, number>(INSTANCE_NAMES.map((name) => [name, 0]));
  /** By instance of a livestream, its repairs at the last look. */
  #repairsSeen = new Map<string, number>();

  /** Another instance is on air in the programme of some livestream. */
  switched(cause: string): void {
    this.#switches.set(cause, (this.#switches.get(cause) ?? 0) + 1);
  }

  /** All inputs that run. It is called with each sample, so that what a livestream counted is added up before it is gone. */
  observe(inputs: readonly ObservedInput[]): void {
    const seen = new Map<string, number>();
    for (const { livestreamId, instance, timestampRepairs } of inputs) {
      const name = `${livestreamId}/${instance}`;
      const more = Math.max(0, timestampRepairs - (this.#repairsSeen.get(name) ?? 0));
      this.#repairs.set(instance, (this.#repairs.get(instance) ?? 0) + more);
      seen.set(name, timestampRepairs);
    }
    this.#repairsSeen = seen;
  }

  get families(): readonly MetricFamily[] {
    return [
      metricBy(
        "counter",
        "tandem_timestamp_repairs_total",
        "Timestamps put right.",
        "instance",
        this.#repairs,
      ),
      metricBy(
        "counter",
        "tandem_switches_total",
        "Changes of the instance on air.",
        "cause",
        this.#switches,
      ),
    ];
  }
}
