// The object store over S3, against a real one.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { diskTroubleOf } from "#server/store/disk-trouble.ts";
import { ObjectMissingError, type StoredObject } from "#server/store/object-store.ts";
import { S3ObjectStore } from "#server/store/s3/s3-object-store.ts";
import { ACCESS_KEY_ID, ObjectServer, SECRET_ACCESS_KEY } from "#test/support/object-server.ts";
import { until } from "#test/support/until.ts";

const TYPE = "video/mp4";
const SIGNAL = new AbortController().signal;

function bytesOf(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, index) => index % 251);
}

describe.skipIf(!ObjectServer.isInstalled)("with a store", () => {
  let server: ObjectServer;
  beforeAll(async () => {
    server = await ObjectServer.start();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  function storeAt(
    prefix = "tandem/",
    of: { secretAccessKey?: string; bucket?: string } = {},
  ): S3ObjectStore {
    return new S3ObjectStore({
      ...{ endpoint: server.endpoint, region: "us-east-1", bucket: "recordings", prefix },
      ...{ accessKeyId: ACCESS_KEY_ID, secretAccessKey: SECRET_ACCESS_KEY, ...of },
    });
  }

  async function listed(store: S3ObjectStore, prefix: string): Promise<readonly StoredObject[]> {
    return await Array.fromAsync(store.list(prefix));
  }

  test("an object is read back, whole and in part, listed under its prefix, replaced, and removed", async () => {
    const store = storeAt();
    const bytes = bytesOf(1000);
    await store.put("show a/0-1.m4s", bytes, TYPE);
    expect(await store.byteLengthOf("show a/0-1.m4s")).toBe(1000);
    expect(await store.read("show a/0-1.m4s", 0, 1000)).toEqual(bytes);
    expect(await store.read("show a/0-1.m4s", 10, 5)).toEqual(bytes.subarray(10, 15));
    expect(await store.read("show a/0-1.m4s", 10, 0)).toEqual(new Uint8Array(0));
    await store.put("show a/ü+&<'2.m4s", bytes, TYPE);
    await store.put("show b/1", bytes, TYPE);
    expect(await listed(store, "show a/")).toEqual([
      { key: "show a/0-1.m4s", byteLength: 1000 },
      { key: "show a/ü+&<'2.m4s", byteLength: 1000 },
    ]);
    expect(await listed(storeAt("other/"), "")).toEqual([]);
    await store.put("show b/1", bytes.subarray(0, 3), TYPE);
    expect(await store.byteLengthOf("show b/1")).toBe(3);
    await store.remove("show b/1");
    await store.remove("show b/1");
    expect(await store.byteLengthOf("show b/1")).toBeNull();
  });

  test("what is not there, or too short, is missing, not trouble", async () => {
    const store = storeAt();
    await store.put("short", bytesOf(10), TYPE);
    const asked = [store.read("never", 0, 1), store.read("short", 5, 10), store.read("short", 10, 1)];
    for (const result of await Promise.allSettled(asked)) {
      expect(result).toMatchObject({ status: "rejected", reason: expect.any(ObjectMissingError) });
    }
  });

  test("of many who write a new object one does", async () => {
    const store = storeAt();
    const writers = [1, 2, 3].map((each) => store.putNew("new", new Uint8Array([each]), TYPE));
    const won = await Promise.all(writers);
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await store.read("new", 0, 1)).toEqual(new Uint8Array([won.indexOf(true) + 1]));
  });

  test("a long file goes in parts, up to where it is asked for, and more than a page of objects is listed", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tandem-upload-"));
    const store = storeAt();
    const path = join(folder, "media.mp4");
    const bytes = bytesOf(40 * 1024 * 1024);
    await Bun.write(path, bytes);
    await store.putFile("long/media.mp4", { path, byteLength: bytes.byteLength - 7 }, TYPE, SIGNAL);
    expect(await store.byteLengthOf("long/media.mp4")).toBe(bytes.byteLength - 7);
    const at = 16 * 1024 * 1024 - 100;
    expect(await store.read("long/media.mp4", at, 200)).toEqual(bytes.subarray(at, at + 200));
    await store.putFile("long/short.mp4", { path, byteLength: 100 }, TYPE, SIGNAL);
    expect(await store.read("long/short.mp4", 0, 100)).toEqual(bytes.subarray(0, 100));
    const stopped = AbortSignal.abort(new Error("stopped"));
    const aborted = store.putFile("long/never.mp4", { path, byteLength: bytes.byteLength }, TYPE, stopped);
    await expect(aborted).rejects.toThrow("stopped");
    for (let first = 0; first < 1100; first += 50) {
      await Promise.all(
        Array.from({ length: 50 }, (_, index) => store.put(`many/${first + index}`, bytesOf(1), TYPE)),
      );
    }
    expect(await listed(store, "many/")).toHaveLength(1100);
    expect((await listed(store, "long/")).map(({ key }) => key)).toEqual([
      "long/media.mp4",
      "long/short.mp4",
    ]);
    rmSync(folder, { recursive: true });
  }, 60_000);

  test("a URL that is handed out is good for anybody, for its time", async () => {
    const store = storeAt();
    await store.put("shown", bytesOf(10), TYPE);
    const url = await store.presignedUrl("shown", 2);
    const response = await fetch(url, { headers: { Range: "bytes=2-3" } });
    expect([response.status, new Uint8Array(await response.arrayBuffer())]).toEqual([
      206,
      new Uint8Array([2, 3]),
    ]);
    expect(url).not.toContain(SECRET_ACCESS_KEY);
    expect((await fetch(url.replace("shown", "short"))).status).toBe(403);
  });

  test("a store that refuses, hangs or is gone says so, and its secret is in no message", async () => {
    const troubleOf = async (work: Promise<unknown>): Promise<string | null> => {
      const error = await work.then(
        () => null,
        (thrown: unknown) => thrown,
      );
      expect(String(error)).not.toContain("horse");
      return diskTroubleOf(error);
    };
    const stranger = storeAt("tandem/", { secretAccessKey: "wrong-horse" });
    expect(await troubleOf(stranger.put("never", bytesOf(1), TYPE))).toBe("object_store_refuses");
    const store = storeAt();
    expect(await troubleOf(Array.fromAsync(storeAt("", { bucket: "missing-bucket" }).list("")))).toBe(
      "object_store_refuses",
    );
    server.freeze();
    try {
      expect(await troubleOf(store.read("shown", 0, 1))).toBe("object_store_silent");
    } finally {
      server.thaw();
    }
    await server.kill();
    expect(await troubleOf(store.read("shown", 0, 1))).toBe("object_store_away");
    await server.restart();
    expect(await until("the object", () => store.read("shown", 0, 1))).toEqual(new Uint8Array([0]));
  }, 60_000);
});
