// Everything that an operator watches, gathered at the moment it is asked for.

import { livestreamMetrics, type RunningLivestream } from "./livestream-metrics.ts";
import { renderMetrics } from "./prometheus-text.ts";
import type { RunningTotals } from "./running-totals.ts";
import { serverMetrics, type WatchedServer } from "./server-metrics.ts";

export interface MetricsOptions extends WatchedServer {
  /** Status → how many livestreams have it. */
  readonly livestreamsByStatus: () => Promise<Iterable<readonly [string, number]>>;
  readonly running: () => readonly RunningLivestream[];
  readonly totals: RunningTotals;
}

export class Metrics {
  readonly #options: MetricsOptions;
  readonly #startedAtMs: number;

  constructor(options: MetricsOptions) {
    this.#options = options;
    this.#startedAtMs = options.clock.monotonicMs();
  }

  async render(): Promise<string> {
    const { totals, clock } = this.#options;
    const byStatus = await this.#options.livestreamsByStatus();
    const running = this.#options.running();
    totals.observe(
      running.flatMap(({ id, inputs }) => inputs.map((input) => ({ livestreamId: id, ...input }))),
    );
    return renderMetrics([
      ...livestreamMetrics(byStatus, running, clock.monotonicMs()),
      ...totals.families,
      ...serverMetrics(this.#options, this.#startedAtMs),
    ]);
  }
}
