import { expect, test } from "bun:test";
import { hrefOf, parseRoute } from "#server/web/console/state/route.ts";

test.each([
  ["", { page: "livestreams" }],
  ["#", { page: "livestreams" }],
  ["#/livestreams", { page: "livestreams" }],
  ["#/livestreams/", { page: "livestreams" }],
  ["#/livestreams/one", { page: "livestream", id: "one" }],
  ["#/library", { page: "library" }],
  ["#/library/a%2Fb", { page: "asset", id: "a/b" }],
  ["#/webhooks/w", { page: "webhook", id: "w" }],
  ["#/tokens", { page: "tokens" }],
  ["#/tokens/t", { page: "unknown" }],
  ["#/nothing", { page: "unknown" }],
  ["#/nothing/one", { page: "unknown" }],
  ["#/livestreams/one/two", { page: "unknown" }],
  ["#/livestreams/%E0%A4%A", { page: "unknown" }],
  ["#/toString/one", { page: "unknown" }],
])("%j is a page", (hash, route) => {
  expect<unknown>(parseRoute(hash)).toEqual(route);
});

test("what is linked to is found again", () => {
  expect(parseRoute(hrefOf("library", "a b/ü"))).toEqual({ page: "asset", id: "a b/ü" });
  expect(parseRoute(hrefOf("webhooks"))).toEqual({ page: "webhooks" });
});
