// First answers, kept by Idempotency-Key so that a repeated call gets the same one.

import type { Database } from "bun:sqlite";

/** An answer is kept this long (§3 of the contract). */
const KEPT_MS = 24 * 60 * 60 * 1000;

/**
 * `claimed`: this call is the first, and owes a `finish` or a `release`; `pending`: the first is still being answered;
 * otherwise the answer that the first was given.
 */
export type Claim = { state: "claimed" } | { state: "pending" } | { state: "answered"; answer: StoredAnswer };

/** Enough to give an answer again. */
export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export class IdempotencyStore {
  readonly #database: Database;

  /** A claim whose call did not live to be answered is void. */
  constructor(database: Database) {
    this.#database = database;
    database.run("DELETE FROM idempotency_keys WHERE answer IS NULL");
  }

  claim(route: string, key: string, nowMs: number): Claim {
    this.#expire(nowMs);
    const inserted = this.#database
      .query(
        "INSERT OR IGNORE INTO idempotency_keys (route, key, claimed_at_ms) VALUES ($route, $key, $nowMs)",
      )
      .run({ route, key, nowMs });
    if (inserted.changes > 0) return { state: "claimed" };
    const answer = this.answerOf(route, key);
    return answer === null ? { state: "pending" } : { state: "answered", answer };
  }

  /** The answer that the first was given, null while there is none. Writes nothing. */
  answerOf(route: string, key: string): StoredAnswer | null {
    const row = this.#database
      .query<{ answer: string | null }, { route: string; key: string }>(
        "SELECT answer FROM idempotency_keys WHERE route = $route AND key = $key",
      )
      .get({ route, key });
    return row === null || row.answer === null ? null : JSON.parse(row.answer);
  }

  finish(route: string, key: string, answer: StoredAnswer): void {
    this.#database
      .query("UPDATE idempotency_keys SET answer = $answer WHERE route = $route AND key = $key")
      .run({ route, key, answer: JSON.stringify(answer) });
  }

  /** The first call came to nothing worth repeating: the key is free again. */
  release(route: string, key: string): void {
    this.#database
      .query("DELETE FROM idempotency_keys WHERE route = $route AND key = $key AND answer IS NULL")
      .run({ route, key });
  }

  #expire(nowMs: number): void {
    this.#database
      .query("DELETE FROM idempotency_keys WHERE claimed_at_ms <= $oldestMs")
      .run({ oldestMs: nowMs - KEPT_MS });
  }
}
