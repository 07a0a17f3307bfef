import { expect, test } from "bun:test";
import { seal, unseal } from "#server/http/sealed-text.ts";

test("whoever has the token reads it again, nobody else does, and it is never written twice the same", () => {
  const text = '{"data":{"secret":"höchst"}}';
  const sealed = seal(text, "token");
  expect(sealed).not.toContain("secret");
  expect(unseal(sealed, "token")).toBe(text);
  expect(seal(text, "token")).not.toBe(sealed);
  expect(() => unseal(sealed, "another")).toThrow();
  expect(() => unseal(`${sealed.slice(0, -8)}AAAAAAA=`, "token")).toThrow();
});

test("what was kept before anything was sealed is as it was", () => {
  expect(unseal('{"status":"success"}', "token")).toBe('{"status":"success"}');
});
