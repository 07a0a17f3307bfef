// Deliveries in SQLite, as they are written: of what is pending in a lane, the first alone has a next attempt.

import type { Database } from "bun:sqlite";
import type { DeliveryChange, NewDelivery } from "#server/store/delivery-store.ts";
import {
  type Change,
  MAX_ATTEMPTS,
  MAX_KEPT,
  type Place,
  REMOVED_AT_ONCE,
} from "#server/store/rows/delivery-rows.ts";

export class SqliteDeliveryChanges {
  readonly #database: Database;
  readonly #maxKept: number;

  /** `maxKept`: deliveries of one webhook. */
  constructor(database: Database, maxKept = MAX_KEPT) {
    this.#database = database;
    this.#maxKept = maxKept;
  }

  /** Writes all or, when it throws, none; in order. One that is there already stays as it is. */
  append(deliveries: readonly NewDelivery[]): void {
    this.#atOnce(() => {
      for (const delivery of deliveries) this.#append(delivery);
    });
  }

  /** Writes all or, when it throws, none; in order. */
  apply(changes: readonly DeliveryChange[]): void {
    this.#atOnce(() => {
      for (const change of changes) this.#apply(change);
    });
  }

  /** Removes some of a webhook's deliveries; true once there are none. To be called until then. */
  removeSome(webhookId: string): boolean {
    const { changes } = this.#database
      .query(
        `DELETE FROM webhook_deliveries WHERE webhook_id = $webhookId AND number IN
           (SELECT number FROM webhook_deliveries WHERE webhook_id = $webhookId ORDER BY number LIMIT $limit)`,
      )
      .run({ webhookId, limit: REMOVED_AT_ONCE });
    return changes < REMOVED_AT_ONCE;
  }

  /**
   * Removes some of those that were touched last before then, or that are more than are kept, up to the first that is neither,
   * so that what is left is numbered without a gap; true once there are none.
   */
  pruneSome(webhookId: string, beforeRisingMs: number): boolean {
    return this.#atOnce(() => {
      const oldest = this.#oldest(webhookId, beforeRisingMs);
      const kept = oldest.findIndex(({ isOld }) => isOld === 0);
      const gone = kept === -1 ? oldest : oldest.slice(0, kept);
      const last = gone.at(-1);
      if (last === undefined) return true;
      this.#database
        .query("DELETE FROM webhook_deliveries WHERE webhook_id = $webhookId AND number <= $last")
        .run({ webhookId, last: last.number });
      for (const { lane, isFirst } of gone) {
        if (isFirst) this.#promote({ webhookId, lane }, beforeRisingMs);
      }
      return gone.length < REMOVED_AT_ONCE;
    });
  }

  /** As many of its oldest as one transaction removes. */
  #oldest(webhookId: string, beforeRisingMs: number) {
    return this.#database
      .query<
        { number: number; lane: string; isFirst: number; isOld: number },
        { webhookId: string; beforeRisingMs: number; maxKept: number; limit: number }
      >(
        `SELECT number, lane, next_attempt_rising_ms IS NOT NULL AS isFirst,
           touched_rising_ms < $beforeRisingMs OR number <= newest.last - $maxKept AS isOld
         FROM webhook_deliveries,
           (SELECT max(number) AS last FROM webhook_deliveries WHERE webhook_id = $webhookId) AS newest
         WHERE webhook_id = $webhookId ORDER BY number LIMIT $limit`,
      )
      .all({ webhookId, beforeRisingMs, maxKept: this.#maxKept, limit: REMOVED_AT_ONCE });
  }

  #apply(change: DeliveryChange): void {
    switch (change.type) {
      case "append":
        this.#append(change.delivery);
        return;
      case "attempted":
        this.#attempted(change);
        return;
      case "redeliver":
        this.#redeliver(change);
        return;
    }
  }

  #append(delivery: NewDelivery): void {
    this.#database
      .query(
        `INSERT INTO webhook_deliveries (webhook_id, number, id, event_id, lane, type, body, state, failures, attempts,
           next_attempt_rising_ms, touched_rising_ms, created_at_ms)
         VALUES ($webhookId,
           coalesce((SELECT max(number) + 1 FROM webhook_deliveries WHERE webhook_id = $webhookId), 0),
           $id, $eventId, $lane, $type, $body, 'pending', 0, '[]', NULL, $risingMs, $createdAtMs)
         ON CONFLICT (id) DO NOTHING`,
      )
      .run({ ...delivery });
    this.#promote(delivery, delivery.risingMs);
  }

  #attempted({ id, attempt, state, nextAttemptRisingMs, risingMs }: Change<"attempted">): void {
    const place = this.#database
      .query<Place, Record<string, string | number | null>>(
        `UPDATE webhook_deliveries SET
           attempts = json_insert(
             CASE WHEN json_array_length(attempts) < $maxAttempts THEN attempts ELSE json_remove(attempts, '$[0]') END,
             '$[#]', json($attempt)),
           state = $state, failures = failures + ($state <> 'delivered'),
           next_attempt_rising_ms = $nextAttemptRisingMs, touched_rising_ms = $risingMs
         WHERE id = $id RETURNING webhook_id AS webhookId, lane`,
      )
      .get({
        ...{ id, state, nextAttemptRisingMs, risingMs },
        ...{ attempt: JSON.stringify(attempt), maxAttempts: MAX_ATTEMPTS },
      });
    if (place !== null && state !== "pending") this.#promote(place, risingMs);
  }

  #redeliver({ id, risingMs }: Change<"redeliver">): void {
    const place = this.#database
      .query<Place & { state: string }, { id: string }>(
        "SELECT webhook_id AS webhookId, lane, state FROM webhook_deliveries WHERE id = $id",
      )
      .get({ id });
    if (place === null) return;
    const { webhookId, lane, state } = place;
    if (state === "pending") {
      this.#database
        .query(
          `UPDATE webhook_deliveries SET failures = 0, next_attempt_rising_ms = $risingMs
           WHERE webhook_id = $webhookId AND lane = $lane AND state = 'pending' AND next_attempt_rising_ms IS NOT NULL`,
        )
        .run({ webhookId, lane, risingMs });
      return;
    }
    this.#database
      .query(
        `UPDATE webhook_deliveries
         SET state = 'pending', lane = id, failures = 0, next_attempt_rising_ms = $risingMs, touched_rising_ms = $risingMs
         WHERE id = $id`,
      )
      .run({ id, risingMs });
  }

  /** It is the turn of the first of the lane that is pending. */
  #promote({ webhookId, lane }: Place, risingMs: number): void {
    this.#database
      .query(
        `UPDATE webhook_deliveries SET next_attempt_rising_ms = $risingMs
         WHERE webhook_id = $webhookId AND next_attempt_rising_ms IS NULL AND number =
           (SELECT min(number) FROM webhook_deliveries
            WHERE webhook_id = $webhookId AND lane = $lane AND state = 'pending')`,
      )
      .run({ webhookId, lane, risingMs });
  }

  #atOnce<Result>(write: () => Result): Result {
    return this.#database.transaction(write).immediate();
  }
}
