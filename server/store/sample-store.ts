// Samples as they are read, of each instance of each livestream a series; the statistics writer writes them.

import type { InstanceName } from "#openapi/names.ts";

/** What was measured of one instance at one time. */
export interface SampleValues {
  readonly rtmpConnections: number;
  readonly hlsConnections: number;
  readonly ingestActive: boolean;
  readonly onAir: boolean;
  readonly videoBitrateKbps: number | null;
  readonly audioBitrateKbps: number | null;
  readonly frameRate: number | null;
  readonly keyFrameIntervalSeconds: number | null;
  /** Since the process began. */
  readonly timestampRepairs: number;
}

export interface Sample extends SampleValues {
  readonly createdAtMs: number;
}

export interface NewSample extends Sample {
  readonly livestreamId: string;
  readonly instance: InstanceName;
}

/** The samples of one instance of one livestream, as many as there are now. */
export interface SampleSeries {
  readonly id: number;
  readonly total: number;
}

/** The newest samples of a series. */
export interface NewestSamples {
  readonly total: number;
  /** Newest first. */
  readonly items: readonly Sample[];
}

/** Which samples of a series: those numbered below `end`, newest first, `skip` of them passed over. */
export interface SampleRange {
  readonly end: number;
  readonly skip: number;
  readonly limit: number;
}

export interface SampleStore {
  /** Null when the instance was never sampled. It costs the same whatever the length of the series, and so does a page. */
  series(livestreamId: string, instance: InstanceName): Promise<SampleSeries | null>;

  /** What is looked at most, in one go; null when the instance was never sampled. */
  newest(livestreamId: string, instance: InstanceName, limit: number): Promise<NewestSamples | null>;

  /** Number of samples that were created before this time. */
  totalBefore(series: SampleSeries, beforeMs: number): Promise<number>;

  /** Newest first. */
  page(series: SampleSeries, range: SampleRange): Promise<readonly Sample[]>;

  /** Whose samples there are. */
  livestreamIds(): Promise<readonly string[]>;
}
