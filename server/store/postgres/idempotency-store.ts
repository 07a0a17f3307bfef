// First answers in PostgreSQL. Who is answering a call now is known to the process: there is one on a database.

import { diskTroubleOf } from "#server/store/disk-trouble.ts";
import {
  ANSWER_KEPT_MS,
  type Claim,
  type IdempotencyStore,
  type StoredAnswer,
} from "#server/store/idempotency-store.ts";
import type { PostgresClient } from "./client.ts";

interface Answering {
  readonly claimedAtMs: number;
  /** Resolves when the first call has its answer, or has come to nothing. */
  readonly over: Promise<void>;
  readonly end: () => void;
}

interface Unstored {
  readonly claimedAtMs: number;
  readonly answer: StoredAnswer;
}

/** Memory for answers of a few kilobytes each while the database is away; the oldest give way. */
const MAX_UNSTORED = 1000;

export class PostgresIdempotencyStore implements IdempotencyStore {
  readonly #client: PostgresClient;
  /** First calls that are being answered, or about to be. */
  readonly #answering = new Map<string, Answering>();
  /** First answers that the database did not take, oldest first. */
  readonly #unstored = new Map<string, Unstored>();

  constructor(client: PostgresClient) {
    this.#client = client;
  }

  /** A claim that its process did not live to answer is void: to be called before any other. */
  async voidClaims(): Promise<void> {
    await this.#client.run("DELETE FROM idempotency_keys WHERE answer IS NULL");
  }

  async claim(route: string, key: string, nowMs: number): Promise<Claim> {
    for (;;) {
      const first = this.#answering.get(idOf(route, key));
      if (first === undefined) break;
      await first.over;
    }
    const { promise: over, resolve: end } = Promise.withResolvers<void>();
    this.#answering.set(idOf(route, key), { claimedAtMs: nowMs, over, end });
    try {
      const answer = await this.#firstAnswer(route, key, nowMs);
      if (answer === null) return { state: "claimed" };
      this.#end(route, key);
      return { state: "answered", answer };
    } catch (error) {
      this.#end(route, key);
      throw error;
    }
  }

  async finish(route: string, key: string, answer: StoredAnswer): Promise<void> {
    try {
      await this.#client.run(
        "UPDATE idempotency_keys SET answer = $answer WHERE route = $route AND key = $key",
        { route, key, answer: JSON.stringify(answer) },
      );
    } catch (error) {
      if (diskTroubleOf(error) === null) throw error;
      const claimedAtMs = this.#answering.get(idOf(route, key))?.claimedAtMs ?? 0;
      this.#unstored.set(idOf(route, key), { claimedAtMs, answer });
    }
    this.#end(route, key);
  }

  async release(route: string, key: string): Promise<void> {
    try {
      await this.#client.run(
        "DELETE FROM idempotency_keys WHERE route = $route AND key = $key AND answer IS NULL",
        { route, key },
      );
    } finally {
      this.#end(route, key);
    }
  }

  /** Null where there is none: then the key is claimed in the database, too. */
  async #firstAnswer(route: string, key: string, nowMs: number): Promise<StoredAnswer | null> {
    this.#forgetUnstored(nowMs);
    const unstored = this.#unstored.get(idOf(route, key));
    if (unstored !== undefined) return unstored.answer;
    const oldestMs = nowMs - ANSWER_KEPT_MS;
    const row = await this.#client.first<{ answer: string | null }>(
      "SELECT answer FROM idempotency_keys WHERE route = $route AND key = $key AND claimed_at_ms > $oldestMs",
      { route, key, oldestMs },
    );
    if (row !== null && row.answer !== null) return JSON.parse(row.answer);
    await this.#client.run("DELETE FROM idempotency_keys WHERE claimed_at_ms <= $oldestMs", { oldestMs });
    await this.#client.run(
      `INSERT INTO idempotency_keys (route, key, claimed_at_ms) VALUES ($route, $key, $nowMs)
       ON CONFLICT (route, key) DO UPDATE SET claimed_at_ms = excluded.claimed_at_ms, answer = NULL`,
      { route, key, nowMs },
    );
    return null;
  }

  #end(route: string, key: string): void {
    this.#answering.get(idOf(route, key))?.end();
    this.#answering.delete(idOf(route, key));
  }

  #forgetUnstored(nowMs: number): void {
    for (const [id, { claimedAtMs }] of this.#unstored) {
      if (this.#unstored.size <= MAX_UNSTORED && claimedAtMs > nowMs - ANSWER_KEPT_MS) return;
      this.#unstored.delete(id);
    }
  }
}

function idOf(route: string, key: string): string {
  return `${route} ${key}`;
}
