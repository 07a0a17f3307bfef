// Other operators, other conditions, and functions that do the opposite.

import type { Node } from "oxc-parser";
import { type Edit, replace } from "./edit.ts";

const OTHER_OPERATORS: ReadonlyMap<string, readonly string[]> = new Map([
  ["<", ["<=", ">="]],
  ["<=", ["<", ">"]],
  [">", [">=", "<="]],
  [">=", [">", "<"]],
  ["===", ["!=="]],
  ["!==", ["==="]],
  ["+", ["-"]],
  ["-", ["+"]],
  ["*", ["/"]],
  ["/", ["*"]],
  ["%", ["*"]],
  ["&", ["|"]],
  ["|", ["&"]],
  ["<<", [">>"]],
  [">>", ["<<"]],
  [">>>", ["<<"]],
  ["+=", ["-="]],
  ["-=", ["+="]],
  ["*=", ["/="]],
  ["/=", ["*="]],
  ["??=", ["="]],
  ["||=", ["="]],
  ["&&=", ["="]],
]);

const OTHER_MEMBERS: ReadonlyMap<string, string> = new Map([
  ["Math.min", "Math.max"],
  ["Math.max", "Math.min"],
  ["Math.floor", "Math.ceil"],
  ["Math.ceil", "Math.floor"],
  ["Math.round", "Math.floor"],
  ["Math.abs", ""],
  ["Number.NEGATIVE_INFINITY", "0"],
  ["Number.POSITIVE_INFINITY", "0"],
]);

const OTHER_METHODS: ReadonlyMap<string, string> = new Map([
  ["some", "every"],
  ["every", "some"],
  ["push", "unshift"],
  ["shift", "pop"],
  ["pop", "shift"],
  ["findLast", "find"],
]);

export function operatorEdits(source: string, node: Node): Edit[] {
  switch (node.type) {
    case "BinaryExpression":
      return isText(node) ? [] : otherOperators(source, node);
    case "AssignmentExpression":
      return isText(node.right) ? [] : otherOperators(source, node);
    case "LogicalExpression":
      return otherLogic(source, node);
    case "UnaryExpression":
      if (node.operator !== "!" && node.operator !== "-") return [];
      return [replace(source, node, textOf(source, node.argument))];
    case "UpdateExpression":
      return [replace(source, node, textOf(source, node).replaceAll(node.operator, other(node.operator)))];
    case "MemberExpression":
      return otherMember(source, node);
    default:
      return conditionEdits(source, node);
  }
}

function conditionEdits(source: string, node: Node): Edit[] {
  switch (node.type) {
    case "IfStatement":
    case "ConditionalExpression":
      return [replace(source, node.test, "true"), replace(source, node.test, "false")];
    case "ForStatement":
    case "WhileStatement":
      return node.test === null ? [] : [replace(source, node.test, "false")];
    default:
      return [];
  }
}

function otherOperators(source: string, node: { left: Node; operator: string; right: Node }): Edit[] {
  const start = source.indexOf(node.operator, node.left.end);
  const at = { start, end: start + node.operator.length };
  return (OTHER_OPERATORS.get(node.operator) ?? []).map((operator) => replace(source, at, operator));
}

/** Either side alone, and "and" for "or". */
function otherLogic(
  source: string,
  node: { left: Node; operator: string; right: Node; start: number; end: number },
): Edit[] {
  const [left, right] = [textOf(source, node.left), textOf(source, node.right)];
  const sides = [replace(source, node, left), replace(source, node, right)];
  if (node.operator === "??") return sides;
  return [replace(source, node, `(${left} ${node.operator === "&&" ? "||" : "&&"} ${right})`), ...sides];
}

function otherMember(source: string, node: Extract<Node, { type: "MemberExpression" }>): Edit[] {
  const member = OTHER_MEMBERS.get(textOf(source, node));
  if (member !== undefined) return [replace(source, node, member)];
  if (node.computed || node.property.type !== "Identifier") return [];
  const method = OTHER_METHODS.get(node.property.name);
  return method === undefined ? [] : [replace(source, node.property, method)];
}

/** Text is put together with "+", which has no opposite there. */
function isText(node: Node): boolean {
  if (node.type === "TemplateLiteral") return true;
  if (node.type === "Literal") return typeof node.value === "string";
  return (
    node.type === "BinaryExpression" && node.operator === "+" && (isText(node.left) || isText(node.right))
  );
}

function other(operator: string): string {
  return operator === "++" ? "--" : "++";
}

function textOf(source: string, { start, end }: Node): string {
  return source.slice(start, end);
}
