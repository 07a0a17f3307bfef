// When more watch a livestream than ever before: told at once, and while it goes on rising once a minute, by a tenth or more.

const MINUTE_MS = 60_000;

/** One is told that is higher than the last by a tenth of it; the highest of all in any case, at the end. */
const RISE_DIVISOR = 10;

interface Peak {
  readonly viewers: number;
  /** Where in the recording. */
  readonly positionSeconds: number | null;
}

interface Watched {
  told: number;
  /** Higher, and not told yet. */
  rising: Peak | null;
  quietUntilMs: number;
}

export class ViewerPeaks {
  readonly #tell: (livestreamId: string, peak: Peak) => void;
  readonly #monotonicMs: () => number;
  readonly #watched = new Map<string, Watched>();

  constructor(options: {
    tell: (livestreamId: string, peak: Peak) => void;
    monotonicMs: () => number;
  }) {
    this.#tell = options.tell;
    this.#monotonicMs = options.monotonicMs;
  }

  /** Before a restart so many were told of. */
  resume(livestreamId: string, viewers: number): void {
    const watched = this.#watchedOf(livestreamId);
    watched.told = Math.max(watched.told, viewers);
  }

  /** So many watch now. */
  observe(livestreamId: string, { viewers, positionSeconds }: Peak): void {
    const watched = this.#watchedOf(livestreamId);
    if (viewers > Math.max(watched.told, watched.rising?.viewers ?? 0))
      watched.rising = { viewers, positionSeconds };
    const rise = (watched.rising?.viewers ?? 0) - watched.told;
    const isTold = rise > 0 && rise >= watched.told / RISE_DIVISOR;
    if (isTold && this.#monotonicMs() >= watched.quietUntilMs) this.#tellRising(livestreamId, watched);
  }

  /** Nobody can watch it any more. */
  end(livestreamId: string): void {
    const watched = this.#watched.get(livestreamId);
    if (watched !== undefined) this.#tellRising(livestreamId, watched);
    this.#watched.delete(livestreamId);
  }

  #tellRising(livestreamId: string, watched: Watched): void {
    const { rising } = watched;
    if (rising === null) return;
    watched.told = rising.viewers;
    watched.rising = null;
    watched.quietUntilMs = this.#monotonicMs() + MINUTE_MS;
    this.#tell(livestreamId, rising);
  }

  #watchedOf(livestreamId: string): Watched {
    const known = this.#watched.get(livestreamId);
    if (known !== undefined) return known;
    const watched = { told: 0, rising: null, quietUntilMs: Number.NEGATIVE_INFINITY };
    this.#watched.set(livestreamId, watched);
    return watched;
  }
}
