// Unwraps an encoder's millisecond clock, which starts over at 2^31 or at 2^32.

/**
 * RTMP counts to 2^32 by the specification, but OBS and FFmpeg keep 31 bits: which of the two an encoder does shows only
 * in the values it has sent so far.
 */
const WRAP_31_BITS_MS = 2 ** 31;
const WRAP_32_BITS_MS = 2 ** 32;

export class EncoderClock {
  /** The last value trusted, as sent and unwrapped. */
  #sentMs = 0;
  #unwrappedMs = 0;
  #has32Bits = false;

  /** Starts anew at a value that has nothing to do with the earlier ones. */
  reset(timestampMs: number): void {
    this.#has32Bits = false;
    this.trust(timestampMs, timestampMs);
  }

  /** What the timestamp most likely means: the nearest to the last trusted one of all that look the same when sent. */
  unwrap(timestampMs: number): number {
    const is32Bits = this.#has32Bits || timestampMs >= WRAP_31_BITS_MS;
    const wrapMs = is32Bits ? WRAP_32_BITS_MS : WRAP_31_BITS_MS;
    let stepMs = timestampMs - this.#sentMs;
    if (stepMs < -wrapMs / 2) stepMs += wrapMs;
    else if (stepMs > wrapMs / 2) stepMs -= wrapMs;
    return this.#unwrappedMs + stepMs;
  }

  /** The timestamp is a true one: later ones are unwrapped from it. */
  trust(timestampMs: number, unwrappedMs: number): void {
    this.#sentMs = timestampMs;
    this.#unwrappedMs = unwrappedMs;
    if (timestampMs >= WRAP_31_BITS_MS) this.#has32Bits = true;
  }
}
