import { expect, test } from "bun:test";
import { newToken, tokenHash } from "#server/store/new-token.ts";

test("a token is 256 random bits, and no two are the same", () => {
  const tokens = Array.from({ length: 100 }, () => newToken());
  expect(new Set(tokens).size).toBe(100);
  for (const token of tokens) expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
});

test("what is kept of a token is its SHA-256", () => {
  expect(Buffer.from(tokenHash("abc")).toString("hex")).toBe(
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});
