// Unwraps an encoder's clock, which starts over when its bits are used up.

import type { SourceClock } from "./source-clock.ts";

export class EncoderClock {
  #clock: SourceClock;
  /** The last value trusted, in ticks: as sent, and unwrapped. */
  #sent = 0;
  #unwrapped = 0;
  /** The greatest value trusted. */
  #greatest = 0;

  constructor(clock: SourceClock) {
    this.#clock = clock;
  }

  /** Starts anew at a value that has nothing to do with the earlier ones. */
  reset(sent: number, clock: SourceClock): void {
    this.#clock = clock;
    this.#greatest = 0;
    this.trust(sent, sent);
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
    if (sent > this.#greatest) this.#greatest = sent;
  }

  /** The least number of values that the clock may have and that includes this one. */
  #wrapFor(value: number): number {
    const { wrapBits } = this.#clock;
    for (const bits of wrapBits) if (value < 2 ** bits) return 2 ** bits;
    return 2 ** (wrapBits.at(-1) ?? 0);
  }
}
