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

/** `query`: of the playlist's URL. Null for directives that say nothing, or contradict each other. */
export function parseDeliveryDirectives(query: URLSearchParams): DeliveryDirectives | null {
  const msn = only(query, "_HLS_msn");
  const part = only(query, "_HLS_part");
  const skip = only(query, "_HLS_skip");
  if (!isNumber(msn) || !isNumber(part)) return null;
  if (skip !== undefined && skip !== "YES" && skip !== "v2") return null;
  if (msn === undefined && part !== undefined) return null;
  const target =
    msn === undefined ? null : { msn: Number(msn), part: part === undefined ? null : Number(part) };
  return { target, skips: skip !== undefined };
}

/** Null where it is there more than once; undefined where it is not there. */
function only(query: URLSearchParams, name: string): string | null | undefined {
  const values = query.getAll(name);
  return values.length > 1 ? null : values[0];
}

function isNumber(text: string | null | undefined): text is string | undefined {
  return text === undefined || (text !== null && NUMBER.test(text));
}
