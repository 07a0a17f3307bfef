// A finding that is told once it has lasted, and until it has been gone for a while.

/** Told figures are put right when they are this far off, as a share: a sentence that changes each second is not read. */
const CHANGED_SHARE = 0.2;

export interface Finding {
  /** How great it is: by this one finding is told from another. */
  readonly measured: number;
  readonly sentence: string;
}

export interface Patience {
  /** Told at the observation with which it was there this many times in a row. */
  readonly appearsAfter: number;
  /** Not told any more from the observation on with which it was away this many times in a row. */
  readonly goesAfter: number;
}

export class LastingFinding {
  readonly #patience: Patience;
  #told: Finding | null = null;
  /** Observations in a row that were not of what is told. */
  #contrary = 0;

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  /** Null while it is not told. */
  get sentence(): string | null {
    return this.#told?.sentence ?? null;
  }

  /** What was found this time, null where it was not. */
  observe(finding: Finding | null): void {
    const told = this.#told;
    const isContrary = (finding === null) !== (told === null);
    this.#contrary = isContrary ? this.#contrary + 1 : 0;
    const { appearsAfter, goesAfter } = this.#patience;
    if (isContrary) {
      if (this.#contrary < (told === null ? appearsAfter : goesAfter)) return;
      this.#contrary = 0;
      this.#told = finding;
    } else if (finding !== null && told !== null && isOtherThan(finding, told)) {
      this.#told = finding;
    }
  }
}

function isOtherThan({ measured }: Finding, told: Finding): boolean {
  return Math.abs(measured - told.measured) > Math.abs(told.measured) * CHANGED_SHARE;
}
