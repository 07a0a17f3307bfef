// The samples of one side, newest first, a page at a time.

import { createHash } from "node:crypto";
import type { Page } from "#server/store/page.ts";
import type { Sample, SampledInstance, SampleStore } from "#server/store/sample-store.ts";
import { PageWalks } from "./page-walks.ts";

export interface SamplePageRequest {
  readonly livestreamId: string;
  readonly instance: SampledInstance;
  /** 0-based. */
  readonly page: number;
  readonly perpage: number;
  /** Only samples that were created earlier; null for all. */
  readonly beforeMs: number | null;
  /** Who asks: pages that one reader asks for one after another belong together. */
  readonly reader: string;
}

export class SampleHistory {
  readonly #samples: Pick<SampleStore, "total" | "totalBefore" | "page">;
  readonly #nowMs: () => number;
  readonly #walks = new PageWalks();

  constructor(options: {
    samples: Pick<SampleStore, "total" | "totalBefore" | "page">;
    nowMs: () => number;
  }) {
    this.#samples = options.samples;
    this.#nowMs = options.nowMs;
  }

  page(request: SamplePageRequest): Page<Sample> {
    const { livestreamId, instance, page, perpage } = request;
    const total = this.#totalOf(request);
    const range = { end: total, skip: page * perpage, limit: perpage };
    return { items: this.#samples.page(livestreamId, instance, range), total };
  }

  #totalOf({ livestreamId, instance, page, perpage, beforeMs, reader }: SamplePageRequest): number {
    if (beforeMs !== null) return this.#samples.totalBefore(livestreamId, instance, beforeMs);
    const walker = createHash("sha256")
      .update(`${reader}\n${livestreamId}\n${instance}\n${perpage}`)
      .digest("base64");
    return this.#walks.endOf(walker, page, this.#samples.total(livestreamId, instance), this.#nowMs());
  }
}
