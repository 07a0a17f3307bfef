// First answers, kept by Idempotency-Key so that a repeated call gets the same one.

/** An answer is kept this long (§3 of the contract). */
export const ANSWER_KEPT_MS = 24 * 60 * 60 * 1000;

/** `claimed`: this call is the first, and owes a `finish` or a `release`; otherwise the answer that the first was given. */
export type Claim = { state: "claimed" } | { state: "answered"; answer: StoredAnswer };

/** Enough to give an answer again. */
export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface IdempotencyStore {
  /**
   * While the first call is being answered, by whichever process, the others wait for it here; one that its process did not
   * live to answer holds no key.
   */
  claim(route: string, key: string, nowMs: number): Promise<Claim>;

  /** Also an answer that the disk does not take is given again, for as long as the process lives. */
  finish(route: string, key: string, answer: StoredAnswer): Promise<void>;

  /** The first call came to nothing worth repeating: the key is free again. */
  release(route: string, key: string): Promise<void>;
}
