import { describe, expect, test } from "bun:test";
import { type Answer, FakeApp } from "./fake-app.ts";

async function withLivestreams(count: number): Promise<FakeApp> {
  const app = new FakeApp();
  for (let number = 1; number <= count; number += 1) await app.house.create({ name: `Show ${number}` });
  return app;
}

function namesOf({ body }: Answer): string[] {
  return Array.isArray(body?.data) ? body.data.map(({ name }: { name: string }) => name) : [];
}

describe("a list", () => {
  test("is newest first, ten at a time", async () => {
    const answer = await (await withLivestreams(12)).call("GET", "/v2/livestreams");
    expect(namesOf(answer).slice(0, 2)).toEqual(["Show 12", "Show 11"]);
    expect(namesOf(answer)).toHaveLength(10);
    expect(answer.body?.pagination).toEqual({ page: 0, perpage: 10, total: 12, pageCount: 2 });
  });

  test("goes on where the page before ended", async () => {
    const answer = await (await withLivestreams(5)).call("GET", "/v2/livestreams?page=1&perpage=2");
    expect(namesOf(answer)).toEqual(["Show 3", "Show 2"]);
    expect(answer.body?.pagination).toEqual({ page: 1, perpage: 2, total: 5, pageCount: 3 });
  });

  test.each(["1", "1000000", "100000000000000"])("is empty on page %s, past its end", async (page) => {
    const answer = await (await withLivestreams(1)).call("GET", `/v2/livestreams?page=${page}`);
    expect([answer.status, answer.body?.data]).toEqual([200, []]);
  });

  test.each([
    ["50", 50],
    ["51", 50],
    ["0010", 10],
    ["9".repeat(400), 50],
  ])("asked for %s on a page gives at most %p", async (asked, perpage) => {
    const answer = await (await withLivestreams(51)).call("GET", `/v2/livestreams?perpage=${asked}`);
    expect(answer.body?.pagination).toMatchObject({ perpage });
    expect(namesOf(answer)).toHaveLength(perpage);
  });

  test.each([
    ["page=-1", "page"],
    ["page=1.5", "page"],
    ["page=1e3", "page"],
    ["page=", "page"],
    ["page=%201", "page"],
    ["page=100000000000001", "page"],
    ["page=1&page=2", "page"],
    ["perpage=0", "perpage"],
    ["perpage=-5", "perpage"],
    ["perpage=ten", "perpage"],
    ["sort=nothing", "sort"],
    ["sort=name:down", "sort"],
    ["sort=constructor", "sort"],
    ["sort=", "sort"],
    ["status=over", "status"],
    ["status=", "status"],
  ])("asked for %s is refused", async (query, field) => {
    const answer = await new FakeApp().call("GET", `/v2/livestreams?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.body?.data).toEqual({
      code: "validation_failed",
      fields: { [field]: expect.stringMatching(/^must be /) },
    });
  });

  test.each([
    ["name", ["Alpha", "beta", "Gamma"]],
    ["name:asc", ["Alpha", "beta", "Gamma"]],
    ["name:desc", ["Gamma", "beta", "Alpha"]],
    ["createdAtUtc", ["beta", "Gamma", "Alpha"]],
    ["updatedAtUtc:desc", ["Alpha", "Gamma", "beta"]],
    ["startedAtUtc", ["Alpha", "Gamma", "beta"]],
  ])("can be sorted by %s", async (sort, names) => {
    const app = new FakeApp();
    for (const name of ["beta", "Gamma", "Alpha"]) await app.house.create({ name });
    expect(namesOf(await app.call("GET", `/v2/livestreams?sort=${sort}`))).toEqual(names);
  });

  test("can be of one status", async () => {
    const app = new FakeApp();
    await app.house.create();
    const id = await app.house.started();
    const answer = await app.call("GET", "/v2/livestreams?status=started");
    expect(answer.body?.data).toMatchObject([{ id }]);
    expect(answer.body?.pagination).toMatchObject({ total: 1, pageCount: 1 });
  });

  test("ignores what it does not know", async () => {
    expect((await new FakeApp().call("GET", "/v2/livestreams?colour=red")).status).toBe(200);
  });
});

describe("the list of media", () => {
  test("leaves out the soft-deleted, which are listed apart", async () => {
    const app = new FakeApp();
    const { mediaId: kept } = await app.house.finished();
    const { mediaId: deleted } = await app.house.finished();
    await app.house.mediaService.delete(deleted, { permanent: false });
    expect((await app.call("GET", "/v2/media")).body?.data).toMatchObject([{ id: kept, status: "ready" }]);
    expect((await app.call("GET", "/v2/media?status=softDeleted")).body?.data).toMatchObject([
      { id: deleted, status: "softDeleted" },
    ]);
  });

  test.each(["name", "durationSeconds:desc", "sizeBytes", "createdAtUtc", "updatedAtUtc:asc"])(
    "can be sorted by %s",
    async (sort) => {
      expect((await new FakeApp().call("GET", `/v2/media?sort=${sort}`)).status).toBe(200);
    },
  );
});
