// Cuts the open segment into parts: where frames end if that is within what was promised, else where that says.

import type { OpenSegment } from "./open-segment.ts";
import { PartRule, type PartRuleOptions } from "./part-rule.ts";
import type { RenditionWriter } from "./rendition-writer.ts";
import type { SampleQueue } from "./sample-queue.ts";
import type { Cut } from "./segment.ts";

export class PartCutter {
  readonly #rule: PartRule;
  #writers: readonly RenditionWriter[] = [];
  #lead: SampleQueue | null = null;

  constructor(options: PartRuleOptions) {
    this.#rule = new PartRule(options);
  }

  /** PART-TARGET; null while it is not chosen, and where there are no parts. */
  get targetSeconds(): number | null {
    return this.#rule.targetSeconds;
  }

  /** `lead`: whose frames decide. */
  setWriters(writers: readonly RenditionWriter[], lead: SampleQueue | null): void {
    this.#writers = writers;
    this.#lead = lead;
  }

  /** The target is chosen now, if it is not yet. */
  chooseTarget(frameSeconds: number): void {
    this.#rule.chooseNow(frameSeconds);
  }

  /** A frame begins at `seconds`: the open part ends here, if it would be too long with it, or has ended before it. */
  cutBefore(seconds: number, frameSeconds: number): readonly Cut[] {
    this.#rule.choose(this.#sincePart(seconds), frameSeconds);
    const cuts: Cut[] = [];
    while (this.#rule.exceeds(this.#sincePart(seconds))) cuts.push(...this.#endFullPart());
    const partSeconds = this.#sincePart(seconds);
    const isOver = this.#rule.isFull(partSeconds) && this.#rule.exceeds(partSeconds + frameSeconds);
    const isEmpty = this.#writers.every(({ queues }) => queues.every(({ length }) => length === 0));
    if (isOver && !isEmpty) cuts.push(...this.#end(seconds));
    return cuts;
  }

  /** The frame that begins at `heldSeconds` ends at `seconds`, later than was expected: the part ends before it after all. */
  cutBeforeHeld(heldSeconds: number, seconds: number): readonly Cut[] {
    const isOver = this.#rule.exceeds(this.#sincePart(seconds));
    return isOver && this.#rule.isFull(this.#sincePart(heldSeconds)) ? this.#end(heldSeconds) : [];
  }

  /** The segment ends at `endSeconds`. */
  finish(endSeconds: number): readonly Cut[] {
    const cuts: Cut[] = [];
    while (this.#rule.exceeds(this.#sincePart(endSeconds))) cuts.push(...this.#endBeforeLast(endSeconds));
    const isSoundOfTheNext = this.#sincePart(endSeconds) <= 0 && this.#lead?.length === 0;
    if (!isSoundOfTheNext || this.#segment?.partCount === 0) cuts.push(...this.#end(endSeconds));
    return cuts;
  }

  /** The first rendition's: the others begin and end with it. */
  get #segment(): OpenSegment | null {
    return this.#writers[0]?.segment ?? null;
  }

  /** A part has the frames that begin in it, however long the last of them lasts: what follows may be sound alone, or nothing. */
  #endFullPart(): readonly Cut[] {
    const seconds = (this.#segment?.partStartSeconds ?? 0) + (this.#rule.targetSeconds ?? 0);
    return this.#end(seconds, seconds);
  }

  /** The last part gets a frame, too, where there are two of them. */
  #endBeforeLast(endSeconds: number): readonly Cut[] {
    const { leastSeconds, targetSeconds } = this.#rule;
    const lastSeconds = this.#lead?.lastSeconds ?? null;
    const isLastButOne = !this.#rule.exceeds(this.#sincePart(endSeconds) - (targetSeconds ?? 0));
    if (lastSeconds === null || (this.#lead?.length ?? 0) < 2 || !isLastButOne) return this.#endFullPart();
    const partSeconds = Math.max(leastSeconds, Math.min(targetSeconds ?? 0, this.#sincePart(lastSeconds)));
    return this.#end(endSeconds - this.#sincePart(endSeconds) + partSeconds, lastSeconds);
  }

  #end(endSeconds: number, beforeSeconds?: number): readonly Cut[] {
    return this.#writers.flatMap((writer) => writer.endPart(endSeconds, beforeSeconds));
  }

  /** Of programme time, since the open part began. */
  #sincePart(seconds: number): number {
    return seconds - (this.#segment?.partStartSeconds ?? seconds);
  }
}
