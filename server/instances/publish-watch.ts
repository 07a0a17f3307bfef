// Watches what a publish sends while it is active: tells of its faults and its advice as they begin and end, and of changes of its format.

import { HEALTH } from "./health.ts";
import type { Publish } from "./publish.ts";
import { type Moment, type SpellChange, Spells } from "./spells.ts";

/** It is judged by whole seconds; silence, which a switch follows, is seen at once. */
const JUDGED_EVERY_MS = 1000;

/** A fault that comes and goes from one second to the next is one. */
const FAULT_GOES_AFTER_MS = 3000;

export interface FaultChange extends Omit<SpellChange, "name"> {
  readonly fault: string;
  /** Of the publish now; null when it is not active any more. */
  readonly score: number | null;
}

export interface AdviceChange extends Omit<SpellChange, "name"> {
  /** The sentence, as it was at the beginning. */
  readonly advice: string;
}

export interface PublishWatchReports {
  /** Where the recording is by now; null where there is none. */
  positionSeconds(): number | null;
  fault(change: FaultChange): void;
  advice(change: AdviceChange): void;
  /** A track came or changed. */
  formatChanged(publish: Publish): void;
}

export class PublishWatch {
  readonly #publish: Publish;
  readonly #reports: PublishWatchReports;
  readonly #faults = new Spells(FAULT_GOES_AFTER_MS);
  /** Advice is given for as long as it lasts already. */
  readonly #advice = new Spells(0);
  readonly #sentences = new Map<string, string>();
  #format: string;
  #judgedAtMs: number;
  #isSilent = false;

  /** From the time on at which it became active. */
  constructor(publish: Publish, reports: PublishWatchReports, nowMs: number) {
    this.#publish = publish;
    this.#reports = reports;
    this.#format = formatOf(publish);
    this.#judgedAtMs = nowMs;
  }

  /** Called several times a second. */
  tick(nowMs: number): void {
    const isSilent = this.#publish.mediaAgeMs(nowMs) >= HEALTH.silentMs;
    if (isSilent === this.#isSilent && nowMs - this.#judgedAtMs < JUDGED_EVERY_MS) return;
    this.#isSilent = isSilent;
    this.#judgedAtMs = nowMs;
    const { score, faults } = this.#publish.judge(nowMs);
    // Where nothing comes, that all the rest is missing is not news.
    const told = isSilent ? faults.filter((fault) => fault === "silent" || this.#faults.has(fault)) : faults;
    const now = this.#moment(nowMs);
    this.#tellFaults(this.#faults.observe(told, now), score);
    const given = this.#publish.adviceByKind;
    for (const [kind, sentence] of given) if (!this.#sentences.has(kind)) this.#sentences.set(kind, sentence);
    this.#tellAdvice(this.#advice.observe(given.keys(), now));
  }

  /** A track was set. */
  trackSet(): void {
    const format = formatOf(this.#publish);
    if (format === this.#format) return;
    this.#format = format;
    this.#reports.formatChanged(this.#publish);
  }

  /** The publish is not active any more. */
  end(nowMs: number): void {
    this.#tellFaults(this.#faults.end(this.#moment(nowMs)), null);
  }

  #moment(atMs: number): Moment {
    return { atMs, positionSeconds: this.#reports.positionSeconds() };
  }

  /** Silence has lasted for a while when it is seen, which is part of it. */
  #tellFaults(changes: readonly SpellChange[], score: number | null): void {
    for (const { name: fault, lastedMs, ...change } of changes) {
      const unseenMs = fault === "silent" ? HEALTH.silentMs : 0;
      this.#reports.fault({
        ...{ fault, score, ...change },
        lastedMs: lastedMs === null ? null : lastedMs + unseenMs,
      });
    }
  }

  #tellAdvice(changes: readonly SpellChange[]): void {
    for (const { name, ...change } of changes) {
      this.#reports.advice({ advice: this.#sentences.get(name) ?? name, ...change });
      if (change.state === "ended") this.#sentences.delete(name);
    }
  }
}

/** What is told of its tracks, to be compared. */
function formatOf({ tracks }: Publish): string {
  const formats = tracks.map(({ id, configuration }) =>
    "width" in configuration
      ? [id, configuration.codec, configuration.width, configuration.height]
      : [id, configuration.codec, configuration.sampleRate, configuration.channels],
  );
  return JSON.stringify(formats);
}
