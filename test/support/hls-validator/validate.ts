// Which rules of rfc8216bis, and of Apple's authoring specification, the history of a playlist breaks.
// Apple's `mediastreamvalidator` does not run here; what it is said to look at is the list of what is looked at.

import { BYTES_RULES } from "./bytes-rules.ts";
import { DATE_RULES } from "./date-rules.ts";
import { DELTA_RULES } from "./delta-rules.ts";
import { DURATION_RULES } from "./duration-rules.ts";
import { ENDING_RULES } from "./ending-rules.ts";
import { type PlaylistHistory, type ReadHistory, readHistory } from "./history.ts";
import { MULTIVARIANT_RULES } from "./multivariant-rules.ts";
import { PART_RULES } from "./part-rules.ts";
import { RELOAD_RULES } from "./reload-rules.ts";
import type { Rule } from "./rule.ts";
import { SEQUENCE_RULES } from "./sequence-rules.ts";
import { SYNTAX_RULES } from "./syntax-rules.ts";
import { VERSION_RULES } from "./version-rules.ts";

export const RULES: readonly Rule[] = [
  ...SYNTAX_RULES,
  ...VERSION_RULES,
  ...DURATION_RULES,
  ...PART_RULES,
  ...SEQUENCE_RULES,
  ...DATE_RULES,
  ...DELTA_RULES,
  ...RELOAD_RULES,
  ...ENDING_RULES,
  ...MULTIVARIANT_RULES,
  ...BYTES_RULES,
];

export interface Violation {
  /** The id of the rule. */
  readonly rule: string;
  readonly section: string;
  /** What the rule says, and what was found. */
  readonly message: string;
  /** The playlist that broke it first; null where it is of none. */
  readonly text: string | null;
}

/** Each fault once, however long it stood; in the order of the rules. */
export function violationsOf(history: PlaylistHistory): Violation[] {
  return violationsIn(readHistory(history));
}

/** {@link violationsOf}, of a history that was read as it came. */
export function violationsIn(history: ReadHistory): Violation[] {
  const violations: Violation[] = [];
  for (const { id, section, says, find } of RULES) {
    const seen = new Set<string>();
    for (const { reading, message } of find(history)) {
      if (seen.has(message)) continue;
      seen.add(message);
      violations.push({
        rule: id,
        section,
        message: `${says}: ${message}`,
        text: reading?.fetched.text ?? null,
      });
    }
  }
  return violations;
}

/** A line each, for a test to compare with none. */
export function described(violations: readonly Violation[]): string[] {
  return violations.map(({ rule, section, message }) => `${rule} (${section}): ${message}`);
}
