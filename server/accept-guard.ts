// Keeps the process from running out of file descriptors, where an event loop spins: Bun goes on trying to accept what it cannot.

import type { Descriptors } from "./common/descriptors.ts";
import type { Log } from "./common/log.ts";
import type { SpareDescriptors } from "./common/spare-descriptors.ts";

/** A port that can stop letting in. */
interface Port {
  pause(nowMs: number): void;
  /** Throws when the port cannot be listened on again now. */
  resume(): void;
}

/** Viewers and callers: the first who are not let in. */
interface HttpPort extends Port {
  readonly isPaused: boolean;
  closeIdle(): number;
  endDrained(nowMs: number): void;
}

export interface AcceptGuardOptions {
  readonly descriptors: Descriptors;
  readonly spares: Pick<SpareDescriptors, "refill" | "close">;
  readonly http: HttpPort;
  /** With TLS two. */
  readonly rtmp: readonly Port[];
  readonly log: Log;
  /** Reads a clock that only goes forward. */
  readonly monotonicMs?: () => number;
}

/** How long a flood can have the loop to itself. */
const TICK_MS = 100;

/** Who was not let in comes again: each time costs an accept, a close and a reset. */
const LEAST_PAUSE_MS = 500;

/** One line tells it as loudly as a thousand. */
const LINE_PERIOD_MS = 60_000;

/** With fewer, a few hundred viewers take all there are. */
const LOW_LIMIT = 1024;

const ADVICE =
  "raise the limit of open files (ulimit -n, LimitNOFILE= of a unit, --ulimit nofile= of a container)";

export class AcceptGuard {
  readonly #options: AcceptGuardOptions;
  readonly #monotonicMs: () => number;
  readonly #ticker: Timer;
  #pausedAtMs = 0;
  #wasOut = false;
  /** Null while nothing is short. */
  #lastLineMs: number | null = null;
  /** Turned away and paused for when the last line was written. */
  #told = 0;

  constructor(options: AcceptGuardOptions) {
    this.#options = options;
    this.#monotonicMs = options.monotonicMs ?? (() => performance.now());
    const { limit } = options.descriptors.figures;
    if (limit < LOW_LIMIT) options.log.warn("descriptor_limit_low", { limit, message: ADVICE });
    this.#ticker = setInterval(() => this.tick(), TICK_MS);
  }

  stop(): void {
    clearInterval(this.#ticker);
    this.#options.spares.close();
  }

  tick(): void {
    const { descriptors, spares, http } = this.#options;
    const nowMs = this.#monotonicMs();
    const { open } = descriptors.figures;
    this.#guardHttp(nowMs);
    http.endDrained(nowMs);
    this.#guardRtmp(nowMs);
    if (!descriptors.isShortFor("rtmp")) spares.refill();
    this.#tell(nowMs, open);
  }

  #guardHttp(nowMs: number): void {
    const { descriptors, http } = this.#options;
    if (http.isPaused) {
      if (nowMs - this.#pausedAtMs >= LEAST_PAUSE_MS && !descriptors.isShortFor("httpAgain")) {
        this.#resume(http, "HTTP");
      }
      return;
    }
    if (descriptors.isShortFor("httpIdle")) descriptors.turnedAway("http_idle", http.closeIdle());
    if (!descriptors.isShortFor("http")) return;
    this.#pausedAtMs = nowMs;
    descriptors.httpPaused();
    http.pause(nowMs);
  }

  /**
   * Encoders make room for themselves as they come in; where there is no descriptor at all, they cannot even come in. At the
   * first look that may pass by itself, as the HTTP port has just given back what it took.
   */
  #guardRtmp(nowMs: number): void {
    const { descriptors, rtmp } = this.#options;
    const isOut = descriptors.isShortFor("own");
    for (const port of rtmp) {
      if (isOut && this.#wasOut) port.pause(nowMs);
      else if (!isOut) this.#resume(port, "RTMP");
    }
    this.#wasOut = isOut;
  }

  #resume(port: Port, protocol: string): void {
    try {
      port.resume();
    } catch (error) {
      this.#options.log.error("port_not_opened_again", { protocol, message: String(error) });
    }
  }

  #tell(nowMs: number, open: number): void {
    const { descriptors, log } = this.#options;
    const { limit, httpPauses, turnedAway } = descriptors.figures;
    const count = turnedAway.values().reduce((sum, each) => sum + each, httpPauses);
    const isQuiet = count === this.#told && !this.#options.http.isPaused;
    if (this.#lastLineMs === null ? isQuiet : nowMs - this.#lastLineMs < LINE_PERIOD_MS) return;
    this.#told = count;
    this.#lastLineMs = isQuiet ? null : nowMs;
    if (isQuiet) log.info("descriptors_ample", { open, limit });
    else
      log.error("descriptors_short", {
        open,
        limit,
        httpPauses,
        ...Object.fromEntries(turnedAway),
        message: ADVICE,
      });
  }
}
