import { expect, test } from "bun:test";
import { hostInUrl, localHost } from "#server/common/local-host.ts";

test("a server on every address is reached on this machine's own", () => {
  expect(["0.0.0.0", "::", "192.0.2.1", "::1", "localhost"].map(localHost)).toEqual([
    "127.0.0.1",
    "127.0.0.1",
    "192.0.2.1",
    "::1",
    "localhost",
  ]);
});

test("an IPv6 address stands in brackets in a URL", () => {
  expect(["::1", "127.0.0.1", "localhost"].map(hostInUrl)).toEqual(["[::1]", "127.0.0.1", "localhost"]);
});
