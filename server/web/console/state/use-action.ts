// Something the operator wants done: at most one at a time, and how it went is said.

import { useState } from "preact/hooks";
import { useConsole } from "#server/web/console/console-context.ts";
import { refusalText } from "#server/web/console/words/refusals.ts";

export interface Action {
  readonly isBusy: boolean;
  /** Why the last one could not be done: for a form that stays open over the page. */
  readonly problem: string | null;
  /**
   * `what` as it follows "could not": `publish it`. `done`: what is said when it went well, null = nothing. Resolves to null
   * where it did not.
   */
  run<Result>(what: string, work: () => Promise<Result>, done: string | null): Promise<Result | null>;
}

/** `after`: also when it was refused, for then something is not as the page shows it. */
export function useAction(after: () => void = () => undefined): Action {
  const { tell } = useConsole();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  return {
    isBusy,
    problem,
    run: async (what, work, done) => {
      setBusy(true);
      setProblem(null);
      try {
        const result = await work();
        if (done !== null) tell("well", done);
        return result;
      } catch (error) {
        const text = refusalText(error, what);
        setProblem(text);
        tell("bad", text);
        return null;
      } finally {
        setBusy(false);
        after();
      }
    },
  };
}
