import { expect, test } from "bun:test";
import { concat } from "#media/bytes/concat.ts";

test("the pieces follow one another in a copy", () => {
  const first = Uint8Array.of(1, 2);
  const joined = concat([first, new Uint8Array(0), Uint8Array.of(3)]);
  first.fill(9);
  expect(joined).toEqual(Uint8Array.of(1, 2, 3));
});
