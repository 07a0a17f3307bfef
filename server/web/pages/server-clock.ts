// The server's time as a page can know it: the browser's own clock may be wrong by minutes, and no date is taken from it.

/** What the server said of its clock, and when it was asked and had answered by the page's own steady clock, milliseconds. */
export interface ClockReading {
  /** Since 1970. */
  readonly serverMs: number;
  readonly askedAtMs: number;
  readonly answeredAtMs: number;
}

/** The quickest of so many is believed: what an answer was under way for is what it may be wrong by. */
const KEPT = 8;

/** Two clocks that run on their own may come apart by so much between two readings. */
const DRIFT_MS = 50;

/** The server's time minus the page's is `offsetMs`, give or take `errorMs`. */
interface Offset {
  readonly offsetMs: number;
  readonly errorMs: number;
}

export class ServerClock {
  #offsets: Offset[] = [];

  read({ serverMs, askedAtMs, answeredAtMs }: ClockReading): void {
    const offset = {
      offsetMs: serverMs - (askedAtMs + answeredAtMs) / 2,
      errorMs: (answeredAtMs - askedAtMs) / 2,
    };
    // Where two readings cannot both be right, a clock was set, or the computer slept: the later one is.
    const agreeing = this.#offsets.filter(
      (each) => Math.abs(each.offsetMs - offset.offsetMs) <= each.errorMs + offset.errorMs + DRIFT_MS,
    );
    this.#offsets = [...agreeing, offset].slice(-KEPT);
  }

  /** Since 1970, milliseconds, wrong by half of the quickest answer's time at most; null before the first reading. */
  dateMs(atMs: number): number | null {
    const [first, ...others] = this.#offsets;
    if (first === undefined) return null;
    const best = others.reduce(
      (quickest, each) => (each.errorMs <= quickest.errorMs ? each : quickest),
      first,
    );
    return atMs + best.offsetMs;
  }
}
