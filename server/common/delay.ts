// Waiting that ends with whoever waits.

import { setTimeout as after } from "node:timers/promises";

/** Resolves after this long, or as soon as the signal is aborted. */
export type Delay = (milliseconds: number, signal: AbortSignal) => Promise<void>;

/** Keeps no process alive. */
export async function delay(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await after(milliseconds, undefined, { signal, ref: false });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
