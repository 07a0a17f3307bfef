// How many uploads are received and worked on at once: whoever comes while all places are taken is told to come again.

export class UploadPlaces {
  #free: number;

  constructor(places: number) {
    this.#free = places;
  }

  /** What `work` resolves with; null, and nothing done, where no place is free. */
  async take<Result>(work: () => Promise<Result>): Promise<Result | null> {
    if (this.#free === 0) return null;
    this.#free -= 1;
    try {
      return await work();
    } finally {
      this.#free += 1;
    }
  }
}
