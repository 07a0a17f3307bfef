// What the process says to its operator: one JSON object a line, and no line more often than anybody can read it.

import type { Clock } from "./clock.ts";

/** In rising order of weight. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** Never a secret: tokens and stream keys are not passed to a log. */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

export interface LogOptions {
  /** Lighter lines are left out. */
  readonly level: LogLevel;
  /** Takes a line with its line feed. */
  readonly write: (line: string) => void;
  readonly clock: Pick<Clock, "monotonicMs" | "dateMs">;
}

/** One bad encoder must not fill a disk: the same warning of the same livestream is written this often a period. */
const MAX_REPEATS = 10;
const REPEAT_PERIOD_MS = 60_000;

/** How many different warnings are told apart in one period; beyond this, those of one event share a count. */
const MAX_SUBJECTS = 1000;

interface Repeats {
  readonly event: string;
  written: number;
  suppressed: number;
}

export function createLog(options: LogOptions): Log {
  const lines = new LogLines(options);
  const at =
    (level: LogLevel) =>
    (event: string, fields?: LogFields): void =>
      lines.add(level, event, fields);
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

class LogLines {
  readonly #options: LogOptions;
  readonly #lightest: number;
  readonly #repeats = new Map<string, Repeats>();
  #periodEndsAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: LogOptions) {
    this.#options = options;
    this.#lightest = LOG_LEVELS.indexOf(options.level);
  }

  add(level: LogLevel, event: string, fields: LogFields = {}): void {
    if (LOG_LEVELS.indexOf(level) < this.#lightest) return;
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs >= this.#periodEndsAtMs) this.#beginPeriod(nowMs);
    if (level === "warn" || level === "error") {
      const repeats = this.#repeatsOf(event, fields);
      if (repeats.written === MAX_REPEATS) {
        repeats.suppressed += 1;
        return;
      }
      repeats.written += 1;
    }
    this.#write(level, event, fields);
  }

  #beginPeriod(nowMs: number): void {
    const ended = [...this.#repeats.values()];
    this.#repeats.clear();
    this.#periodEndsAtMs = nowMs + REPEAT_PERIOD_MS;
    for (const { event, suppressed } of ended) {
      if (suppressed > 0) this.#write("warn", "repeats_suppressed", { of: event, count: suppressed });
    }
  }

  /** Figures and sentences differ from line to line; whom a line is about does not. */
  #repeatsOf(event: string, { livestreamId = "", instance = "" }: LogFields): Repeats {
    const subject = this.#repeats.size < MAX_SUBJECTS ? `${event} ${livestreamId} ${instance}` : event;
    const repeats = this.#repeats.get(subject) ?? { event, written: 0, suppressed: 0 };
    this.#repeats.set(subject, repeats);
    return repeats;
  }

  #write(level: LogLevel, event: string, fields: LogFields): void {
    const atUtc = new Date(this.#options.clock.dateMs()).toISOString();
    this.#options.write(`${JSON.stringify({ atUtc, level, event, ...fields })}\n`);
  }
}
