// Answers of the database that are asked for again and again, kept for a moment: until this process, the only one that writes,
// begins or ends a write of anything.

/** Somebody may have changed a row by hand. */
const KEPT_MS = 1000;

const MAX_ANSWERS = 1000;

interface Kept<Answer> {
  readonly answer: Promise<Answer>;
  readonly writes: number;
  readonly askedAtMs: number;
}

export interface KeptAnswersOptions {
  /** So many writes have begun or ended. */
  readonly writes: () => number;
  readonly monotonicMs?: () => number;
}

export class KeptAnswers<Answer> {
  readonly #writes: () => number;
  readonly #monotonicMs: () => number;
  /** By question, the one that was asked first first. */
  readonly #kept = new Map<string, Kept<Answer>>();

  constructor({ writes, monotonicMs = () => performance.now() }: KeptAnswersOptions) {
    this.#writes = writes;
    this.#monotonicMs = monotonicMs;
  }

  /** Who asks while it is being asked for waits for the same answer; a failure is not kept. */
  async get(question: string, ask: () => Promise<Answer>): Promise<Answer> {
    const [writes, askedAtMs] = [this.#writes(), this.#monotonicMs()];
    const kept = this.#kept.get(question);
    if (kept !== undefined && kept.writes === writes && askedAtMs - kept.askedAtMs < KEPT_MS)
      return kept.answer;
    const answer = ask();
    this.#keep(question, { answer, writes, askedAtMs });
    try {
      return await answer;
    } catch (error) {
      if (this.#kept.get(question)?.answer === answer) this.#kept.delete(question);
      throw error;
    }
  }

  #keep(question: string, kept: Kept<Answer>): void {
    this.#kept.delete(question);
    this.#kept.set(question, kept);
    if (this.#kept.size <= MAX_ANSWERS) return;
    for (const [oldest] of this.#kept) {
      this.#kept.delete(oldest);
      return;
    }
  }
}
