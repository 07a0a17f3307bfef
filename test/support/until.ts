// Waiting for a state that nobody announces: asked for again and again, for a bounded time.

import { messageOf } from "#server/common/failure.ts";

const INTERVAL_MS = 50;

/**
 * Resolves with the first answer of `ask` that is neither null, undefined nor false. Throws after `seconds`, saying what
 * was waited for and what `ask` last threw, if it did.
 */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  seconds = 20,
): Promise<Exclude<T, null | undefined | false>> {
  const deadline = performance.now() + seconds * 1000;
  let lastError: unknown = null;
  while (performance.now() < deadline) {
    try {
      const answer = await ask();
      if (isAnswer(answer)) return answer;
    } catch (error) {
      lastError = error;
    }
    await Bun.sleep(INTERVAL_MS);
  }
  const why = lastError === null ? "" : ` At last: ${messageOf(lastError)}`;
  throw new Error(`Waited ${seconds} s in vain for ${what}.${why}`, { cause: lastError });
}

function isAnswer<T>(answer: T): answer is Exclude<T, null | undefined | false> {
  return answer !== null && answer !== undefined && answer !== false;
}
