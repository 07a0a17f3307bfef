// File descriptors, shared out: what is left of the limit is kept first for the server's own files, then for encoders.

/** Who a descriptor is for; the first of them are the first to get none. */
export type DescriptorUse = keyof typeof KEPT_SHARE;

/** Who was turned away for want of a descriptor. */
export type TurnedAway = "http_idle" | "rtmp_waiting" | "rtmp_player";

export interface DescriptorFigures {
  readonly open: number;
  readonly limit: number;
  /** Times that the HTTP port stopped accepting. */
  readonly httpPauses: number;
  readonly turnedAway: ReadonlyMap<TurnedAway, number>;
}

/** One descriptor in this many is kept in reserve. */
const RESERVE_PART = 4;

/** Fewer do not carry a database, a recording and an encoder; more than so many no accept loop takes at one go. */
const MIN_RESERVE = 16;
const MAX_RESERVE = 1024;

/**
 * How much of the reserve must be left, as a share of it. What is idle goes before it is touched; the last part is the
 * server's own: databases, recordings, the pipes of decoders.
 */
const KEPT_SHARE = {
  httpIdle: 2,
  rtmpWaiting: 2,
  httpAgain: 1.5,
  http: 1,
  rtmpPlayer: 0.75,
  rtmp: 0.375,
  own: 0,
} as const;

/** Counting takes at most one part in this many of the time: where it is dear, it is done more rarely. */
const LEAST_PAUSE = 100;

export interface DescriptorsOptions {
  readonly limit: number;
  /** How many are open now. */
  readonly countOpen: () => number;
  /** Reads a clock that only goes forward. */
  readonly monotonicMs?: () => number;
}

export class Descriptors {
  readonly #limit: number;
  readonly #reserve: number;
  readonly #countOpen: () => number;
  readonly #monotonicMs: () => number;
  #counted = 0;
  #nextCountMs = Number.NEGATIVE_INFINITY;
  #httpPauses = 0;
  readonly #turnedAway = new Map<TurnedAway, number>([
    ["http_idle", 0],
    ["rtmp_waiting", 0],
    ["rtmp_player", 0],
  ]);

  constructor({ limit, countOpen, monotonicMs = () => performance.now() }: DescriptorsOptions) {
    this.#limit = limit;
    this.#reserve = Math.min(MAX_RESERVE, Math.max(MIN_RESERVE, Math.ceil(limit / RESERVE_PART)));
    this.#countOpen = countOpen;
    this.#monotonicMs = monotonicMs;
  }

  get figures(): DescriptorFigures {
    return {
      open: this.#open(),
      limit: this.#limit,
      httpPauses: this.#httpPauses,
      turnedAway: this.#turnedAway,
    };
  }

  /** So many RTMP peers may wait to say what they want, however short descriptors are for others. */
  get rtmpWaitingRoom(): number {
    return this.#reserve / 2;
  }

  /** Whether fewer are left than are kept from this use. */
  isShortFor(use: DescriptorUse): boolean {
    return this.#limit - this.#open() < Math.max(1, this.#reserve * KEPT_SHARE[use]);
  }

  /** One more is open since the last count; a negative number: so many are closed. */
  changed(by: number): void {
    this.#counted += by;
  }

  turnedAway(who: TurnedAway, count = 1): void {
    this.#turnedAway.set(who, (this.#turnedAway.get(who) ?? 0) + count);
  }

  httpPaused(): void {
    this.#httpPauses += 1;
  }

  #open(): number {
    const beganMs = this.#monotonicMs();
    if (beganMs >= this.#nextCountMs) {
      this.#counted = Math.min(this.#limit, this.#countOpen());
      const endedMs = this.#monotonicMs();
      this.#nextCountMs = endedMs + (endedMs - beganMs) * LEAST_PAUSE;
    }
    return this.#counted;
  }
}
