import { expect, test } from "bun:test";
import { hasAlready } from "#server/delivery/entity-tag.ts";

test.each(['"a"', 'W/"a"', '"b", "a"', '"b" ,W/"a"', "*"])("who says %s has what is tagged a", (tags) => {
  expect(hasAlready(tags, '"a"')).toBe(true);
});

test.each([null, undefined, "", "a", '"b"', 'W/"b"', '"a'])("who says %s has it not", (tags) => {
  expect(hasAlready(tags, '"a"')).toBe(false);
});
