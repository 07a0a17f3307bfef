// The samples of one instance, newest first, a page at a time.

import { createHash } from "node:crypto";
import type { InstanceName } from "#openapi/names.ts";
import type { Page } from "#server/store/page.ts";
import type { Sample, SampleStore } from "#server/store/sample-store.ts";
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

type HistorySamples = Pick<SampleStore, "series" | "newest" | "totalBefore" | "page">;

export class SampleHistory {
  readonly #samples: HistorySamples;
  readonly #monotonicMs: () => number;
  readonly #walks = new PageWalks();

  constructor(options: {
    samples: HistorySamples;
    monotonicMs: () => number;
  }) {
    this.#samples = options.samples;
    this.#monotonicMs = options.monotonicMs;
  }

  async page(request: SamplePageRequest): Promise<Page<Sample>> {
    const { livestreamId, instance, page, perpage, beforeMs } = request;
    if (page === 0 && beforeMs === null) return this.#newest(request);
    const series = await this.#samples.series(livestreamId, instance);
    if (series === null) return { items: [], total: 0 };
    const total =
      beforeMs === null
        ? this.#endOf(request, series.total)
        : await this.#samples.totalBefore(series, beforeMs);
    const range = { end: total, skip: page * perpage, limit: perpage };
    return { items: await this.#samples.page(series, range), total };
  }

  async #newest(request: SamplePageRequest): Promise<Page<Sample>> {
    const { livestreamId, instance, perpage } = request;
    const newest = await this.#samples.newest(livestreamId, instance, perpage);
    if (newest === null) return { items: [], total: 0 };
    this.#endOf(request, newest.total); // A walk begins.
    return newest;
  }

  /** As many samples as the reader's walk sees. */
  #endOf({ livestreamId, instance, page, perpage, reader }: SamplePageRequest, total: number): number {
    const walker = createHash("sha256")
      .update(`${reader}\n${livestreamId}\n${instance}\n${perpage}`)
      .digest("base64");
    return this.#walks.endOf(walker, page, total, this.#monotonicMs());
  }
}
