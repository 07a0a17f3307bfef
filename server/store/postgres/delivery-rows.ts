// Deliveries in PostgreSQL, as they are written: of what is pending in a lane, the first alone has a next attempt.

import type { DeliveryAttempt, DeliveryChange, NewDelivery } from "#server/store/delivery-store.ts";
import {
  type Change,
  MAX_ATTEMPTS,
  MAX_KEPT,
  type Place,
  REMOVED_AT_ONCE,
} from "#server/store/rows/delivery-rows.ts";
import type { Queries } from "./queries.ts";

/** In order. One that is there already stays as it is. */
export async function appendDeliveries(queries: Queries, deliveries: readonly NewDelivery[]): Promise<void> {
  for (const delivery of deliveries) await append(queries, delivery);
}

/** In order. */
export async function changeDeliveries(queries: Queries, changes: readonly DeliveryChange[]): Promise<void> {
  for (const change of changes) {
    if (change.type === "append") await append(queries, change.delivery);
    else if (change.type === "attempted") await noteAttempt(queries, change);
    else await redeliver(queries, change);
  }
}

/** Removes some of a webhook's deliveries; true once there are none. To be called until then. */
export async function removeSomeDeliveries(queries: Queries, webhookId: string): Promise<boolean> {
  const removed = await queries.run(
    `DELETE FROM webhook_deliveries WHERE webhook_id = $webhookId AND number IN
       (SELECT number FROM webhook_deliveries WHERE webhook_id = $webhookId ORDER BY number LIMIT $limit)`,
    { webhookId, limit: REMOVED_AT_ONCE },
  );
  return removed < REMOVED_AT_ONCE;
}

/**
 * Removes some of those that were touched last before then, or that are more than are kept, up to the first that is neither,
 * so that what is left is numbered without a gap; true once there are none.
 */
export async function pruneSomeDeliveries(
  queries: Queries,
  webhookId: string,
  beforeRisingMs: number,
): Promise<boolean> {
  const oldest = await queries.all<{ number: number; lane: string; isFirst: boolean; isOld: boolean }>(
    `SELECT number, lane, next_attempt_rising_ms IS NOT NULL AS "isFirst",
       touched_rising_ms < $beforeRisingMs OR number <= newest.last - $maxKept::integer AS "isOld"
     FROM webhook_deliveries,
       (SELECT max(number) AS last FROM webhook_deliveries WHERE webhook_id = $webhookId) AS newest
     WHERE webhook_id = $webhookId ORDER BY number LIMIT $limit`,
    { webhookId, beforeRisingMs, maxKept: MAX_KEPT, limit: REMOVED_AT_ONCE },
  );
  const kept = oldest.findIndex(({ isOld }) => !isOld);
  const gone = kept === -1 ? oldest : oldest.slice(0, kept);
  const last = gone.at(-1);
  if (last === undefined) return true;
  await queries.run("DELETE FROM webhook_deliveries WHERE webhook_id = $webhookId AND number <= $last", {
    webhookId,
    last: last.number,
  });
  for (const { lane, isFirst } of gone) {
    if (isFirst) await promote(queries, { webhookId, lane }, beforeRisingMs);
  }
  return gone.length < REMOVED_AT_ONCE;
}

async function append(queries: Queries, delivery: NewDelivery): Promise<void> {
  await queries.run(
    `INSERT INTO webhook_deliveries (webhook_id, number, id, event_id, lane, type, body, state, failures, attempts,
       next_attempt_rising_ms, touched_rising_ms, created_at_ms)
     VALUES ($webhookId,
       coalesce((SELECT max(number) + 1 FROM webhook_deliveries WHERE webhook_id = $webhookId), 0),
       $id, $eventId, $lane, $type, $body, 'pending', 0, '[]', NULL, $risingMs, $createdAtMs)
     ON CONFLICT (id) DO NOTHING`,
    { ...delivery },
  );
  await promote(queries, delivery, delivery.risingMs);
}

async function noteAttempt(
  queries: Queries,
  { id, attempt, state, nextAttemptRisingMs, risingMs }: Change<"attempted">,
): Promise<void> {
  const before = await queries.first<Place & { attempts: string }>(
    `SELECT webhook_id AS "webhookId", lane, attempts FROM webhook_deliveries WHERE id = $id FOR UPDATE`,
    { id },
  );
  if (before === null) return;
  const attempts: readonly DeliveryAttempt[] = [...JSON.parse(before.attempts), attempt].slice(-MAX_ATTEMPTS);
  await queries.run(
    `UPDATE webhook_deliveries SET attempts = $attempts, state = $state, failures = failures + $failures,
       next_attempt_rising_ms = $nextAttemptRisingMs, touched_rising_ms = $risingMs
     WHERE id = $id`,
    {
      ...{ id, state, nextAttemptRisingMs, risingMs },
      ...{ attempts: JSON.stringify(attempts), failures: state === "delivered" ? 0 : 1 },
    },
  );
  if (state !== "pending") await promote(queries, before, risingMs);
}

async function redeliver(queries: Queries, { id, risingMs }: Change<"redeliver">): Promise<void> {
  const place = await queries.first<Place & { state: string }>(
    `SELECT webhook_id AS "webhookId", lane, state FROM webhook_deliveries WHERE id = $id FOR UPDATE`,
    { id },
  );
  if (place === null) return;
  const { webhookId, lane, state } = place;
  if (state === "pending") {
    await queries.run(
      `UPDATE webhook_deliveries SET failures = 0, next_attempt_rising_ms = $risingMs
       WHERE webhook_id = $webhookId AND lane = $lane AND state = 'pending' AND next_attempt_rising_ms IS NOT NULL`,
      { webhookId, lane, risingMs },
    );
    return;
  }
  await queries.run(
    `UPDATE webhook_deliveries
     SET state = 'pending', lane = id, failures = 0, next_attempt_rising_ms = $risingMs, touched_rising_ms = $risingMs
     WHERE id = $id`,
    { id, risingMs },
  );
}

/** It is the turn of the first of the lane that is pending. */
async function promote(queries: Queries, { webhookId, lane }: Place, risingMs: number): Promise<void> {
  await queries.run(
    `UPDATE webhook_deliveries SET next_attempt_rising_ms = $risingMs
     WHERE webhook_id = $webhookId AND next_attempt_rising_ms IS NULL AND number =
       (SELECT min(number) FROM webhook_deliveries
        WHERE webhook_id = $webhookId AND lane = $lane AND state = 'pending')`,
    { webhookId, lane, risingMs },
  );
}
