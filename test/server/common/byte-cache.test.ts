import { expect, test } from "bun:test";
import { ByteCache } from "#server/common/byte-cache.ts";

test("beyond its size the least recently used goes first", () => {
  const cache = new ByteCache<Uint8Array>(10);
  cache.set("a", new Uint8Array(4));
  cache.set("b", new Uint8Array(4));
  expect(cache.get("a")).toHaveLength(4);
  cache.set("c", new Uint8Array(4));
  expect(["a", "b", "c"].map((name) => cache.get(name) !== null)).toEqual([true, false, true]);
});

test("what takes the place of another counts once", () => {
  const cache = new ByteCache<Uint8Array>(10);
  for (let times = 0; times < 5; times += 1) cache.set("a", new Uint8Array(4));
  cache.set("b", new Uint8Array(6));
  expect([cache.get("a"), cache.get("b")]).not.toContain(null);
});

test("what is larger than the cache is not kept", () => {
  const cache = new ByteCache<Uint8Array>(10);
  cache.set("a", new Uint8Array(11));
  expect(cache.get("a")).toBeNull();
  cache.set("b", new Uint8Array(10));
  expect(cache.get("b")).toHaveLength(10);
});

test("everything below a name is forgotten together", () => {
  const cache = new ByteCache<Uint8Array>(10);
  for (const name of ["one/a", "one/b", "two/a"]) cache.set(name, new Uint8Array(1));
  cache.deleteAllBelow("one/");
  expect(["one/a", "one/b", "two/a"].map((name) => cache.get(name)?.byteLength)).toEqual([
    undefined,
    undefined,
    1,
  ]);
});

test("what is being loaded is loaded once for all who ask, and kept", async () => {
  const cache = new ByteCache<Uint8Array>(10);
  const { promise, resolve } = Promise.withResolvers<Uint8Array>();
  let loads = 0;
  const load = () => {
    loads += 1;
    return promise;
  };
  expect(cache.loading("a")).toBeNull();
  const asked = [cache.load("a", load), cache.load("a", load)];
  expect(await Promise.race([cache.loading("a"), "nothing yet"])).toBe("nothing yet");
  resolve(new Uint8Array(4));
  expect((await Promise.all(asked)).map(({ byteLength }) => byteLength)).toEqual([4, 4]);
  expect([loads, cache.get("a")?.byteLength, cache.loading("a")]).toEqual([1, 4, null]);
});

test("what was deleted while it was being loaded, failed or was not there is not kept", async () => {
  const cache = new ByteCache<Uint8Array, "gone">(10);
  const late = Promise.withResolvers<Uint8Array>();
  const asked = cache.load("one/a", () => late.promise);
  cache.deleteAllBelow("one/");
  late.resolve(new Uint8Array(4));
  expect(await asked).toHaveLength(4);
  expect(await cache.load("b", async () => "gone")).toBe("gone");
  await expect(cache.load("c", () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  for (const name of ["one/a", "b", "c"])
    expect([cache.get(name), cache.loading(name)]).toEqual([null, null]);
});
