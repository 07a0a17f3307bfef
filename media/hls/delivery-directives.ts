// What a player asks of a live playlist beside its name (rfc8216bis §6.2.5).

import type { ReloadTarget } from "./edge-parts.ts";

export interface DeliveryDirectives {
  /** What the playlist must have before it is an answer; null where it is answered as it is. */
  readonly target: ReloadTarget | null;
  /** What the player has may be left out. */
  readonly skips: boolean;
}

/** Every number has one way to be written, and stays a safe integer. */
const NUMBER = /^(?:0|[1-9]\d{0,14})$/;

/** `valuesOf`: of a parameter of the playlist's URL. Null for directives that say nothing, or contradict each other. */
export function parseDeliveryDirectives(
  valuesOf: (parameter: string) => readonly string[],
): DeliveryDirectives | null {
  const [msns, parts, skips] = ["_HLS_msn", "_HLS_part", "_HLS_skip"].map(valuesOf);
  const [msn, part, skip] = [msns?.[0], parts?.[0], skips?.[0]];
  if ([msns, parts, skips].some((values) => (values?.length ?? 0) > 1)) return null;
  if (![msn, part].every((text) => text === undefined || NUMBER.test(text))) return null;
  if (skip !== undefined && skip !== "YES" && skip !== "v2") return null;
  if (msn === undefined && part !== undefined) return null;
  const target =
    msn === undefined ? null : { msn: Number(msn), part: part === undefined ? null : Number(part) };
  return { target, skips: skip !== undefined };
}
