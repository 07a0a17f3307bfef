import { describe, expect, test } from "bun:test";
import { SessionKeys } from "#server/stats/session-key.ts";

const keys = new SessionKeys(new Uint8Array(32).fill(7));
const URL_OF_LIST = "http://localhost/live/x/media.m3u8";

function keyOf(of: { headers?: Record<string, string>; query?: string; address?: string }): string {
  const { headers = {}, query = "", address = "192.0.2.1" } = of;
  return keys.keyOf({ headers: new Headers(headers), url: `${URL_OF_LIST}${query}`, address: () => address });
}

const CMCD = { "CMCD-Session": 'cid="show",sid="6e2fb550-c457-11e9-bb97-0800200c9a66",v=1' };

describe("a viewer is known", () => {
  test("by the CMCD session id first, in a header or in the query", () => {
    const byHeader = keyOf({ headers: CMCD, query: `?session=${keys.issue()}` });
    const byQuery = keyOf({
      query: `?CMCD=${encodeURIComponent('bl=2000,sid="6e2fb550-c457-11e9-bb97-0800200c9a66"')}`,
      address: "192.0.2.2",
    });
    expect(byHeader).toStartWith("cmcd:");
    expect(byQuery).toBe(byHeader);
  });

  test("then by the session that the multivariant playlist handed out, from whatever address (V1, V2)", () => {
    const query = `?session=${keys.issue()}`;
    const key = keyOf({ query, headers: { "X-Playback-Session-Id": "1" } });
    expect(key).toStartWith("session:");
    expect(keyOf({ query, address: "198.51.100.9", headers: { Cookie: "a=b", "User-Agent": "x" } })).toBe(
      key,
    );
  });

  test("then by the playback session id of Apple's players", () => {
    const key = keyOf({ headers: { "X-Playback-Session-Id": "4D9F1B3C" } });
    expect(key).toStartWith("playback:");
    expect(keyOf({ headers: { "X-Playback-Session-Id": "4D9F1B3C" }, address: "" })).toBe(key);
  });

  test("at last by address and User-Agent, neither of which can be read from the key", () => {
    const key = keyOf({ headers: { "User-Agent": "VLC" } });
    expect(keyOf({ headers: { "User-Agent": "VLC" } })).toBe(key);
    expect(keyOf({ headers: { "User-Agent": "ffplay" } })).not.toBe(key);
    expect(keyOf({ headers: { "User-Agent": "VLC" }, address: "192.0.2.2" })).not.toBe(key);
    expect(key).toMatch(/^client:[\w-]{22}$/);
    expect(
      new SessionKeys(new Uint8Array(32)).keyOf({
        headers: new Headers({ "User-Agent": "VLC" }),
        url: URL_OF_LIST,
        address: () => "192.0.2.1",
      }),
    ).not.toBe(key);
  });
});

test("a session is recognised by whoever holds the same secret: after a restart", () => {
  const query = `?session=${keys.issue()}`;
  const again = new SessionKeys(new Uint8Array(32).fill(7));
  expect(again.keyOf({ headers: new Headers(), url: URL_OF_LIST + query, address: () => "" })).toBe(
    keyOf({ query }),
  );
});

test("a forged session is not believed: ten thousand of them are one viewer", () => {
  const forged = new Set<string>();
  const signature = keys.issue().split(".")[1];
  for (let each = 0; each < 10_000; each += 1) {
    forged.add(keyOf({ query: `?session=${String(each).padStart(16, "a")}.${signature}` }));
  }
  expect([...forged]).toEqual([keyOf({})]);
});

test.each([
  ["another secret's", new SessionKeys(new Uint8Array(32)).issue()],
  ["one without a signature", keys.issue().split(".")[0] ?? ""],
  ["one cut short", keys.issue().slice(0, -1)],
  ["one with more behind it", `${keys.issue()}.a`],
  ["an empty one", ""],
  ["a huge one", "a".repeat(10_000)],
])("no session is %s", (_, session) => {
  expect(keyOf({ query: `?session=${session}` })).toBe(keyOf({}));
});

test.each([
  ["an empty id", { "CMCD-Session": 'sid=""' }],
  ["an id that is too long", { "CMCD-Session": `sid="${"a".repeat(65)}"` }],
  ["an id without quotes", { "CMCD-Session": "sid=abc" }],
  ["another key that ends in sid", { "CMCD-Session": 'xsid="abc"' }],
  ["a playback id that is too long", { "X-Playback-Session-Id": "a".repeat(65) }],
])("%s is none", (_, headers) => {
  expect(keyOf({ headers })).toBe(keyOf({}));
});

test("every key is short, whatever it was made of", () => {
  const headers = { "User-Agent": "a".repeat(10_000) };
  expect(keyOf({ headers }).length).toBeLessThan(40);
  expect(keyOf({ headers: { "CMCD-Session": `sid="${"a".repeat(64)}"` } }).length).toBeLessThan(40);
});

test("issued sessions differ", () => {
  expect(new Set(Array.from({ length: 1000 }, () => keys.issue())).size).toBe(1000);
});

test("a session that was found genuine stays so, and one like it is still not believed", () => {
  const session = keys.issue();
  const genuine = keyOf({ query: `?session=${session}` });
  expect(keyOf({ query: `?session=${session}` })).toBe(genuine);
  const [id = "", signature = ""] = session.split(".");
  const forged = `${id}.${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`;
  expect(keyOf({ query: `?session=${forged}` })).toBe(keyOf({}));
});
