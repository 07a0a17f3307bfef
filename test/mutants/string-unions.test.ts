import { expect, test } from "bun:test";
import { ROOT } from "#test/support/imports.ts";
import { nextOfUnion, stringUnionsOf, unionsIn } from "./string-unions.ts";

test("unions of strings are read from types, wherever they stand", () => {
  const source = 'type A = "a" | "b" | null;\nlet x: { y: "c" | "d" };\ntype N = 1 | 2; type O = "e" | 1;';
  expect(unionsIn("x.ts", source)).toEqual([
    ["a", "b"],
    ["c", "d"],
  ]);
});

test("lists that types are made of are unions as well", () => {
  expect(unionsIn("x.ts", 'const NAMES = ["a", "b"] as const;\nconst other = ["c", "d"];')).toEqual([
    ["a", "b"],
  ]);
});

test("a file knows the unions of what it imports, after its own", async () => {
  const unions = await stringUnionsOf(ROOT, "server/livestreams/lifecycle.ts");
  expect(unions[0]).toContain("publish");
  expect(nextOfUnion(unions, "created")).toBe("started");
});
