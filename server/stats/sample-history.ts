// The samples of one instance, newest first, a page at a time.

import { createHash } from "node:crypto";
import type { InstanceName } from "#openapi/names.ts";
import type { Page } from "#server/store/page.ts";
import type { Sample, SampleSeries, SampleStore } from "#server/store/sample-store.ts";
import { PageWalks } from "./page-walks.ts";

export interface SamplePageRequest {
  readonly livestreamId: string;
  readonly instance: InstanceName;
  /** 0-based. */
  readonly page: number;
  readonly perpage: number;
  /** Only samples that were created earlier; null for all. */
  readonly beforeMs: number | null;
  /** Who asks: pages that one reader asks for one after another belong together. */
  readonly reader: string;
}

export class SampleHistory {
  readonly #samples: Pick<SampleStore, "series" | "totalBefore" | "page">;
  readonly #monotonicMs: () => number;
  readonly #walks = new PageWalks();

  constructor(options: {
    samples: Pick<SampleStore, "series" | "totalBefore" | "page">;
    monotonicMs: () => number;
  }) {
    this.#samples = options.samples;
    this.#monotonicMs = options.monotonicMs;
  }

  async page(request: SamplePageRequest): Promise<Page<Sample>> {
    const { livestreamId, instance, page, perpage } = request;
    const series = await this.#samples.series(livestreamId, instance);
    if (series === null) return { items: [], total: 0 };
    const total = await this.#totalOf(series, request);
    const range = { end: total, skip: page * perpage, limit: perpage };
    return { items: await this.#samples.page(series, range), total };
  }

  async #totalOf(
    series: SampleSeries,
    { livestreamId, instance, page, perpage, beforeMs, reader }: SamplePageRequest,
  ) {
    if (beforeMs !== null) return this.#samples.totalBefore(series, beforeMs);
    const walker = createHash("sha256")
      .update(`${reader}\n${livestreamId}\n${instance}\n${perpage}`)
      .digest("base64");
    return this.#walks.endOf(walker, page, series.total, this.#monotonicMs());
  }
}
