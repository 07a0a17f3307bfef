// First answers in SQLite. Who is answering a call now is known to the process: there is one on a database.

import type { Database } from "bun:sqlite";
import { diskTroubleOf } from "#server/store/disk-trouble.ts";
import {
  ANSWER_KEPT_MS,
  type Claim,
  type IdempotencyStore,
  type StoredAnswer,
} from "#server/store/idempotency-store.ts";

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

/** Memory for answers of a few kilobytes each while a disk takes nothing; the oldest give way. */
const MAX_UNSTORED = 1000;

export class SqliteIdempotencyStore implements IdempotencyStore {
  readonly #database: Database;
  /** First calls that are being answered. */
  readonly #answering = new Map<string, Answering>();
  /** First answers that the disk did not take, oldest first. */
  readonly #unstored = new Map<string, Unstored>();

  /** A claim that its process did not live to answer is void. */
  constructor(database: Database) {
    this.#database = database;
    database.run("DELETE FROM idempotency_keys WHERE answer IS NULL");
  }

  async claim(route: string, key: string, nowMs: number): Promise<Claim> {
    for (;;) {
      const first = this.#answering.get(idOf(route, key));
      if (first === undefined) break;
      await first.over;
    }
    this.#forgetUnstored(nowMs);
    const answer = this.#unstored.get(idOf(route, key))?.answer ?? this.#answer(route, key, nowMs);
    if (answer !== null) return { state: "answered", answer };
    this.#expire(nowMs);
    this.#database
      .query(
        "INSERT OR REPLACE INTO idempotency_keys (route, key, claimed_at_ms) VALUES ($route, $key, $nowMs)",
      )
      .run({ route, key, nowMs });
    const { promise: over, resolve: end } = Promise.withResolvers<void>();
    this.#answering.set(idOf(route, key), { claimedAtMs: nowMs, over, end });
    return { state: "claimed" };
  }

  async finish(route: string, key: string, answer: StoredAnswer): Promise<void> {
    try {
      this.#database
        .query("UPDATE idempotency_keys SET answer = $answer WHERE route = $route AND key = $key")
        .run({ route, key, answer: JSON.stringify(answer) });
    } catch (error) {
      if (diskTroubleOf(error) === null) throw error;
      const claimedAtMs = this.#answering.get(idOf(route, key))?.claimedAtMs ?? 0;
      this.#unstored.set(idOf(route, key), { claimedAtMs, answer });
    }
    this.#end(route, key);
  }

  async release(route: string, key: string): Promise<void> {
    try {
      this.#database
        .query("DELETE FROM idempotency_keys WHERE route = $route AND key = $key AND answer IS NULL")
        .run({ route, key });
    } finally {
      this.#end(route, key);
    }
  }

  #answer(route: string, key: string, nowMs: number): StoredAnswer | null {
    const row = this.#database
      .query<{ answer: string | null }, { route: string; key: string; oldestMs: number }>(
        "SELECT answer FROM idempotency_keys WHERE route = $route AND key = $key AND claimed_at_ms > $oldestMs",
      )
      .get({ route, key, oldestMs: nowMs - ANSWER_KEPT_MS });
    return row === null || row.answer === null ? null : JSON.parse(row.answer);
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

  #expire(nowMs: number): void {
    this.#database
      .query("DELETE FROM idempotency_keys WHERE claimed_at_ms <= $oldestMs")
      .run({ oldestMs: nowMs - ANSWER_KEPT_MS });
  }
}

function idOf(route: string, key: string): string {
  return `${route} ${key}`;
}
