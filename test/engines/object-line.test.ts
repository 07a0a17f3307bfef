// The object store at the end of a line that is slow, silent, broken or noisy: nothing half is taken for whole.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { diskTroubleOf } from "#server/store/disk-trouble.ts";
import { ObjectMissingError } from "#server/store/object-store.ts";
import { S3ObjectStore } from "#server/store/s3/s3-object-store.ts";
import { type S3Place, S3Requests } from "#server/store/s3/s3-requests.ts";
import { Line } from "#test/support/line.ts";
import { ACCESS_KEY_ID, ObjectServer, SECRET_ACCESS_KEY } from "#test/support/object-server.ts";

const TYPE = "video/mp4";
const SIGNAL = new AbortController().signal;

/** Long enough to be under way when the line breaks. */
const LONG = 3 * 1024 * 1024;

function bytesOf(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, index) => index % 251);
}

async function troubleOf(work: Promise<unknown>): Promise<string | null> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(String(error)).not.toContain(SECRET_ACCESS_KEY);
  return error instanceof ObjectMissingError ? "missing" : diskTroubleOf(error);
}

describe.skipIf(!ObjectServer.isInstalled)("with a store", () => {
  let server: ObjectServer;
  let line: Line;
  /** Without the line. */
  let direct: S3ObjectStore;
  let store: S3ObjectStore;
  const folder = mkdtempSync(join(tmpdir(), "tandem-line-"));
  beforeAll(async () => {
    server = await ObjectServer.start();
    direct = await server.bucket("line");
    line = await Line.to(server.port);
    store = new S3ObjectStore(placeIn("line"));
    await direct.put("long", bytesOf(LONG), TYPE);
  });
  beforeEach(() => {
    line.trouble = {};
  });
  afterAll(async () => {
    line[Symbol.dispose]();
    await server[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  function placeIn(bucket: string): S3Place {
    return {
      ...{ endpoint: `http://127.0.0.1:${line.port}`, region: "us-east-1", bucket, prefix: "tandem/" },
      ...{ accessKeyId: ACCESS_KEY_ID, secretAccessKey: SECRET_ACCESS_KEY },
    };
  }

  test("one that is slow is waited for", async () => {
    line.trouble = { delayMs: 150 };
    await store.put("slow", bytesOf(1000), TYPE);
    expect(await store.read("slow", 10, 20)).toEqual(bytesOf(30).subarray(10));
  });

  test("one that is silent, or refuses connections, is told from one that lacks something", async () => {
    line.trouble = { isSilent: true };
    expect(await troubleOf(store.check())).toBe("object_store_silent");
    line.trouble = { refuses: true };
    line.reset();
    expect(await troubleOf(store.check())).toBe("object_store_away");
    line.trouble = {};
    await store.check();
  });

  test("half an object is nobody's, wherever the line breaks, on the way there and back", async () => {
    for (const afterBytes of [100, 2000, 100_000, LONG - 1000]) {
      line.trouble = { cut: { direction: "down", afterBytes } };
      expect(await troubleOf(store.read("long", 0, LONG))).toBe("object_store_away");
      expect(await troubleOf(store.readWhole("long"))).toBe("object_store_away");
      line.trouble = { cut: { direction: "up", afterBytes } };
      expect(await troubleOf(store.putNew(`half-${afterBytes}`, bytesOf(LONG), TYPE))).toBe(
        "object_store_away",
      );
      expect(await direct.byteLengthOf(`half-${afterBytes}`)).toBeNull();
    }
    line.trouble = {};
    expect(await store.read("long", 0, LONG)).toEqual(bytesOf(LONG));
    expect(await store.putNew("half-100", bytesOf(LONG), TYPE)).toBe(true);
  });

  test("half a list is no list", async () => {
    for (let index = 0; index < 30; index += 1) await direct.put(`listed/${index}`, bytesOf(1), TYPE);
    const whole = await Array.fromAsync(store.list("listed/"));
    expect(whole).toHaveLength(30);
    for (const afterBytes of [300, 1000, 3000]) {
      line.trouble = { cut: { direction: "down", afterBytes } };
      expect(await troubleOf(Array.fromAsync(store.list("listed/")))).toBe("object_store_away");
    }
  });

  test("a file that is sent in parts is there once all of them are, and what a process before has left of it goes", async () => {
    const requests = new S3Requests(placeIn("line"));
    const path = join(folder, "media.mp4");
    const byteLength = 36 * 1024 * 1024;
    await Bun.write(path, bytesOf(byteLength));
    for (const afterBytes of [1000, 20 * 1024 * 1024]) {
      line.trouble = { cut: { direction: "up", afterBytes } };
      expect(await troubleOf(store.putFile("parts", { path, byteLength }, TYPE, SIGNAL))).toBe(
        "object_store_away",
      );
      expect(await direct.byteLengthOf("parts")).toBeNull();
    }
    line.trouble = {};
    for (const key of ["parts", "parts of another"])
      await requests.send({ method: "POST", key, query: { uploads: "" } });
    await store.putFile("parts", { path, byteLength }, TYPE, SIGNAL);
    expect(await direct.byteLengthOf("parts")).toBe(byteLength);
    const listed = await (await requests.send({ method: "GET", key: null, query: { uploads: "" } })).text();
    expect(Array.from(listed.matchAll(/<Key>([^<]*)<\/Key>/g), ([, key]) => key)).toEqual([
      "tandem/parts of another",
    ]);
  });

  test("an object is renamed, whole and with what was said of it", async () => {
    await store.put("before", bytesOf(1000), TYPE, "of it");
    await store.rename("before", "lost-and-found/ä b");
    expect(await direct.byteLengthOf("before")).toBeNull();
    expect(await direct.readWhole("lost-and-found/ä b")).toEqual({ bytes: bytesOf(1000), facts: "of it" });
    expect(await troubleOf(store.rename("never", "there"))).toBe("missing");
  });

  test("a bucket that is not there is not an empty one", async () => {
    const missing = new S3ObjectStore(placeIn("never-made"));
    expect(await troubleOf(missing.check())).toBe("object_store_refuses");
    expect(await troubleOf(Array.fromAsync(missing.list("")))).toBe("object_store_refuses");
  });
});
