import { expect, test } from "bun:test";
import { acceptedFormat } from "#server/http/accepted-format.ts";

test.each([
  [undefined, "jpeg"],
  ["", "jpeg"],
  ["*/*", "jpeg"],
  ["image/*", "jpeg"],
  ["text/html", "jpeg"],
  ["image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8", "avif"],
  ["image/webp,*/*", "webp"],
  ["IMAGE/WEBP", "webp"],
  ["image/avif;q=0.5, image/webp;q=0.9", "webp"],
  ["image/webp;q=0.5, image/jpeg", "jpeg"],
  ["image/webp;q=0.5, */*", "jpeg"],
  ["image/avif;q=0, image/webp;q=0", "jpeg"],
  ["image/jpeg;q=0, image/webp", "webp"],
  ["image/avif;q=many", "jpeg"],
  [",;,=;q=,", "jpeg"],
])("to who accepts %p goes %s", (accept, format) => {
  expect<string>(acceptedFormat(accept)).toBe(format);
});
