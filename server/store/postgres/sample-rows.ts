// Samples in PostgreSQL, written: a batch is numbered here and goes there in one statement.

import { INSTANCE_NAMES, type InstanceName } from "#openapi/names.ts";
import type { NewSample } from "#server/store/sample-store.ts";
import type { Queries } from "./queries.ts";
import { createdAtMs, SAMPLE_COLUMNS, seriesOf, totalBefore } from "./sample-store.ts";

/** How many samples one transaction removes: a few milliseconds' worth. */
const REMOVED_AT_ONCE = 2000;

interface OpenSeries {
  readonly id: number;
  next: number;
  newestAtMs: number;
}

const COLUMNS = ["series_id", "number", ...Object.values(SAMPLE_COLUMNS)].join(", ");

const INSERT = `
  INSERT INTO samples (${COLUMNS})
  SELECT ${COLUMNS} FROM json_to_recordset($rows::text::json) AS row (
    series_id integer, number integer, created_at_ms double precision, rtmp_connections integer,
    hls_connections integer, ingest_active integer, on_air integer, video_bitrate_kbps double precision,
    audio_bitrate_kbps double precision, frame_rate double precision, key_frame_interval_seconds double precision,
    timestamp_repairs double precision)`;

/** A series as it is found: `number` and `createdAtMs` of its newest sample are null where it has none. */
interface FoundSeries {
  readonly livestreamId: string;
  readonly instance: InstanceName;
  readonly id: number;
  readonly number: number | null;
  readonly createdAtMs: number | null;
}

const WANTED = "json_to_recordset($wanted::text::json) AS wanted (livestream_id text, instance text)";

const INSERT_SERIES = `
  INSERT INTO sample_series (livestream_id, instance) SELECT livestream_id, instance FROM ${WANTED}
  ON CONFLICT (livestream_id, instance) DO NOTHING`;

const SELECT_SERIES = `
  SELECT livestream_id AS "livestreamId", instance, id, number, created_at_ms AS "createdAtMs"
  FROM ${WANTED} JOIN sample_series USING (livestream_id, instance) LEFT JOIN LATERAL
    (SELECT number, created_at_ms FROM samples WHERE series_id = sample_series.id ORDER BY number DESC LIMIT 1) AS newest ON true`;

export class SampleRows {
  /** The series that this process appended to. */
  readonly #series = new Map<string, OpenSeries>();

  /**
   * However clocks are set, a series is in order and whole: the dates of samples that would now lie in the future are moved
   * back, close behind one another, to where the clock was set back.
   */
  async append(queries: Queries, samples: readonly NewSample[]): Promise<void> {
    let rows: Record<string, number | null>[] = [];
    const write = async (): Promise<void> => {
      if (rows.length > 0) await queries.run(INSERT, { rows: JSON.stringify(rows) });
      rows = [];
    };
    await this.#open(queries, samples);
    for (const sample of samples) {
      const series = this.#seriesOf(sample);
      if (sample.createdAtMs <= series.newestAtMs && series.next > 0) {
        await write();
        await moveBack(queries, series, sample.createdAtMs);
      }
      rows.push(this.#rowOf(series, sample));
    }
    await write();
  }

  /** What was appended may not have been written after all: what is there is asked for anew. */
  forget(): void {
    this.#series.clear();
  }

  /** Removes some of a livestream's samples; true once there are none. To be called until then. */
  async removeSome(queries: Queries, livestreamId: string): Promise<boolean> {
    for (const instance of INSTANCE_NAMES) {
      this.#series.delete(nameOf(livestreamId, instance));
      const series = await seriesOf(queries, livestreamId, instance);
      if (series === null) continue;
      // From the end, so that what is left is numbered without a gap; the series itself goes with its last sample.
      const { id, total } = series;
      const first = Math.max(0, total - REMOVED_AT_ONCE);
      await queries.run("DELETE FROM samples WHERE series_id = $id AND number >= $first", { id, first });
      if (first === 0) await queries.run("DELETE FROM sample_series WHERE id = $id", { id });
      return false;
    }
    return true;
  }

  #rowOf(series: OpenSeries, { livestreamId: _, instance: __, ...sample }: NewSample) {
    const createdAt = Math.max(sample.createdAtMs, series.newestAtMs + 1);
    const row = {
      series_id: series.id,
      number: series.next,
      created_at_ms: createdAt,
      rtmp_connections: sample.rtmpConnections,
      hls_connections: sample.hlsConnections,
      ingest_active: sample.ingestActive ? 1 : 0,
      on_air: sample.onAir ? 1 : 0,
      video_bitrate_kbps: sample.videoBitrateKbps,
      audio_bitrate_kbps: sample.audioBitrateKbps,
      frame_rate: sample.frameRate,
      key_frame_interval_seconds: sample.keyFrameIntervalSeconds,
      timestamp_repairs: sample.timestampRepairs,
    };
    series.next += 1;
    series.newestAtMs = createdAt;
    return row;
  }

  /** All series that are not open yet, together: after a start those are all that there are. */
  async #open(queries: Queries, samples: readonly NewSample[]): Promise<void> {
    const wanted = new Map<string, { livestream_id: string; instance: InstanceName }>();
    for (const { livestreamId, instance } of samples) {
      const name = nameOf(livestreamId, instance);
      if (!this.#series.has(name)) wanted.set(name, { livestream_id: livestreamId, instance });
    }
    if (wanted.size === 0) return;
    const parameters = { wanted: JSON.stringify([...wanted.values()]) };
    await queries.run(INSERT_SERIES, parameters);
    for (const found of await queries.all<FoundSeries>(SELECT_SERIES, parameters)) {
      const { livestreamId, instance, id, number, createdAtMs: newestAtMs } = found;
      const next = number === null ? 0 : number + 1;
      this.#series.set(nameOf(livestreamId, instance), { id, next, newestAtMs: newestAtMs ?? 0 });
    }
  }

  #seriesOf({ livestreamId, instance }: NewSample): OpenSeries {
    const series = this.#series.get(nameOf(livestreamId, instance));
    if (series === undefined)
      throw new Error(`the series of ${livestreamId}/${instance} was inserted and is not there`);
    return series;
  }
}

function nameOf(livestreamId: string, instance: InstanceName): string {
  return `${livestreamId}/${instance}`;
}

/** What is dated `dateMs` or later is dated just before that, or right behind what came before where there is no room. */
async function moveBack(queries: Queries, series: OpenSeries, dateMs: number): Promise<void> {
  const { id, next } = series;
  const first = await totalBefore(queries, { id, total: next }, dateMs);
  const beforeMs = first === 0 ? Number.NEGATIVE_INFINITY : await createdAtMs(queries, id, first - 1);
  const firstAtMs = Math.max(beforeMs + 1, dateMs - (next - first));
  await queries.run(
    `UPDATE samples SET created_at_ms = $firstAtMs::double precision + number - $first::integer
     WHERE series_id = $id AND number >= $first`,
    { id, first, firstAtMs },
  );
  series.newestAtMs = firstAtMs + (next - first) - 1;
}
