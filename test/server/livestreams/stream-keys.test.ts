import { expect, test } from "bun:test";
import { newStreamKey } from "#server/livestreams/stream-keys.ts";
import { FakeHouse } from "./fake-house.ts";

test("a key has 192 bits, of characters that RTMP clients leave alone, and no other is the same", () => {
  expect(newStreamKey()).toMatch(/^[A-Za-z0-9_-]{32}$/);
  expect(new Set(Array.from({ length: 100 }, newStreamKey)).size).toBe(100);
});

test("one input gets another key, stored before it opens anything; the other keeps its own", async () => {
  const house = new FakeHouse();
  const id = await house.started();
  const before = await house.stored.find(id);
  const { resetKey } = house.playouts;
  let storedThen: string | null | undefined;
  house.playouts.resetKey = (...told) => {
    storedThen = house.database
      .query<{ key: string }, []>("SELECT secondary_stream_key AS key FROM livestreams")
      .get()?.key;
    resetKey.apply(house.playouts, told);
  };
  const result = await house.livestreams.resetStreamKey(id, "secondary");
  if (!result.ok) throw new Error(result.refusal.code);
  const after = await house.stored.find(id);
  expect(after?.primaryStreamKey).toBe(before?.primaryStreamKey ?? "");
  expect(after?.secondaryStreamKey).not.toBe(before?.secondaryStreamKey ?? "");
  expect(storedThen).toBe(after?.secondaryStreamKey);
  expect(result.livestream.inputs.map(({ streamKey }) => streamKey)).toEqual([
    after?.primaryStreamKey ?? "",
    after?.secondaryStreamKey ?? "",
  ]);
  expect(house.playouts.streamKeys.get(id)?.secondary).toBe(after?.secondaryStreamKey);
});

test("an input that the livestream does not have is not found, in every status", async () => {
  const house = new FakeHouse();
  const created = await house.create({ withBackup: false });
  const started = await house.started({ withBackup: false });
  for (const id of [created, started, "nobody's"]) {
    expect(await house.livestreams.resetStreamKey(id, "secondary")).toEqual({
      ok: false,
      refusal: { code: "not_found" },
    });
  }
});
