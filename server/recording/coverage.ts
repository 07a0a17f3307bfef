// Which bytes of a file something speaks of: stretches that touch are one, so that a file without holes costs nothing.

/** Bytes from `from` up to `until`. */
export interface Stretch {
  readonly from: number;
  readonly until: number;
}

export class Coverage {
  /** In order, with holes between. */
  #stretches: Stretch[] = [];

  add(offset: number, byteLength: number): void {
    const added = { from: offset, until: offset + byteLength };
    const last = this.#stretches.at(-1);
    if (last?.until === added.from) {
      this.#stretches[this.#stretches.length - 1] = { from: last.from, until: added.until };
      return;
    }
    const apart = this.#stretches.filter(({ from, until }) => until < added.from || from > added.until);
    const joined = this.#stretches
      .filter((stretch) => !apart.includes(stretch))
      .reduce(
        (all, { from, until }) => ({ from: Math.min(all.from, from), until: Math.max(all.until, until) }),
        added,
      );
    this.#stretches = [...apart, joined].sort((a, b) => a.from - b.from);
  }

  /** Where the last thing ends that is spoken of. */
  get until(): number {
    return this.#stretches.at(-1)?.until ?? 0;
  }

  /** What nothing speaks of, up to there. */
  holes(): readonly Stretch[] {
    let from = 0;
    const holes: Stretch[] = [];
    for (const stretch of this.#stretches) {
      if (stretch.from > from) holes.push({ from, until: stretch.from });
      from = stretch.until;
    }
    return holes;
  }
}
