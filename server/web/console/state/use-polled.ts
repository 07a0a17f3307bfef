// Asks for something again and again while the page is looked at, and keeps the last answer while none comes.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { TandemRefusal } from "#openapi/client.ts";

export interface Polled<Value> {
  /** Null before the first answer. */
  readonly value: Value | null;
  /** What the server refused it with; null while it answers, or does not answer at all. */
  readonly refusal: TandemRefusal | null;
  /** Asks now. */
  refresh(): void;
}

/** `key` names what is asked for: another key is another question, whose answer is waited for anew. */
export function usePolled<Value>(
  key: string,
  ask: (signal: AbortSignal) => Promise<Value>,
  everyMs: number,
): Polled<Value> {
  const [answer, setAnswer] = useState<{ key: string; value: Value } | null>(null);
  const [refusal, setRefusal] = useState<TandemRefusal | null>(null);
  const [round, setRound] = useState(0);
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const next = async () => {
      try {
        if (!document.hidden) {
          const value = await latest.current(abort.signal);
          if (abort.signal.aborted) return;
          setAnswer({ key, value });
          setRefusal(null);
        }
      } catch (error) {
        if (abort.signal.aborted) return;
        if (error instanceof TandemRefusal) setRefusal(error);
      }
      timer = setTimeout(() => void next(), everyMs);
    };
    const onVisible = () => {
      if (document.hidden) return;
      clearTimeout(timer);
      void next();
    };
    document.addEventListener("visibilitychange", onVisible);
    void next();
    return () => {
      abort.abort();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onVisible);
    };
  }, [key, everyMs, round]);
  const refresh = useCallback(() => setRound((each) => each + 1), []);
  return { value: answer?.key === key ? answer.value : null, refusal, refresh };
}
