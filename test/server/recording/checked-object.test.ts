import { expect, test } from "bun:test";
import { crc32 } from "node:zlib";
import { CheckedObject, Checksums } from "#server/recording/checked-object.ts";
import type { JournalEntry, RecordedPart } from "#server/recording/journal.ts";
import { FakeObjectStore } from "#test/support/fake-object-store.ts";

const BYTES = Uint8Array.from({ length: 100 }, (_, index) => index);

/** Parts from byte 10 on, of ten bytes each; nothing is said of the last ten. */
const ENTRIES: readonly JournalEntry[] = [
  {
    ...{ type: "initialization", rendition: "v0-360", id: 0, offset: 10, byteLength: 10 },
    ...{ crc32: crc32(BYTES.subarray(10, 20)), tracks: [] },
  },
  segmentEnd([partAt(20), partAt(30), partAt(40), partAt(50)]),
  segmentEnd([partAt(60), partAt(70), partAt(80)]),
];

function partAt(offset: number): RecordedPart {
  return [offset, 10, crc32(BYTES.subarray(offset, offset + 10))];
}

function segmentEnd(parts: readonly RecordedPart[]): JournalEntry {
  return {
    ...{
      type: "segment-end",
      rendition: "v0-360",
      msn: 0,
      durationSeconds: 1,
      byteLength: 10 * parts.length,
    },
    ...{ partCount: parts.length, frameRate: null, targetDurationSeconds: 1, parts },
  };
}

async function place(damagedAt: number | null = null) {
  const store = new FakeObjectStore();
  const bytes = BYTES.slice();
  if (damagedAt !== null) bytes[damagedAt] = 255;
  await store.put("media", bytes);
  const object = new CheckedObject(store, async () => new Checksums(ENTRIES));
  return { store, object };
}

test("every stretch is what was written, wherever it begins and ends", async () => {
  const { object } = await place();
  for (let from = 0; from < 100; from += 1) {
    for (let until = from + 1; until <= 100; until += 1)
      expect(await object.read("media", from, until - from)).toEqual(BYTES.slice(from, until));
  }
});

test("of a damaged part not one byte is handed out, and of the others all", async () => {
  for (const damagedAt of [10, 19, 20, 35, 89]) {
    const { object } = await place(damagedAt);
    const part = Math.floor(damagedAt / 10) * 10;
    for (let from = 0; from < 100; from += 1) {
      const isOfIt = from >= part && from < part + 10;
      const read = object.read("media", from, 1);
      if (isOfIt) await expect(read).rejects.toThrow(`has other bytes at ${part} than were written`);
      else expect(await read).toEqual(BYTES.slice(from, from + 1));
    }
    await expect(object.read("media", 0, 100)).rejects.toMatchObject({ code: "OBJECT_DAMAGED" });
  }
});

test("what was damaged on its way only is right the second time", async () => {
  const { store, object } = await place();
  const read = store.read.bind(store);
  let times = 0;
  store.read = async (...of) => {
    times += 1;
    const bytes = await read(...of);
    if (times === 1) bytes[0] = 255;
    return bytes;
  };
  expect(await object.read("media", 45, 3)).toEqual(BYTES.slice(45, 48));
  expect(times).toBe(2);
});

test("checksums that could not be had are asked for again", async () => {
  const { store } = await place();
  let times = 0;
  const object = new CheckedObject(store, async () => {
    times += 1;
    if (times === 1) throw new Error("away");
    return new Checksums(ENTRIES);
  });
  await expect(object.read("media", 0, 10)).rejects.toThrow("away");
  expect(await object.read("media", 0, 10)).toEqual(BYTES.slice(0, 10));
  expect(await object.read("media", 10, 10)).toEqual(BYTES.slice(10, 20));
  expect(times).toBe(2);
});
