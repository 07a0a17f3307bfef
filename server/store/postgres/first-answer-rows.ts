// First answers in PostgreSQL.

import type { FirstAnswerRows } from "#server/store/first-answers.ts";
import type { StoredAnswer } from "#server/store/idempotency-store.ts";
import type { PostgresClient } from "./client.ts";

export class PostgresFirstAnswerRows implements FirstAnswerRows {
  readonly #client: PostgresClient;

  constructor(client: PostgresClient) {
    this.#client = client;
  }

  /** A claim that its process did not live to answer is void: to be called before any other. */
  async voidClaims(): Promise<void> {
    await this.#client.run("DELETE FROM idempotency_keys WHERE answer IS NULL");
  }

  async answer(route: string, key: string, oldestMs: number): Promise<StoredAnswer | null> {
    const row = await this.#client.first<{ answer: string | null }>(
      "SELECT answer FROM idempotency_keys WHERE route = $route AND key = $key AND claimed_at_ms > $oldestMs",
      { route, key, oldestMs },
    );
    return row === null || row.answer === null ? null : JSON.parse(row.answer);
  }

  async claim(route: string, key: string, nowMs: number, oldestMs: number): Promise<void> {
    await this.#client.run("DELETE FROM idempotency_keys WHERE claimed_at_ms <= $oldestMs", { oldestMs });
    await this.#client.run(
      `INSERT INTO idempotency_keys (route, key, claimed_at_ms) VALUES ($route, $key, $nowMs)
       ON CONFLICT (route, key) DO UPDATE SET claimed_at_ms = excluded.claimed_at_ms, answer = NULL`,
      { route, key, nowMs },
    );
  }

  async finish(route: string, key: string, answer: StoredAnswer): Promise<void> {
    await this.#client.run(
      "UPDATE idempotency_keys SET answer = $answer WHERE route = $route AND key = $key",
      {
        ...{ route, key, answer: JSON.stringify(answer) },
      },
    );
  }

  async release(route: string, key: string): Promise<void> {
    await this.#client.run(
      "DELETE FROM idempotency_keys WHERE route = $route AND key = $key AND answer IS NULL",
      { route, key },
    );
  }
}
