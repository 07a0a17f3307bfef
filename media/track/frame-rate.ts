// How many pictures a second a track has, by their times, as exactly as whole milliseconds can tell it.

/** The rate is that of this much of the newest pictures … */
const WINDOW_MS = 10_000;

/** … and of no more of them: enough for the whole window at 100 a second. */
const MAX_PICTURES = 1000;

/** RTMP rounds times to whole milliseconds: two pictures are up to this much nearer or farther than they were made. */
const ROUNDING_MS = 1;

/** Times that stray further from an even step, as a share of it, belong to pictures that are not evenly spaced. */
const MAX_JITTER_SHARE = 0.5;

/** Rates that cameras and encoders are set to. */
const COMMON_RATES: readonly number[] = [
  ...[5, 6, 7.5, 8, 10, 12, 12.5, 15, 18, 20, 24_000 / 1001, 24, 25, 30_000 / 1001, 30, 40, 48, 50],
  ...[60_000 / 1001, 60, 72, 75, 90, 100, 120_000 / 1001, 120, 144, 240],
];

export class FrameRate {
  readonly #declared: number | null;
  /** The times of the pictures in the window, rising. */
  readonly #timesMs: number[] = [];

  /** `declared`: what the bitstream says of itself, which is believed as far as the times do not say otherwise. */
  constructor(declared: number | null) {
    this.#declared = declared;
  }

  /** The decoding time of the next picture. */
  push(timeMs: number): void {
    const times = this.#timesMs;
    times.push(timeMs);
    while (times.length > MAX_PICTURES || timeMs - (times[0] ?? timeMs) > WINDOW_MS) times.shift();
  }

  /** Times before and after say nothing together. */
  clear(): void {
    this.#timesMs.length = 0;
  }

  /**
   * Null before the second picture. Where the steps are even but for rounding and jitter, the declared or the common rate
   * that these cannot tell from what was measured; the measured one where there is none; else the mean.
   */
  get perSecond(): number | null {
    const times = this.#timesMs;
    const steps = times.length - 1;
    if (steps < 1) return null;
    const stepMs = evenStepMs(times);
    const jitterMs = spread(times.map((timeMs, index) => timeMs - index * stepMs));
    if (jitterMs > stepMs * MAX_JITTER_SHARE) return (steps * 1000) / span(times);
    const doubtMs = Math.max(jitterMs, ROUNDING_MS) / steps;
    const distanceMs = (rate: number): number => Math.abs(1000 / rate - stepMs);
    if (this.#declared !== null && distanceMs(this.#declared) <= doubtMs) return this.#declared;
    const nearest = COMMON_RATES.reduce((a, b) => (distanceMs(b) < distanceMs(a) ? b : a));
    return distanceMs(nearest) <= doubtMs ? nearest : 1000 / stepMs;
  }
}

/** The step of the even grid that the times are nearest to, by least squares. */
function evenStepMs(times: readonly number[]): number {
  const steps = times.length - 1;
  const moment = times.reduce((sum, timeMs, index) => sum + (index - steps / 2) * timeMs, 0);
  return moment / ((steps * (steps + 1) * (steps + 2)) / 12);
}

function span(times: readonly number[]): number {
  return (times.at(-1) ?? 0) - (times[0] ?? 0);
}

function spread(values: readonly number[]): number {
  return Math.max(...values) - Math.min(...values);
}
