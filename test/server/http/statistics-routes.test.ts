import { expect, test } from "bun:test";
import { sampleAt } from "#test/support/fake-statistics.ts";
import { codeOf, FakeApp, READER } from "./fake-app.ts";

const NOBODY = { rtmpConnections: 0, hlsConnections: 0 };

test("statistics are zeros and an empty list in every status in which nothing runs", async () => {
  const app = new FakeApp();
  const { house } = app;
  const ids = [
    await house.create(),
    await house.started(),
    await house.live(),
    await house.stopped(),
    await house.failed(),
  ];
  for (const id of ids) {
    const overview = await app.call("GET", `/v2/livestreams/${id}/statistics`, { token: READER });
    expect(overview.body).toEqual({
      status: "success",
      data: { primary: NOBODY, secondary: NOBODY, sum: NOBODY },
    });
    const history = await app.call("GET", `/v2/livestreams/${id}/statistics/secondary`, { token: READER });
    expect(history.body).toEqual({
      status: "success",
      data: [],
      pagination: { page: 0, perpage: 10, total: 0, pageCount: 0 },
    });
  }
});

test("the counts of several livestreams come in the order asked in, of at most 50", async () => {
  const app = new FakeApp();
  const idOf = (number: number) => `01890a5d-ac96-774b-bcce-b302099a${String(number).padStart(4, "0")}`;
  const ids = [idOf(2), idOf(1)];
  const { body } = await app.call("GET", `/v2/statistics?ids=${ids.join(",")}`, { token: READER });
  expect(body).toEqual({
    status: "success",
    data: ids.map((livestreamId) => ({
      ...{ livestreamId, primary: NOBODY, secondary: NOBODY, sum: NOBODY },
    })),
  });
  const many = (count: number) => Array.from({ length: count }, (_, each) => idOf(each)).join(",");
  const status = async (ids: string) => (await app.call("GET", `/v2/statistics?ids=${ids}`)).status;
  expect([await status(many(50)), await status(many(51))]).toEqual([200, 400]);
  for (const wrong of [`${idOf(1)},`, `a${idOf(1)}`, `${idOf(1)}0`, idOf(1).toUpperCase(), "%C2%95", "one"])
    expect([wrong, await status(wrong)]).toEqual([wrong, 400]);
  expect((await app.call("GET", "/v2/statistics")).body).toEqual({ status: "success", data: [] });
});

test("a sample is shown as the contract has it", async () => {
  const app = new FakeApp();
  const livestreamId = await app.house.create();
  await app.statistics.samples.append([sampleAt(Date.UTC(2026, 0, 1), { livestreamId })]);
  const { body } = await app.call("GET", `/v2/livestreams/${livestreamId}/statistics/primary?perpage=100000`);
  expect(body).toEqual({
    status: "success",
    data: [
      {
        ...{
          createdAtUtc: "2026-01-01T00:00:00.000Z",
          rtmpConnections: 1,
          hlsConnections: 0,
          ingestActive: true,
        },
        ...{ onAir: true, videoBitrateKbps: 900, audioBitrateKbps: 96, frameRate: 29.97 },
        ...{ keyFrameIntervalSeconds: 2, timestampRepairs: 0 },
      },
    ],
    pagination: { page: 0, perpage: 50, total: 1, pageCount: 1 },
  });
});

test("before= leaves out what is not older", async () => {
  const app = new FakeApp();
  const livestreamId = await app.house.create();
  const samples = [1, 2, 3].map((second) => sampleAt(second * 1000, { livestreamId }));
  await app.statistics.samples.append(samples);
  const path = `/v2/livestreams/${livestreamId}/statistics/primary?before=1970-01-01T00:00:03.000Z`;
  expect((await app.call("GET", path)).body).toMatchObject({
    data: [{ createdAtUtc: "1970-01-01T00:00:02.000Z" }, { createdAtUtc: "1970-01-01T00:00:01.000Z" }],
    pagination: { total: 2 },
  });
});

test.each([
  ["page=-1", "page"],
  ["page=1.5", "page"],
  ["page=999999999999999999", "page"],
  ["perpage=0", "perpage"],
  ["perpage=x", "perpage"],
  ["before=yesterday", "before"],
  ["before=2026-02-31T00:00:99Z", "before"],
  ["before=2026-02-31T00:00:00Z", "before"],
  ["before=2026-01-01T00:00:00Z&before=2026-01-01T00:00:00Z", "before"],
])("%s is refused", async (query, field) => {
  const app = new FakeApp();
  const answer = await app.call(
    "GET",
    `/v2/livestreams/${await app.house.create()}/statistics/primary?${query}`,
  );
  expect([answer.status, codeOf(answer)]).toEqual([400, "validation_failed"]);
  expect(answer.body?.data).toHaveProperty(["fields", field]);
});

test.each(["statistics", "statistics/primary", "events"])("%s of no livestream is 404", async (path) => {
  const app = new FakeApp();
  for (const id of ["nothing", "01890a5d-ac96-774b-bcce-b302099a8057"]) {
    const answer = await app.call("GET", `/v2/livestreams/${id}/${path}`);
    expect([answer.status, codeOf(answer)]).toEqual([404, "not_found"]);
  }
});

test("an unknown instance is 404", async () => {
  const app = new FakeApp();
  const answer = await app.call("GET", `/v2/livestreams/${await app.house.create()}/statistics/tertiary`);
  expect([answer.status, codeOf(answer)]).toEqual([404, "not_found"]);
});

test("statistics are read only, and only with a token", async () => {
  const app = new FakeApp();
  const path = `/v2/livestreams/${await app.house.create()}/statistics`;
  const post = await app.call("POST", path);
  expect([post.status, post.headers.get("Allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
  expect((await app.call("GET", path, { token: "nobody" })).status).toBe(401);
});
