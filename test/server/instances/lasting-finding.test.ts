import { expect, test } from "bun:test";
import { type Finding, LastingFinding } from "#server/instances/lasting-finding.ts";

const found = (measured: number): Finding => ({ measured, sentence: `It is ${measured}.` });

/** What is told after each of the observations. */
function told(observations: readonly (number | null)[]): (string | null)[] {
  const finding = new LastingFinding({ appearsAfter: 3, goesAfter: 2 });
  return observations.map((measured) => {
    finding.observe(measured === null ? null : found(measured));
    return finding.sentence;
  });
}

test("it is told once it was there often enough in a row", () => {
  expect(told([1, 1, null, 1, 1])).toEqual([null, null, null, null, null]);
  expect(told([1, 1, 1])).toEqual([null, null, "It is 1."]);
});

test("it is told until it was away often enough in a row, and then has to come anew", () => {
  const it = "It is 1.";
  expect(told([1, 1, 1, null, 1, null, 1])).toEqual([null, null, it, it, it, it, it]);
  expect(told([1, 1, 1, null, null, 1, 1, 1])).toEqual([null, null, it, it, null, null, null, it]);
});

test("a figure is put right when it is more than a fifth off, in both directions, and also below zero", () => {
  expect(told([100, 100, 100, 120, 121]).slice(2)).toEqual(["It is 100.", "It is 100.", "It is 121."]);
  expect(told([100, 100, 100, 80, 79]).slice(2)).toEqual(["It is 100.", "It is 100.", "It is 79."]);
  expect(told([-1, -1, -1, -1.2, 1]).slice(2)).toEqual(["It is -1.", "It is -1.", "It is 1."]);
});

test("what is told is what was found last when it had lasted", () => {
  expect(told([5, 7, 9]).at(-1)).toBe("It is 9.");
});
