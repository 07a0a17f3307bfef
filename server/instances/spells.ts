// What holds for a while, such as a fault: told as it begins, and once it is over.

/** `lastedMs`: null at the beginning. */
export interface SpellChange {
  readonly name: string;
  readonly state: "began" | "ended";
  readonly lastedMs: number | null;
}

interface Spell {
  readonly sinceMs: number;
  /** The first look that did not find it, of those in a row; null while it holds. */
  awaySinceMs: number | null;
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
  observe(names: Iterable<string>, nowMs: number): readonly SpellChange[] {
    const holding = new Set(names);
    const begun = [...holding].filter((name) => !this.#spells.has(name));
    for (const name of begun) this.#spells.set(name, { sinceMs: nowMs, awaySinceMs: null });
    const over: SpellChange[] = [];
    for (const [name, spell] of this.#spells) {
      spell.awaySinceMs = holding.has(name) ? null : (spell.awaySinceMs ?? nowMs);
      const { awaySinceMs } = spell;
      if (awaySinceMs !== null && nowMs - awaySinceMs >= this.#goesAfterMs)
        over.push(this.#end(name, awaySinceMs));
    }
    return [...begun.map((name) => ({ name, state: "began", lastedMs: null }) as const), ...over];
  }

  /** Nobody can say any more what holds. */
  end(nowMs: number): readonly SpellChange[] {
    return [...this.#spells].map(([name, { awaySinceMs }]) => this.#end(name, awaySinceMs ?? nowMs));
  }

  #end(name: string, untilMs: number): SpellChange {
    const sinceMs = this.#spells.get(name)?.sinceMs ?? untilMs;
    this.#spells.delete(name);
    return { name, state: "ended", lastedMs: untilMs - sinceMs };
  }
}
