// Every mutant of a source file: the file with one small thing changed, which its tests should notice.

import { apply, type Edit } from "./edit.ts";
import { literalEdits } from "./literals.ts";
import { operatorEdits } from "./operators.ts";
import { statementEdits } from "./statements.ts";
import { nextOfUnion, type StringUnion } from "./string-unions.ts";
import { parseSource, walk } from "./syntax.ts";

export interface Mutant {
  /** Relative to the root of the checkout. */
  readonly file: string;
  /** Of the change, from 1. */
  readonly line: number;
  readonly lineText: string;
  /** Tells apart the mutants of lines that read the same: it ends with "(2)", "(3)" from the second on. */
  readonly change: string;
  /** The whole file. */
  readonly source: string;
}

export function mutantsOf(file: string, source: string, unions: readonly StringUnion[]): Mutant[] {
  const counts = new Map<string, number>();
  return editsOf(file, source, unions).map((edit) => {
    const { line, lineText } = lineAt(source, edit.start);
    const key = `${lineText}\n${edit.change}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    const change = count === 1 ? edit.change : `${edit.change} (${count})`;
    return { file, line, lineText, change, source: apply(source, edit) };
  });
}

/** In the order of the source, none twice. */
function editsOf(file: string, source: string, unions: readonly StringUnion[]): Edit[] {
  const edits = new Map<string, Edit>();
  walk(parseSource(file, source), (node, ancestors) => {
    for (const edit of [
      ...literalEdits(source, node, ancestors, (value) => nextOfUnion(unions, value)),
      ...operatorEdits(source, node),
      ...statementEdits(source, node, ancestors),
    ]) {
      const key = `${edit.start} ${edit.end} ${edit.replacement}`;
      if (!edits.has(key)) edits.set(key, edit);
    }
  });
  return [...edits.values()].sort((a, b) => a.start - b.start);
}

function lineAt(source: string, offset: number): { line: number; lineText: string } {
  const line = source.slice(0, offset).split("\n").length;
  return { line, lineText: (source.split("\n")[line - 1] ?? "").trim() };
}
