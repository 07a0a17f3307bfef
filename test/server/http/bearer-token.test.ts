import { expect, test } from "bun:test";
import { bearerTokenIn } from "#server/http/bearer-token.ts";

test.each(["Bearer abc", "bearer abc", "BEARER  abc"])("%s holds a token", (authorization) => {
  expect(bearerTokenIn(authorization)).toBe("abc");
});

test.each([
  undefined,
  "",
  "Bearer",
  "Bearer ",
  "Basic abc",
  "Bearer a b",
  "Bearer ä",
  `Bearer ${"a".repeat(4097)}`,
])("%s holds none", (authorization) => {
  expect(bearerTokenIn(authorization)).toBeNull();
});
