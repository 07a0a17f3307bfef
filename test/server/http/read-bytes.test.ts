import { expect, test } from "bun:test";
import { readAtMost } from "#server/http/read-bytes.ts";

const LONG_MS = 60_000;

function requestOf(body: ReadableStream | string | null, headers: Record<string, string> = {}): Request {
  return new Request("http://localhost", { method: "PUT", headers, body });
}

test("a body up to the limit is read, in however many pieces it comes", async () => {
  const body = new ReadableStream({
    start: (controller) => {
      controller.enqueue(Uint8Array.of(1, 2));
      controller.enqueue(Uint8Array.of(3));
      controller.close();
    },
  });
  expect(await readAtMost(3, requestOf(body), LONG_MS)).toEqual(Buffer.of(1, 2, 3));
  expect(await readAtMost(3, requestOf(null), LONG_MS)).toHaveLength(0);
});

test("one that says it is too large is not read at all", async () => {
  let isRead = false;
  const body = new ReadableStream(
    {
      pull: () => {
        isRead = true;
      },
    },
    { highWaterMark: 0 },
  );
  expect(await readAtMost(3, requestOf(body, { "Content-Length": "4" }), LONG_MS)).toBe("body_too_large");
  expect(isRead).toBe(false);
});

test("one that turns out too large is let go", async () => {
  let pulls = 0;
  let isCancelled = false;
  const endless = new ReadableStream({
    pull: (controller) => {
      pulls += 1;
      controller.enqueue(new Uint8Array(2));
    },
    cancel: () => {
      isCancelled = true;
    },
  });
  expect(await readAtMost(7, requestOf(endless), LONG_MS)).toBe("body_too_large");
  expect([pulls < 10, isCancelled]).toEqual([true, true]);
});

test("one that stops half way, or stands still, is cut off", async () => {
  const broken = new ReadableStream({
    start: (controller) => controller.enqueue(new Uint8Array(2)),
    pull: (controller) => controller.error(new Error("the connection was reset")),
  });
  expect(await readAtMost(7, requestOf(broken), LONG_MS)).toBe("cut_off");
  expect(await readAtMost(7, requestOf(new ReadableStream()), 1)).toBe("cut_off");
});
