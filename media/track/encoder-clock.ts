// Unwraps an encoder's clock, which starts over when its bits are used up.

import type { SourceClock } from "./source-clock.ts";

export class EncoderClock {
  readonly #clock: SourceClock;
  /** The last value trusted, in ticks: as sent, and unwrapped. */
  #sent: number;
  #unwrapped: number;
  /** How many values the clock has, by the greatest one trusted: the least number that includes it. */
  #wrap: number;

  /** Begins at a value that stands for itself. */
  constructor(clock: SourceClock, sent: number) {
    this.#clock = clock;
    this.#sent = sent;
    this.#unwrapped = sent;
    this.#wrap = this.#wrapFor(sent);
  }

  /** What the value most likely means, in ticks: the nearest to the last trusted one of all that look the same when sent. */
  unwrap(sent: number): number {
    const wrap = sent < this.#wrap ? this.#wrap : this.#wrapFor(sent);
    let step = sent - this.#sent;
    if (step < -wrap / 2) step += wrap;
    else if (step > wrap / 2) step -= wrap;
    return this.#unwrapped + step;
  }

  /** The value is a true one: later ones are unwrapped from it. */
  trust(sent: number, unwrapped: number): void {
    this.#sent = sent;
    this.#unwrapped = unwrapped;
    if (sent >= this.#wrap) this.#wrap = this.#wrapFor(sent);
  }

  /** Infinity, as for a clock that never starts over, when it can have no such value. */
  #wrapFor(value: number): number {
    const bits = this.#clock.wrapBits.find((each) => value < 2 ** each);
    return bits === undefined ? Number.POSITIVE_INFINITY : 2 ** bits;
  }
}
