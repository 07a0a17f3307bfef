// Who acts on a livestream when: decisions on one are made one after another, and what follows from them happens in the same order.

import type { Turns } from "#server/store/turns.ts";

export class LivestreamTurns {
  readonly #turns: Turns;

  constructor(turns: Turns) {
    this.#turns = turns;
  }

  /**
   * Reads, decides, writes and tells: nothing of it lies between two steps of another decision. It is short: effects that
   * follow are asked for here, so that they take their turns in the order of the decisions, and are waited for outside.
   */
  decide<Result>(livestreamId: string, work: () => Promise<Result>): Promise<Result> {
    return this.#turns.run(`decision on ${livestreamId}`, work);
  }

  /**
   * A decision with an effect that follows from it. The effect is asked for within `work`, so that effects come in the order of
   * the decisions, and is waited for once the decision is over, so that the next one is not held up: a publish whose disk is
   * slow lets a stop be decided, whose effect comes after it.
   */
  async decideThen<Decision>(
    livestreamId: string,
    work: () => Promise<{ readonly decision: Decision; readonly effect: Promise<void> | null }>,
  ): Promise<Decision> {
    const { decision, effect } = await this.decide(livestreamId, async () => {
      const decided = await work();
      decided.effect?.catch(() => undefined); // Whoever waits below is told.
      return decided;
    });
    await effect;
    return decision;
  }

  /** What takes its time with a livestream's playout, its files or what is noted of both; a decision may be made in it. */
  effect<Result>(livestreamId: string, work: () => Promise<Result>): Promise<Result> {
    return this.#turns.run(`effect on ${livestreamId}`, work);
  }

  /** Resolves once nothing is running or waiting. */
  settled(): Promise<void> {
    return this.#turns.settled();
  }
}
