import { expect, test } from "bun:test";
import { withEnd, withStart } from "#server/web/console/state/clip-span.ts";

const SPAN = { startSeconds: 10, endSeconds: 20 };

test("a handle goes where it is moved, and no further than the other one and the ends let it", () => {
  expect(withStart(SPAN, 12)).toEqual({ startSeconds: 12, endSeconds: 20 });
  expect(withStart(SPAN, -1)).toEqual({ startSeconds: 0, endSeconds: 20 });
  expect(withStart(SPAN, 30)).toEqual({ startSeconds: 19.5, endSeconds: 20 });
  expect(withEnd(SPAN, 25, 60)).toEqual({ startSeconds: 10, endSeconds: 25 });
  expect(withEnd(SPAN, 99, 60)).toEqual({ startSeconds: 10, endSeconds: 60 });
  expect(withEnd(SPAN, 0, 60)).toEqual({ startSeconds: 10, endSeconds: 10.5 });
});

test("of a recording that is shorter than any clip all is taken", () => {
  expect(withStart({ startSeconds: 0, endSeconds: 0.3 }, 0.2)).toEqual({ startSeconds: 0, endSeconds: 0.3 });
  expect(withEnd({ startSeconds: 0, endSeconds: 0.3 }, 0.1, 0.3)).toEqual({
    startSeconds: 0,
    endSeconds: 0.3,
  });
});
