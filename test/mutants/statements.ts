// Statements left out, functions that return at once, and tables with an entry missing or changed.

import type { Node } from "oxc-parser";
import { type Edit, remove, replace, shown } from "./edit.ts";

export function statementEdits(source: string, node: Node, ancestors: readonly Node[]): Edit[] {
  switch (node.type) {
    case "ExpressionStatement":
      return isNeeded(node.expression) ? [] : [remove(source, node, "statement")];
    case "BreakStatement":
    case "ContinueStatement":
      return [remove(source, node, "statement")];
    case "ReturnStatement":
      return node.argument === null ? [remove(source, node, "statement")] : [];
    case "FunctionDeclaration":
    case "FunctionExpression":
      return isConstructor(ancestors.at(-1)) ? [] : earlyReturn(source, node.body);
    case "ArrayExpression":
      return withoutElement(source, node);
    case "ObjectExpression":
      return [...withoutSpread(source, node), ...(isTable(ancestors) ? otherEntries(source, node) : [])];
    default:
      return [];
  }
}

function isNeeded(expression: Node): boolean {
  return expression.type === "CallExpression" && expression.callee.type === "Super";
}

function isConstructor(parent: Node | undefined): boolean {
  return parent?.type === "MethodDefinition" && parent.kind === "constructor";
}

/** Of a function that returns nothing; one with a single statement is tried by leaving that out. */
function earlyReturn(source: string, body: { body: Node[]; start: number; end: number } | null): Edit[] {
  const [first] = body?.body ?? [];
  if (body === null || first === undefined || body.body.length < 2 || body.body.some(returnsValue)) return [];
  const change = `return before ${shown(source.slice(first.start, body.end - 1))}`;
  return [{ start: first.start, end: first.start, replacement: "return; ", change }];
}

function returnsValue(node: Node): boolean {
  switch (node.type) {
    case "ReturnStatement":
      return node.argument !== null;
    case "IfStatement":
      return returnsValue(node.consequent) || (node.alternate !== null && returnsValue(node.alternate));
    case "BlockStatement":
      return node.body.some(returnsValue);
    case "ForStatement":
    case "ForOfStatement":
    case "ForInStatement":
    case "WhileStatement":
      return returnsValue(node.body);
    case "TryStatement":
      return returnsValue(node.block) || (node.handler !== null && returnsValue(node.handler.body));
    case "SwitchStatement":
      return node.cases.some(({ consequent }) => consequent.some(returnsValue));
    default:
      return false;
  }
}

function withoutElement(source: string, node: Extract<Node, { type: "ArrayExpression" }>): Edit[] {
  const texts = node.elements.map((element) =>
    element === null ? "" : source.slice(element.start, element.end),
  );
  return texts.map((text, index) => ({
    start: node.start,
    end: node.end,
    replacement: `[${texts.filter((_, other) => other !== index).join(", ")}]`,
    change: `element left out: ${shown(text)}`,
  }));
}

function withoutSpread(source: string, node: Extract<Node, { type: "ObjectExpression" }>): Edit[] {
  return node.properties
    .filter(({ type }) => type === "SpreadElement")
    .map((spread) => withoutProperty(source, node, spread));
}

/** A table is a constant of the module: what is in no function. */
function isTable(ancestors: readonly Node[]): boolean {
  return !ancestors.some(({ type }) => /Function|Class/.test(type));
}

/** Each entry left out, and each with the value of the next that has another. */
function otherEntries(source: string, node: Extract<Node, { type: "ObjectExpression" }>): Edit[] {
  const properties = node.properties.filter((each) => each.type === "Property");
  return properties.flatMap((property, index) => {
    const text = source.slice(property.value.start, property.value.end);
    const others = [...properties.slice(index + 1), ...properties.slice(0, index)];
    const next = others
      .filter(({ value }) => value.type === property.value.type && isSmall(value))
      .map(({ value }) => source.slice(value.start, value.end))
      .find((value) => value !== text);
    const changed = next === undefined || property.shorthand ? [] : [replace(source, property.value, next)];
    return [withoutProperty(source, node, property), ...changed];
  });
}

/** Tables within tables are changed entry by entry. */
function isSmall({ type }: Node): boolean {
  return type === "CallExpression" || type === "Identifier" || type === "ArrowFunctionExpression";
}

function withoutProperty(
  source: string,
  object: Extract<Node, { type: "ObjectExpression" }>,
  property: { start: number; end: number },
): Edit {
  const others = object.properties.filter((each) => each !== property);
  const replacement = `{ ${others.map(({ start, end }) => source.slice(start, end)).join(", ")} }`;
  const change = `entry left out: ${shown(source.slice(property.start, property.end))}`;
  return { start: object.start, end: object.end, replacement, change };
}
