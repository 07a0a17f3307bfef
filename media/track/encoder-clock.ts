// Unwraps an encoder's clock, which starts over when its bits are used up.

import type { SourceClock } from "./source-clock.ts";

export class EncoderClock {
  readonly #clock: SourceClock;
  /** The last value trusted, in ticks: as sent, and unwrapped. */
  #sent: number;
  #unwrapped: number;
  /** The greatest value trusted. */
  #greatest: number;

  /** Begins at a value that stands for itself. */
  constructor(clock: SourceClock, sent: number) {
    this.#clock = clock;
    this.#sent = sent;
    this.#unwrapped = sent;
    this.#greatest = sent;
  }

  /** What the value most likely means, in ticks: the nearest to the last trusted one of all that look the same when sent. */
  unwrap(sent: number): number {
    const wrap = this.#wrapFor(Math.max(sent, this.#greatest));
    let step = sent - this.#sent;
    if (step < -wrap / 2) step += wrap;
    else if (step > wrap / 2) step -= wrap;
    return this.#unwrapped + step;
  }

  /** The value is a true one: later ones are unwrapped from it. */
  trust(sent: number, unwrapped: number): void {
    this.#sent = sent;
    this.#unwrapped = unwrapped;
    this.#greatest = Math.max(sent, this.#greatest);
  }

  /** The least number of values that the clock may have and that includes this one; 0, as for one that never starts over, when none does. */
  #wrapFor(value: number): number {
    const bits = this.#clock.wrapBits.find((each) => value < 2 ** each);
    return bits === undefined ? 0 : 2 ** bits;
  }
}
