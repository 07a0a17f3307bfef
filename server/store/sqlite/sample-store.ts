// Samples in SQLite: series numbered without a gap so that any page is found at once.

import type { Database } from "bun:sqlite";
import { INSTANCE_NAMES, type InstanceName } from "#openapi/names.ts";
import type {
  NewestSamples,
  NewSample,
  Sample,
  SampleRange,
  SampleSeries,
  SampleStore,
} from "#server/store/sample-store.ts";

/** How many samples one transaction removes: a few milliseconds' worth. */
const REMOVED_AT_ONCE = 2000;

type StoredSample = Omit<Sample, "ingestActive" | "onAir"> & { ingestActive: number; onAir: number };

interface OpenSeries {
  readonly id: number;
  next: number;
  newestAtMs: number;
}

export class SqliteSampleStore implements SampleStore {
  readonly #database: Database;
  /** The series that this process appended to. */
  readonly #series = new Map<string, OpenSeries>();

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Writes all or, when it throws, none. However clocks are set, a series is in order and whole: the dates of samples that
   * would now lie in the future are moved back, close behind one another, to where the clock was set back.
   */
  async append(samples: readonly NewSample[]): Promise<void> {
    try {
      this.#database
        .transaction(() => {
          for (const sample of samples) this.#insert(sample);
        })
        .immediate();
    } catch (error) {
      this.#series.clear();
      throw error;
    }
  }

  async series(livestreamId: string, instance: InstanceName): Promise<SampleSeries | null> {
    return this.#seriesOf(livestreamId, instance);
  }

  async newest(livestreamId: string, instance: InstanceName, limit: number): Promise<NewestSamples | null> {
    const series = this.#seriesOf(livestreamId, instance);
    if (series === null) return null;
    const { total } = series;
    return { total, items: await this.page(series, { end: total, skip: 0, limit }) };
  }

  async totalBefore(series: SampleSeries, beforeMs: number): Promise<number> {
    return this.#totalBefore(series, beforeMs);
  }

  async page({ id }: SampleSeries, { end, skip, limit }: SampleRange): Promise<readonly Sample[]> {
    const last = end - 1 - skip;
    return this.#database
      .query<StoredSample, { id: number; first: number; last: number }>(
        `SELECT created_at_ms AS createdAtMs, rtmp_connections AS rtmpConnections, hls_connections AS hlsConnections,
           ingest_active AS ingestActive, on_air AS onAir, video_bitrate_kbps AS videoBitrateKbps,
           audio_bitrate_kbps AS audioBitrateKbps, frame_rate AS frameRate,
           key_frame_interval_seconds AS keyFrameIntervalSeconds, timestamp_repairs AS timestampRepairs
         FROM samples WHERE series_id = $id AND number BETWEEN $first AND $last ORDER BY number DESC`,
      )
      .all({ id, first: last - limit + 1, last })
      .map((row) => ({ ...row, ingestActive: row.ingestActive === 1, onAir: row.onAir === 1 }));
  }

  /** Removes some of a livestream's samples; true once there are none. To be called until then. */
  async removeSome(livestreamId: string): Promise<boolean> {
    for (const instance of INSTANCE_NAMES) {
      this.#series.delete(`${livestreamId}/${instance}`);
      const series = this.#seriesOf(livestreamId, instance);
      if (series !== null) {
        this.#removeSomeOf(series);
        return false;
      }
    }
    return true;
  }

  async livestreamIds(): Promise<readonly string[]> {
    return this.#database
      .query<{ livestreamId: string }, []>(
        "SELECT DISTINCT livestream_id AS livestreamId FROM sample_series ORDER BY livestream_id",
      )
      .all()
      .map(({ livestreamId }) => livestreamId);
  }

  #seriesOf(livestreamId: string, instance: InstanceName): SampleSeries | null {
    return this.#database
      .query<SampleSeries, { livestreamId: string; instance: string }>(
        `SELECT id, coalesce((SELECT max(number) + 1 FROM samples WHERE series_id = sample_series.id), 0) AS total
         FROM sample_series WHERE livestream_id = $livestreamId AND instance = $instance`,
      )
      .get({ livestreamId, instance });
  }

  #totalBefore({ id, total }: SampleSeries, beforeMs: number): number {
    let [low, high] = [0, total];
    while (low < high) {
      const middle = low + ((high - low) >> 1);
      if (this.#createdAtMs(id, middle) < beforeMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** From the end, so that what is left is numbered without a gap; the series itself goes with its last sample. */
  #removeSomeOf({ id, total }: SampleSeries): void {
    this.#database
      .transaction(() => {
        const first = Math.max(0, total - REMOVED_AT_ONCE);
        this.#database
          .query("DELETE FROM samples WHERE series_id = $id AND number >= $first")
          .run({ id, first });
        if (first === 0) this.#database.query("DELETE FROM sample_series WHERE id = $id").run({ id });
      })
      .immediate();
  }

  #insert(sample: NewSample): void {
    const series = this.#seriesToAppend(sample);
    if (sample.createdAtMs <= series.newestAtMs) this.#moveBack(series, sample.createdAtMs);
    const createdAtMs = Math.max(sample.createdAtMs, series.newestAtMs + 1);
    this.#database
      .query(
        `INSERT INTO samples VALUES ($seriesId, $number, $createdAtMs, $rtmpConnections, $hlsConnections, $ingestActive,
           $onAir, $videoBitrateKbps, $audioBitrateKbps, $frameRate, $keyFrameIntervalSeconds, $timestampRepairs)`,
      )
      .run({
        seriesId: series.id,
        number: series.next,
        createdAtMs,
        rtmpConnections: sample.rtmpConnections,
        hlsConnections: sample.hlsConnections,
        ingestActive: sample.ingestActive ? 1 : 0,
        onAir: sample.onAir ? 1 : 0,
        videoBitrateKbps: sample.videoBitrateKbps,
        audioBitrateKbps: sample.audioBitrateKbps,
        frameRate: sample.frameRate,
        keyFrameIntervalSeconds: sample.keyFrameIntervalSeconds,
        timestampRepairs: sample.timestampRepairs,
      });
    series.next += 1;
    series.newestAtMs = createdAtMs;
  }

  /** What is dated `dateMs` or later is dated just before that, or right behind what came before where there is no room. */
  #moveBack(series: OpenSeries, dateMs: number): void {
    const { id, next } = series;
    const first = this.#totalBefore({ id, total: next }, dateMs);
    const beforeMs = first === 0 ? Number.NEGATIVE_INFINITY : this.#createdAtMs(id, first - 1);
    const firstAtMs = Math.max(beforeMs + 1, dateMs - (next - first));
    this.#database
      .query(
        "UPDATE samples SET created_at_ms = $firstAtMs + number - $first WHERE series_id = $id AND number >= $first",
      )
      .run({ id, first, firstAtMs });
    series.newestAtMs = firstAtMs + (next - first) - 1;
  }

  #seriesToAppend({ livestreamId, instance }: NewSample): OpenSeries {
    const name = `${livestreamId}/${instance}`;
    const known = this.#series.get(name);
    if (known !== undefined) return known;
    const series = this.#openSeries(livestreamId, instance);
    this.#series.set(name, series);
    return series;
  }

  #openSeries(livestreamId: string, instance: InstanceName): OpenSeries {
    this.#database
      .query(
        "INSERT OR IGNORE INTO sample_series (livestream_id, instance) VALUES ($livestreamId, $instance)",
      )
      .run({ livestreamId, instance });
    const series = this.#seriesOf(livestreamId, instance);
    if (series === null)
      throw new Error(`the series of ${livestreamId}/${instance} was inserted and is not there`);
    const { id, total: next } = series;
    return { id, next, newestAtMs: next === 0 ? 0 : this.#createdAtMs(id, next - 1) };
  }

  #createdAtMs(id: number, number: number): number {
    const row = this.#database
      .query<{ createdAtMs: number }, { id: number; number: number }>(
        "SELECT created_at_ms AS createdAtMs FROM samples WHERE series_id = $id AND number = $number",
      )
      .get({ id, number });
    return row?.createdAtMs ?? 0;
  }
}
