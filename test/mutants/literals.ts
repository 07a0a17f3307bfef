// Other values for a literal: numbers on both sides of it, the other boolean, another string of its union.

import type { Node } from "oxc-parser";
import { type Edit, replace } from "./edit.ts";

/** Up to this a number counts something, and one more or less is another count. */
const MAX_COUNT = 10;

/** `nextString`: the next of the union that a string belongs to, undefined for a string of none. */
export function literalEdits(
  source: string,
  node: Node,
  ancestors: readonly Node[],
  nextString: (value: string) => string | undefined,
): Edit[] {
  if (node.type !== "Literal") return [];
  if (typeof node.value === "boolean") return [replace(source, node, String(!node.value))];
  if (typeof node.value === "number") {
    const otherNumber = ({ value, name }: OtherNumber): Edit => ({
      ...replace(source, node, String(value)),
      change: name,
    });
    return otherNumbers(node.value, source.slice(node.start, node.end)).map(otherNumber);
  }
  if (typeof node.value !== "string" || isName(node, ancestors)) return [];
  const other = nextString(node.value) ?? (node.value === "" ? "mutant" : "");
  return [replace(source, node, JSON.stringify(other))];
}

interface OtherNumber {
  readonly value: number;
  /** For the reader of a report, to whom 333.3333333333333 says less than "`1000` ÷ 3". */
  readonly name: string;
}

/** All that differ from it and from one another. `text` is the number as the source has it. */
function otherNumbers(value: number, text: string): OtherNumber[] {
  const isCount = Number.isInteger(value) && value <= MAX_COUNT;
  const counts = isCount ? [0, value + 1, Math.max(0, value - 1)] : [];
  const all = [
    { value: value * 3, name: `\`${text}\` × 3` },
    { value: value / 3, name: `\`${text}\` ÷ 3` },
    ...counts.map((count) => ({ value: count, name: `\`${text}\` → \`${count}\`` })),
  ];
  return all.filter(
    (each, index) => each.value !== value && all.findIndex((first) => first.value === each.value) === index,
  );
}

/** The string names something that must be there, or says something to people. */
function isName(node: Node, ancestors: readonly Node[]): boolean {
  const parent = ancestors.at(-1);
  if (parent === undefined || parent.type.startsWith("Import") || parent.type.startsWith("Export"))
    return true;
  if (parent.type === "ExpressionStatement") return true; // a directive
  if (parent.type === "Property" && parent.key === node) return true;
  if (parent.type === "BinaryExpression" && isTypeof(parent.left)) return true;
  return ancestors.some(
    (each) =>
      each.type === "NewExpression" && each.callee.type === "Identifier" && /Error$/.test(each.callee.name),
  );
}

function isTypeof(node: Node): boolean {
  return node.type === "UnaryExpression" && node.operator === "typeof";
}
