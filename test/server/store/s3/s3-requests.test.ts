import { expect, test } from "bun:test";
import { S3Requests } from "#server/store/s3/s3-requests.ts";

const MINUTE_MS = 60_000;

/** A store with a clock of its own, which refuses what is signed a quarter of an hour before or after. */
class Store implements Disposable {
  aheadMs = 0;
  isClosed = false;
  /** Requests that it had. */
  asked = 0;
  readonly #server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request) => {
      this.asked += 1;
      if (this.isClosed) return new Response("<Code>AccessDenied</Code>", { status: 403 });
      const nowMs = Date.now() + this.aheadMs;
      const signedAt =
        request.headers.get("x-amz-date") ?? new URL(request.url).searchParams.get("X-Amz-Date");
      const isNear = Math.abs(timeOf(signedAt ?? "") - nowMs) < 15 * MINUTE_MS;
      const headers = { Date: new Date(nowMs).toUTCString() };
      return new Response(isNear ? "taken" : "<Code>RequestTimeTooSkewed</Code>", {
        status: isNear ? 200 : 403,
        headers,
      });
    },
  });
  readonly requests = new S3Requests({
    ...{
      endpoint: `http://127.0.0.1:${this.#server.port}`,
      region: "us-east-1",
      bucket: "clock",
      prefix: "",
    },
    ...{ accessKeyId: "tandem", secretAccessKey: "secret" },
  });

  async text(): Promise<string> {
    return (await this.requests.send({ method: "GET", key: "what" })).text();
  }

  [Symbol.dispose](): void {
    void this.#server.stop(true); // Nobody waits for it.
  }
}

/** Of `20261128T232146Z`. */
function timeOf(datetime: string): number {
  return Date.parse(datetime.replace(/^(....)(..)(..T..)(..)(..Z)$/, "$1-$2-$3:$4:$5"));
}

test.each([-200 * 24 * 60, -60, 60])(
  "a store whose clock is %i minutes ahead is given what its clock says",
  async (minutes) => {
    using store = new Store();
    store.aheadMs = minutes * MINUTE_MS;
    expect([await store.text(), store.asked]).toEqual(["taken", 2]);
    expect([await store.text(), store.asked]).toEqual(["taken", 3]);
    expect(await (await fetch(await store.requests.presigned("what", 60))).text()).toBe("taken");
    store.aheadMs = 0; // The clock of one of the two was set.
    expect([await store.text(), store.asked]).toEqual(["taken", 6]);
  },
);

test("what is refused for another reason is asked for once", async () => {
  using store = new Store();
  store.isClosed = true;
  await expect(store.text()).rejects.toThrow("AccessDenied");
  expect(store.asked).toBe(1);
});
