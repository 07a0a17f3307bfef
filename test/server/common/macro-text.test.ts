import { expect, test } from "bun:test";
import { macroText, textOf } from "#server/common/macro-text.ts";
import { StartError } from "#server/common/start-error.ts";

test("what a macro made is its text", () => {
  expect(textOf(macroText("x.css cannot be bundled", () => "a{}"))).toBe("a{}");
});

test("what a macro could not make is a problem of one line, with the error among what was said", () => {
  const failing = (message: string) => () =>
    textOf(
      macroText("x.css cannot be bundled", () => {
        throw new Error(message);
      }),
    );
  const bundler =
    '1 | @import "./gone.css"\n    ^\nerror: Could not resolve: "./gone.css"\n    at x.css:1:1\n';
  expect(failing(bundler)).toThrow(
    new StartError('x.css cannot be bundled: Could not resolve: "./gone.css"'),
  );
  expect(failing("EACCES: permission denied, posix_spawn 'bun'\n")).toThrow(
    new StartError("x.css cannot be bundled: EACCES: permission denied, posix_spawn 'bun'"),
  );
});
