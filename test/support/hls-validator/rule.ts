// A rule of the specification, and what breaks it.

import type { ReadHistory, Reading } from "./history.ts";

export interface Rule {
  /** What tests and reports call it. */
  readonly id: string;
  /** Of rfc8216bis where it says nothing else. */
  readonly section: string;
  readonly says: string;
  /** What breaks it, each with the playlist it was found in, where it is of one. */
  readonly find: (history: ReadHistory) => Iterable<Found>;
}

export interface Found {
  readonly reading: Reading | null;
  readonly message: string;
}

type Described = Omit<Rule, "find">;

/** A rule that every playlist obeys by itself, whatever came before. */
export function ofEach(described: Described, judge: (reading: Reading) => Iterable<string>): Rule {
  return {
    ...described,
    find: function* find({ readings }) {
      for (const reading of readings) for (const message of judge(reading)) yield { reading, message };
    },
  };
}

/** A rule for what a playlist may be after another one. */
export function ofEachPair(
  described: Described,
  judge: (before: Reading, after: Reading) => Iterable<string>,
): Rule {
  return {
    ...described,
    find: function* find({ readings }) {
      for (const [index, reading] of readings.entries()) {
        const before = readings[index - 1];
        if (before === undefined) continue;
        for (const message of judge(before, reading)) yield { reading, message };
      }
    },
  };
}
