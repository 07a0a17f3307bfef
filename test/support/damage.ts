// Damaged bytes, the same ones in every run: what a parser has to survive.

/** Numbers from 0 up to 1, decided by the seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Copies of `bytes`, each with up to four bytes replaced and, now and then, the end cut off. */
export function* damaged(bytes: Uint8Array, count: number, seed = 1): Generator<Uint8Array> {
  const random = seededRandom(seed);
  for (let made = 0; made < count; made++) {
    const isCut = random() < 0.2;
    // Not by its own `slice`, which of a Buffer is a view.
    const copy = new Uint8Array(bytes).slice(0, isCut ? Math.floor(random() * bytes.byteLength) : undefined);
    for (let changes = 1 + Math.floor(random() * 4); changes > 0 && copy.byteLength > 0; changes--) {
      copy[Math.floor(random() * copy.byteLength)] = Math.floor(random() * 256);
    }
    yield copy;
  }
}
