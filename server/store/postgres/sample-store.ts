// Samples in PostgreSQL, read: series numbered without a gap so that any page is found at once.

import type { InstanceName } from "#openapi/names.ts";
import { selected } from "#server/store/rows/columns.ts";
import type {
  NewestSamples,
  Sample,
  SampleRange,
  SampleSeries,
  SampleStore,
} from "#server/store/sample-store.ts";
import type { PostgresClient } from "./client.ts";
import { KeptAnswers } from "./kept-answers.ts";
import type { Queries } from "./queries.ts";

type StoredSample = Omit<Sample, "ingestActive" | "onAir"> & { ingestActive: number; onAir: number };

/** Member of the row → column. */
export const SAMPLE_COLUMNS = {
  createdAtMs: "created_at_ms",
  rtmpConnections: "rtmp_connections",
  hlsConnections: "hls_connections",
  ingestActive: "ingest_active",
  onAir: "on_air",
  videoBitrateKbps: "video_bitrate_kbps",
  audioBitrateKbps: "audio_bitrate_kbps",
  frameRate: "frame_rate",
  keyFrameIntervalSeconds: "key_frame_interval_seconds",
  timestampRepairs: "timestamp_repairs",
} as const satisfies Record<keyof Sample, string>;

export class PostgresSampleStore implements SampleStore {
  readonly #client: PostgresClient;
  readonly #newest: KeptAnswers<NewestSamples | null>;
  readonly #series: KeptAnswers<SampleSeries | null>;

  constructor(client: PostgresClient) {
    this.#client = client;
    this.#newest = new KeptAnswers({ writes: () => client.writes });
    this.#series = new KeptAnswers({ writes: () => client.writes });
  }

  series(livestreamId: string, instance: InstanceName): Promise<SampleSeries | null> {
    return this.#series.get(`${livestreamId} ${instance}`, () =>
      seriesOf(this.#client, livestreamId, instance),
    );
  }

  newest(livestreamId: string, instance: InstanceName, limit: number): Promise<NewestSamples | null> {
    return this.#newest.get(`${livestreamId} ${instance} ${limit}`, async () => {
      const rows = await this.#client.all<StoredSample & { number: number | null }>(
        `SELECT newest.number, ${selected(SAMPLE_COLUMNS)} FROM sample_series LEFT JOIN LATERAL
           (SELECT * FROM samples WHERE series_id = sample_series.id ORDER BY number DESC LIMIT $limit) AS newest ON true
         WHERE livestream_id = $livestreamId AND instance = $instance ORDER BY newest.number DESC`,
        { livestreamId, instance, limit },
      );
      const [first] = rows;
      if (first === undefined) return null;
      if (first.number === null) return { total: 0, items: [] };
      return { total: first.number + 1, items: rows.map(({ number: _, ...row }) => sampleOf(row)) };
    });
  }

  totalBefore(series: SampleSeries, beforeMs: number): Promise<number> {
    return totalBefore(this.#client, series, beforeMs);
  }

  async page({ id }: SampleSeries, { end, skip, limit }: SampleRange): Promise<readonly Sample[]> {
    const last = end - 1 - skip;
    const rows = await this.#client.all<StoredSample>(
      `SELECT ${selected(SAMPLE_COLUMNS)} FROM samples
       WHERE series_id = $id AND number BETWEEN $first AND $last ORDER BY number DESC`,
      { id, first: last - limit + 1, last },
    );
    return rows.map(sampleOf);
  }

  async livestreamIds(): Promise<readonly string[]> {
    const rows = await this.#client.all<{ id: string }>(
      "SELECT DISTINCT livestream_id AS id FROM sample_series ORDER BY livestream_id",
    );
    return rows.map(({ id }) => id);
  }
}

function sampleOf(row: StoredSample): Sample {
  return { ...row, ingestActive: row.ingestActive === 1, onAir: row.onAir === 1 };
}

export function seriesOf(
  queries: Queries,
  livestreamId: string,
  instance: InstanceName,
): Promise<SampleSeries | null> {
  return queries.first<SampleSeries>(
    `SELECT id, coalesce((SELECT max(number) + 1 FROM samples WHERE series_id = sample_series.id), 0) AS total
     FROM sample_series WHERE livestream_id = $livestreamId AND instance = $instance`,
    { livestreamId, instance },
  );
}

/** By halves: dates rise with the numbers. */
export async function totalBefore(
  queries: Queries,
  { id, total }: SampleSeries,
  beforeMs: number,
): Promise<number> {
  let [low, high] = [0, total];
  while (low < high) {
    const middle = low + ((high - low) >> 1);
    if ((await createdAtMs(queries, id, middle)) < beforeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

export async function createdAtMs(queries: Queries, id: number, number: number): Promise<number> {
  const row = await queries.first<{ createdAtMs: number }>(
    `SELECT created_at_ms AS "createdAtMs" FROM samples WHERE series_id = $id AND number = $number`,
    { id, number },
  );
  return row?.createdAtMs ?? 0;
}
