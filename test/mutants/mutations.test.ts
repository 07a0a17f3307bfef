import { expect, test } from "bun:test";
import { mutantsOf } from "./mutations.ts";
import type { StringUnion } from "./string-unions.ts";

/** What becomes of the line that a mutant changes, for each mutant of a source. */
function linesOf(source: string, unions: readonly StringUnion[] = []): string[] {
  return mutantsOf("x.ts", source, unions).map((mutant) => mutant.source.split("\n")[mutant.line - 1] ?? "");
}

function changesOf(source: string): string[] {
  return mutantsOf("x.ts", source, []).map(({ change }) => change);
}

test("a number is tried on both sides, a small one as every near count", () => {
  expect(linesOf("f(1000)")).toEqual([";", "f(3000)", "f(333.3333333333333)"]);
  expect(changesOf("const x = 1_000;")).toEqual(["`1_000` × 3", "`1_000` ÷ 3"]);
  expect(changesOf("const x = 3;")).toEqual(["`3` × 3", "`3` ÷ 3", "`3` → `0`", "`3` → `4`", "`3` → `2`"]);
  expect(linesOf("const x = 1;").slice(2)).toEqual(["const x = 0;", "const x = 2;"]);
  expect(linesOf("const x = 0;")).toEqual(["const x = 1;"]);
});

test("a comparison is moved by the equal case and turned around", () => {
  expect(linesOf("const x = a < b;")).toEqual(["const x = a <= b;", "const x = a >= b;"]);
  expect(linesOf("const x = a >= b;")).toEqual(["const x = a > b;", "const x = a < b;"]);
  expect(linesOf("const x = a === b;")).toEqual(["const x = a !== b;"]);
});

test("arithmetic is done with the opposite, but text has none", () => {
  expect(linesOf("const x = a + b * c;")).toEqual(["const x = a - b * c;", "const x = a + b / c;"]);
  expect(linesOf("x += a;")).toEqual([";", "x -= a;"]);
  expect(linesOf("x++;")).toEqual([";", "x--;"]);
  expect(linesOf("const x = `a` + b;")).toEqual([]);
});

test("either side of a logical operator is tried alone", () => {
  expect(linesOf("const x = a && b;")).toEqual(["const x = (a || b);", "const x = a;", "const x = b;"]);
  expect(linesOf("const x = a ?? b;")).toEqual(["const x = a;", "const x = b;"]);
  expect(linesOf("const x = !a;")).toEqual(["const x = a;"]);
});

test("a condition is taken as always and as never true, that of a loop only as never", () => {
  expect(linesOf("if (a) throw b;")).toEqual(["if (true) throw b;", "if (false) throw b;"]);
  expect(linesOf("const x = a ? b : c;")).toEqual(["const x = true ? b : c;", "const x = false ? b : c;"]);
  expect(linesOf("while (a) { }")).toEqual(["while (false) { }"]);
  expect(linesOf("for (;;) { }")).toEqual([]);
});

test("functions that do the opposite are called", () => {
  expect(linesOf("const x = Math.min(a, b);")).toEqual(["const x = Math.max(a, b);"]);
  expect(linesOf("const x = Math.abs(a);")).toEqual(["const x = (a);"]);
  expect(linesOf("const x = a.some(b);")).toEqual(["const x = a.every(b);"]);
  expect(linesOf("const x = a.toString();")).toEqual([]);
});

test("statements are left out, and a function that returns nothing returns at once", () => {
  expect(linesOf("function f() {\n  a();\n  b();\n}")).toEqual(["  return; a();", "  ;", "  ;"]);
  expect(linesOf("function f() {\n  a();\n  return b;\n}")).toEqual(["  ;"]);
  expect(linesOf("class A extends B {\n  constructor() {\n    super();\n    a();\n  }\n}")).toEqual([
    "    ;",
  ]);
});

test("a string is another one of its union, and empty where it is of none", () => {
  expect(linesOf('const x = "a";', [["b", "a", "c"]])).toEqual(['const x = "c";']);
  expect(linesOf('const x = "c";', [["b", "a", "c"]])).toEqual(['const x = "b";']);
  expect(linesOf('const x = "d";', [["b", "a", "c"]])).toEqual(['const x = "";']);
  expect(linesOf('const x = "";')).toEqual(['const x = "mutant";']);
});

test("what is said to people, and what names a module or a type, is left as it is", () => {
  expect(linesOf('throw new Error("a");')).toEqual([]);
  expect(linesOf('import { a } from "a";')).toEqual([]);
  expect(linesOf('const x = typeof a === "string";')).toEqual(['const x = typeof a !== "string";']);
  expect(linesOf('type X = "a" | 1;\nlet x: 2;\nconst y = z as "a";')).toEqual([]);
});

test("entries of a table are left out, and have one another's values", () => {
  const source = "const T = { a: to(x), b: no(y) };";
  expect(linesOf(source)).toEqual([
    "const T = { b: no(y) };",
    "const T = { a: to(x) };",
    "const T = { a: no(y), b: no(y) };",
    "const T = { a: to(x), b: to(x) };",
  ]);
  expect(linesOf("const f = () => g({ a: to(x), b: no(y) });")).toEqual([]);
  expect(linesOf("const T = [a, b];")).toEqual(["const T = [b];", "const T = [a];"]);
  expect(linesOf("const f = () => g({ ...a, b });")).toEqual(["const f = () => g({ b });"]);
});

test("a mutant says where it is, and is told apart from others of lines that read the same", () => {
  const mutants = mutantsOf("x.ts", "f(\n  true,\n  true,\n);", []);
  expect(mutants.slice(1).map(({ line, lineText, change }) => [line, lineText, change])).toEqual([
    [2, "true,", "`true` → `false`"],
    [3, "true,", "`true` → `false` (2)"],
  ]);
});

test("a file that is no TypeScript is said by its name", () => {
  expect(() => mutantsOf("x.ts", "const", [])).toThrow("x.ts cannot be parsed");
});
