// The middle of many values.

/** The upper of two that are in the middle; not a number where there is no value. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
