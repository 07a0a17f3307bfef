// The syntax tree of a source file, walked without its types: what is left is what runs.

import { type Node, type Program, parseSync, visitorKeys } from "oxc-parser";

/** Type syntax around an expression that runs. */
const TRANSPARENT = ["TSAsExpression", "TSSatisfiesExpression", "TSNonNullExpression", "TSParameterProperty"];

export function parseSource(file: string, source: string): Program {
  const { program, errors } = parseSync(file, source);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${file} cannot be parsed: ${error.message}`);
  return program;
}

/** Calls `visit` with every node that runs, parents first; `ancestors` begin with the program. */
export function walk(
  node: Node,
  visit: (node: Node, ancestors: readonly Node[]) => void,
  ancestors: readonly Node[] = [],
): void {
  if (isType(node)) return;
  visit(node, ancestors);
  const within = [...ancestors, node];
  for (const child of childrenOf(node)) walk(child, visit, within);
}

/** Every node of a tree, its types included. */
export function allNodes(node: Node): Node[] {
  return [node, ...childrenOf(node).flatMap(allNodes)];
}

function isType({ type }: Node): boolean {
  return type.startsWith("TS") && !TRANSPARENT.includes(type);
}

function childrenOf(node: Node): Node[] {
  const keys = visitorKeys[node.type] ?? [];
  return keys.flatMap((key): unknown => Reflect.get(node, key)).filter(isNode);
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}
