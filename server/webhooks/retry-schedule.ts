// How long a delivery that failed waits until it is tried again, and when it is given up.

import { WEBHOOK_TEST_TYPE } from "#openapi/names.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** After the first failure, after the second, and so on. */
const DELAYS_MS: readonly number[] = [
  ...[5 * SECOND_MS, 30 * SECOND_MS],
  ...[2 * MINUTE_MS, 10 * MINUTE_MS],
  ...[HOUR_MS, 6 * HOUR_MS, 24 * HOUR_MS],
];

/** `failures`: by now, 1 after the first. Null where it is given up: a test at once, since somebody waits for what comes of it. */
export function retryDelayMs(type: string, failures: number): number | null {
  return type === WEBHOOK_TEST_TYPE ? null : (DELAYS_MS[failures - 1] ?? null);
}
