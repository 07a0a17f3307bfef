// The samples of both instances over the whole event, as a chart wants them: a row of times, and one of values for each line.

import type { Instance, Sample } from "#openapi/client.ts";

/** Of one instance, oldest first. */
export type Samples = readonly Sample[];

/** More are not kept: at one every ten seconds, two days. */
export const MOST_SAMPLES = 20_000;

/** `newer`: newest first, as the API gives them, from now back to what is known or further. */
export function withNewer(known: Samples, newer: readonly Sample[]): Samples {
  const last = known.at(-1)?.createdAtUtc ?? "";
  const added = newer.filter(({ createdAtUtc }) => createdAtUtc > last).reverse();
  return added.length === 0 ? known : [...known, ...added].slice(-MOST_SAMPLES);
}

type Values = (number | null)[];

export interface ChartRows {
  /** Seconds since 1970. */
  readonly times: number[];
  readonly viewers: Readonly<Record<Instance, Values>>;
  readonly kbps: Readonly<Record<Instance, Values>>;
}

/** A time that only one of them has leaves a gap in the other. */
export function chartRows(primary: Samples, secondary: Samples): ChartRows {
  const seconds = new Set([...primary, ...secondary].map(secondOf));
  const times = [...seconds].sort((one, other) => one - other);
  const rowOf = new Map(times.map((time, row) => [time, row]));
  const column = (samples: Samples, pick: (sample: Sample) => number | null): Values => {
    const values: Values = Array.from({ length: times.length }, () => null);
    for (const sample of samples) {
      const row = rowOf.get(secondOf(sample));
      if (row !== undefined) values[row] = pick(sample);
    }
    return values;
  };
  const both = (pick: (sample: Sample) => number | null) => ({
    primary: column(primary, pick),
    secondary: column(secondary, pick),
  });
  return { times, viewers: both(({ hlsConnections }) => hlsConnections), kbps: both(kbpsOf) };
}

function secondOf({ createdAtUtc }: Sample): number {
  return Math.round(Date.parse(createdAtUtc) / 1000);
}

function kbpsOf({ ingestActive, videoBitrateKbps, audioBitrateKbps }: Sample): number | null {
  return ingestActive ? (videoBitrateKbps ?? 0) + (audioBitrateKbps ?? 0) : null;
}
