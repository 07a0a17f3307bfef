// What holds for a while, such as a fault: told as it begins, and once it is over.

/** When something was seen, and where the recording was then; null where there is none. */
export interface Moment {
  readonly atMs: number;
  readonly positionSeconds: number | null;
}

export interface SpellChange {
  readonly name: string;
  readonly state: "began" | "ended";
  /** Null at the beginning. */
  readonly lastedMs: number | null;
  /** Of the beginning, or of the end, which is told later. */
  readonly positionSeconds: number | null;
}

interface Spell {
  readonly sinceMs: number;
  /** The first look that did not find it, of those in a row; null while it holds. */
  awaySince: Moment | null;
}

export class Spells {
  readonly #goesAfterMs: number;
  readonly #spells = new Map<string, Spell>();

  /** One that is away for less than this long goes on. */
  constructor(goesAfterMs: number) {
    this.#goesAfterMs = goesAfterMs;
  }

  has(name: string): boolean {
    return this.#spells.has(name);
  }

  /** What holds now; answers what has begun or is over with it. */
  observe(names: Iterable<string>, now: Moment): readonly SpellChange[] {
    const holding = new Set(names);
    const begun = [...holding]
      .filter((name) => !this.#spells.has(name))
      .map((name) => this.#begin(name, now));
    const over: SpellChange[] = [];
    for (const [name, spell] of this.#spells) {
      spell.awaySince = holding.has(name) ? null : (spell.awaySince ?? now);
      const { awaySince } = spell;
      if (awaySince !== null && now.atMs - awaySince.atMs >= this.#goesAfterMs)
        over.push(this.#end(name, awaySince));
    }
    return [...begun, ...over];
  }

  /** Nobody can say any more what holds. */
  end(now: Moment): readonly SpellChange[] {
    return [...this.#spells].map(([name, { awaySince }]) => this.#end(name, awaySince ?? now));
  }

  #begin(name: string, { atMs, positionSeconds }: Moment): SpellChange {
    this.#spells.set(name, { sinceMs: atMs, awaySince: null });
    return { name, state: "began", lastedMs: null, positionSeconds };
  }

  #end(name: string, { atMs, positionSeconds }: Moment): SpellChange {
    const sinceMs = this.#spells.get(name)?.sinceMs ?? atMs;
    this.#spells.delete(name);
    return { name, state: "ended", lastedMs: atMs - sinceMs, positionSeconds };
  }
}
