// Rows of one kind on their way to the disk: kept in order and within a bound until they are written.

export interface RowFigures {
  /** Rows that are not on the disk yet. */
  readonly waiting: number;
  readonly written: number;
  /** Rows for which there was no room to wait. */
  readonly dropped: number;
}

export class RowQueue<Row> {
  readonly #maxWaiting: number;
  readonly #maxBatch: number;
  #waiting: Row[] = [];
  /** The batch that is being written. */
  #batch: readonly Row[] = [];
  #written = 0;
  #dropped = 0;

  constructor({ maxWaiting, maxBatch }: { maxWaiting: number; maxBatch: number }) {
    this.#maxWaiting = maxWaiting;
    this.#maxBatch = maxBatch;
  }

  get figures(): RowFigures {
    const waiting = this.#waiting.length + this.#batch.length;
    return { waiting, written: this.#written, dropped: this.#dropped };
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Takes as many as there is room for; returns how many were left out. */
  add(rows: readonly Row[]): number {
    const taken = rows.slice(0, Math.max(0, this.#maxWaiting - this.#waiting.length));
    for (const row of taken) this.#waiting.push(row);
    const dropped = rows.length - taken.length;
    this.#dropped += dropped;
    return dropped;
  }

  /** The next rows to be written, up to as many as one transaction should hold. */
  take(): readonly Row[] {
    this.#batch = this.#waiting.splice(0, this.#maxBatch);
    return this.#batch;
  }

  /** The rows taken last are on the disk; returns them. */
  settle(): readonly Row[] {
    const written = this.#batch;
    this.#batch = [];
    this.#written += written.length;
    return written;
  }

  /** The rows taken last are not on the disk: those that are kept come before all others again. */
  putBack(isKept: (row: Row) => boolean): void {
    this.#waiting = [...this.#batch.filter(isKept), ...this.#waiting];
    this.#batch = [];
  }

  /** Of what waits, only what is kept is written. */
  forget(isKept: (row: Row) => boolean): void {
    this.#waiting = this.#waiting.filter(isKept);
  }
}
