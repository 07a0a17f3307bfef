// Reads that are worth it: where much comes, each publisher's socket is read once in a while, and what came since then at once.

/** What a read waits for at most: a part of what the failure of an encoder may take to be noticed, and of low latency. */
export const PACE_MS = 20;

/** With more sockets than this at rest a read waits for twice as long: a message comes every 13 ms, and 20 ms save little. */
export const MANY_SOCKETS = 24;

/** So many reads in that time cost less than to pause a socket and to go on with it: a few encoders are read when they send. */
export const READS_AT_ONCE = 4;

/** Of a socket; it keeps what comes in the meantime. */
export interface PausableSocket {
  pause(): unknown;
  resume(): unknown;
}

/** One timer for all; none while little comes. */
export class ReadPacer {
  readonly #monotonicMs: () => number;
  readonly #resting = new Set<PausableSocket>();
  #sinceMs = Number.NEGATIVE_INFINITY;
  #reads = 0;
  #paceMs = PACE_MS;
  #timer: Timer | null = null;

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
  }

  /** A publisher's socket was read: where there were many of these just now, it rests. */
  read(socket: PausableSocket): void {
    const nowMs = this.#monotonicMs();
    if (this.#timer === null && nowMs - this.#sinceMs >= this.#paceMs) this.#begin(nowMs);
    this.#reads += 1;
    if (this.#reads <= READS_AT_ONCE) return;
    socket.pause();
    this.#resting.add(socket);
    this.#timer ??= setTimeout(() => this.#resume(), this.#sinceMs + this.#paceMs - nowMs);
  }

  /** It is gone. */
  forget(socket: PausableSocket): void {
    this.#resting.delete(socket);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#resume();
  }

  #begin(nowMs: number): void {
    this.#sinceMs = nowMs;
    this.#reads = 0;
  }

  #resume(): void {
    this.#timer = null;
    this.#begin(this.#monotonicMs());
    const rested = [...this.#resting];
    this.#paceMs = rested.length > MANY_SOCKETS ? 2 * PACE_MS : PACE_MS;
    this.#resting.clear();
    for (const socket of rested) socket.resume();
  }
}
