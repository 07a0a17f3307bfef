// First answers, whichever engine keeps them. Who is answering a call now is known to the process: there is one on a database.

import { diskTroubleOf } from "./disk-trouble.ts";
import { ANSWER_KEPT_MS, type Claim, type IdempotencyStore, type StoredAnswer } from "./idempotency-store.ts";

/** The rows, one for each key of a route. */
export interface FirstAnswerRows {
  /** The answer of a claim that is younger than `oldestMs`; null where there is none. */
  answer(route: string, key: string, oldestMs: number): Promise<StoredAnswer | null>;

  /** In place of what is there, without an answer; what is as old as `oldestMs`, or older, is gone. */
  claim(route: string, key: string, nowMs: number, oldestMs: number): Promise<void>;

  finish(route: string, key: string, answer: StoredAnswer): Promise<void>;

  /** The row is gone, unless it has an answer. */
  release(route: string, key: string): Promise<void>;
}

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

/** Memory for answers of a few kilobytes each while the store takes nothing; the oldest give way. */
const MAX_UNSTORED = 1000;

export class FirstAnswers implements IdempotencyStore {
  readonly #rows: FirstAnswerRows;
  /** First calls that are being answered, or about to be. */
  readonly #answering = new Map<string, Answering>();
  /** First answers that the store did not take, oldest first. */
  readonly #unstored = new Map<string, Unstored>();

  /** `rows`: without claims that their process did not live to answer. */
  constructor(rows: FirstAnswerRows) {
    this.#rows = rows;
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
      await this.#rows.finish(route, key, answer);
    } catch (error) {
      if (diskTroubleOf(error) === null) throw error;
      const claimedAtMs = this.#answering.get(idOf(route, key))?.claimedAtMs ?? 0;
      this.#unstored.set(idOf(route, key), { claimedAtMs, answer });
    }
    this.#end(route, key);
  }

  async release(route: string, key: string): Promise<void> {
    try {
      await this.#rows.release(route, key);
    } finally {
      this.#end(route, key);
    }
  }

  /** Null where there is none: then the key is claimed in the store, too. */
  async #firstAnswer(route: string, key: string, nowMs: number): Promise<StoredAnswer | null> {
    this.#forgetUnstored(nowMs);
    const oldestMs = nowMs - ANSWER_KEPT_MS;
    const unstored = this.#unstored.get(idOf(route, key));
    const answer = unstored?.answer ?? (await this.#rows.answer(route, key, oldestMs));
    if (answer === null) await this.#rows.claim(route, key, nowMs, oldestMs);
    return answer;
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
