// The unions of strings that a source file knows: a string is changed to another that is as good there.

import { dirname, join } from "node:path";
import type { Node } from "oxc-parser";
import { readImports } from "#test/support/imports.ts";
import { allNodes, parseSource } from "./syntax.ts";

export type StringUnion = readonly string[];

/** Of the file itself first, then of the files of ours that it imports. `file` is relative to `root`. */
export async function stringUnionsOf(root: string, file: string): Promise<StringUnion[]> {
  const source = await Bun.file(join(root, file)).text();
  const imported = readImports(file, source)
    .map(({ specifier }) => pathOf(file, specifier))
    .filter((path) => path !== null);
  const unions = unionsIn(file, source);
  for (const path of imported) unions.push(...unionsIn(path, await Bun.file(join(root, path)).text()));
  return unions;
}

/** From types, and from the lists that types are made of: `["a", "b"] as const`. */
export function unionsIn(file: string, source: string): StringUnion[] {
  return allNodes(parseSource(file, source))
    .map((node) => stringsOf(membersOf(node)))
    .filter((strings) => strings.length > 1);
}

function membersOf(node: Node): Node[] {
  if (node.type === "TSUnionType") {
    return node.types.flatMap((type) => (type.type === "TSLiteralType" ? [type.literal] : []));
  }
  if (node.type !== "TSAsExpression" || node.expression.type !== "ArrayExpression") return [];
  return node.expression.elements.filter((element) => element !== null);
}

function stringsOf(nodes: readonly Node[]): string[] {
  return nodes.flatMap((node) =>
    node.type === "Literal" && typeof node.value === "string" ? [node.value] : [],
  );
}

/** The one after `value` in the first union that has it, undefined when none has. */
export function nextOfUnion(unions: readonly StringUnion[], value: string): string | undefined {
  const union = unions.find((each) => each.includes(value));
  return union?.[(union.indexOf(value) + 1) % union.length];
}

function pathOf(file: string, specifier: string): string | null {
  if (specifier.startsWith("#")) return specifier.slice(1);
  return specifier.startsWith(".") ? join(dirname(file), specifier) : null;
}
