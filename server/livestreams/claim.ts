// Whether a livestream may be changed is decided by its lifecycle, and written only onto what was decided on.

import type { LivestreamStatus } from "#openapi/names.ts";
import type { LivestreamRow } from "#server/store/livestream-store.ts";
import {
  type Action,
  allowedActions,
  type Decided,
  outcomeOf,
  type RefusalCode,
  type Situation,
  situationOf,
} from "./lifecycle.ts";

/** What a decision is made on. */
export interface Deciding {
  readonly livestreams: { find(id: string): Promise<LivestreamRow | null> };
  readonly playouts: { hasActiveIngest(id: string): boolean };
}

export type Decision = { ok: true; row: LivestreamRow; situation: Situation } | Refused;

/** `row` as it is after the write, `before` as it was decided on. */
export type Claim = { ok: true; before: LivestreamRow; row: LivestreamRow } | Refused;

export interface Refused {
  readonly ok: false;
  readonly refusal: Refusal;
}

export type Refusal =
  | { readonly code: "not_found" }
  | {
      readonly code: RefusalCode;
      readonly currentStatus: LivestreamStatus;
      readonly allowedActions: readonly Action[];
      /** With `converted_to_media`. */
      readonly mediaId?: string;
    };

/** Whether the lifecycle allows this to be done now. */
export async function decide(
  deciding: Deciding,
  id: string,
  actionOn: (row: LivestreamRow) => Decided,
): Promise<Decision> {
  const row = await deciding.livestreams.find(id);
  if (row === null) return { ok: false, refusal: { code: "not_found" } };
  const situation = situationOf(row.status, deciding.playouts.hasActiveIngest(id));
  const outcome = outcomeOf(actionOn(row), situation);
  return "refused" in outcome ? refused(outcome.refused, row, situation) : { ok: true, row, situation };
}

/**
 * Decides by the lifecycle and then writes what was decided, if the status is still the one it was decided on;
 * else somebody else was first, and the decision is made again on what they left.
 *
 * @param write a compare-and-set on the status of the row: false, and nothing written, when it is another one by now.
 */
export async function claim(
  deciding: Deciding,
  id: string,
  actionOn: (row: LivestreamRow) => Decided,
  write: (row: LivestreamRow) => Promise<boolean>,
): Promise<Claim> {
  for (;;) {
    const decision = await decide(deciding, id, actionOn);
    if (!decision.ok) return decision;
    const before = decision.row;
    if (await write(before)) {
      return { ok: true, before, row: (await deciding.livestreams.find(id)) ?? before };
    }
  }
}

export function refused(code: RefusalCode, row: LivestreamRow, situation: Situation): Refused {
  const facts = { code, currentStatus: row.status, allowedActions: allowedActions(situation) };
  const isMedia = row.mediaId !== null && code === "converted_to_media";
  return { ok: false, refusal: isMedia ? { ...facts, mediaId: row.mediaId } : facts };
}
