// First answers in SQLite.

import type { Database } from "bun:sqlite";
import type { FirstAnswerRows } from "#server/store/first-answers.ts";
import type { StoredAnswer } from "#server/store/idempotency-store.ts";

export class SqliteFirstAnswerRows implements FirstAnswerRows {
  readonly #database: Database;

  /** A claim that its process did not live to answer is void. */
  constructor(database: Database) {
    this.#database = database;
    database.run("DELETE FROM idempotency_keys WHERE answer IS NULL");
  }

  async answer(route: string, key: string, oldestMs: number): Promise<StoredAnswer | null> {
    const row = this.#database
      .query<{ answer: string | null }, { route: string; key: string; oldestMs: number }>(
        "SELECT answer FROM idempotency_keys WHERE route = $route AND key = $key AND claimed_at_ms > $oldestMs",
      )
      .get({ route, key, oldestMs });
    return row === null || row.answer === null ? null : JSON.parse(row.answer);
  }

  async claim(route: string, key: string, nowMs: number, oldestMs: number): Promise<void> {
    this.#database.query("DELETE FROM idempotency_keys WHERE claimed_at_ms <= $oldestMs").run({ oldestMs });
    this.#database
      .query(
        "INSERT OR REPLACE INTO idempotency_keys (route, key, claimed_at_ms) VALUES ($route, $key, $nowMs)",
      )
      .run({ route, key, nowMs });
  }

  async finish(route: string, key: string, answer: StoredAnswer): Promise<void> {
    this.#database
      .query("UPDATE idempotency_keys SET answer = $answer WHERE route = $route AND key = $key")
      .run({ route, key, answer: JSON.stringify(answer) });
  }

  async release(route: string, key: string): Promise<void> {
    this.#database
      .query("DELETE FROM idempotency_keys WHERE route = $route AND key = $key AND answer IS NULL")
      .run({ route, key });
  }
}
