import { expect, test } from "bun:test";
import { matcherOf } from "#server/common/secret.ts";

test("a secret is matched by itself alone, whatever the length of what is given", () => {
  const isSecret = matcherOf("0123456789abcdef");
  expect(isSecret("0123456789abcdef")).toBe(true);
  for (const other of ["", "0123456789abcde", "0123456789abcdef0", "0123456789abcdeF", "x".repeat(5000)]) {
    expect(isSecret(other)).toBe(false);
  }
});
