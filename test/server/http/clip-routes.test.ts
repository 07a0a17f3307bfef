import { afterAll, describe, expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { noReports, programmeCuts } from "#test/support/recording-folder.ts";
import { codeOf, FakeApp, READER } from "./fake-app.ts";

const RECORDED_MS = Date.UTC(2026, 10, 24, 12, 0, 0);
const UNKNOWN = "01890a5d-ac96-774b-bcce-b302099a8057";

const app = new FakeApp();
app.house.nowMs = RECORDED_MS;
const { id, mediaId } = await app.house.finished();
const recorder = app.house.recordings.record(id, null, noReports);
for (const cut of programmeCuts({ seconds: 10 })) recorder.write(cut);
await recorder.end();

afterAll(() => rm(app.house.recordingsFolder, { recursive: true, force: true }));

const ofMedia = `/v2/media/${mediaId}/clips`;
const ofLivestream = `/v2/livestreams/${id}/clips`;
const SPAN = { startSeconds: 2.5, endSeconds: 5 };
const DATES = { startAtUtc: "2026-11-24T12:00:02.500Z", endAtUtc: "2026-11-24T12:00:05Z" };

test("a clip is created, with its address, and the same one under the same key", async () => {
  const options = { body: { name: "Goal", ...SPAN }, headers: { "Idempotency-Key": "goal" } };
  const answer = await app.call("POST", ofMedia, options);
  expect(answer.status).toBe(201);
  const clip = answer.body?.data as { id: string };
  expect(clip).toMatchObject({
    ...{ livestreamId: id, status: "ready", name: "Goal", description: null },
    clipOf: { livestreamId: id, mediaId, startSeconds: 2, endSeconds: 5 },
  });
  expect(answer.headers.get("Location")).toBe(`/video/v2/media/${clip.id}`);
  expect((await app.call("POST", ofMedia, options)).body).toEqual(answer.body);
  expect((await app.call("GET", `/v2/media/${clip.id}`)).body?.data).toEqual(clip);
});

test("a livestream's is asked for by the time of day", async () => {
  const answer = await app.call("POST", ofLivestream, { body: { name: "Goal", ...DATES, copy: true } });
  expect([answer.status, codeOf(answer)]).toEqual([201, null]);
  expect(answer.body?.data).toMatchObject({ clipOf: { startSeconds: 2, endSeconds: 5 } });
});

describe("is not valid:", () => {
  const NUMBER = "must be a number of seconds";
  test.each<[string, object, Record<string, string>]>([
    [
      "an end before the start",
      { startSeconds: 5, endSeconds: 2 },
      { endSeconds: "must be more than startSeconds" },
    ],
    ["an empty span", { startSeconds: 2, endSeconds: 2 }, { endSeconds: "must be more than startSeconds" }],
    [
      "a start before the beginning",
      { startSeconds: -1, endSeconds: 2 },
      { startSeconds: "must be 0 or more" },
    ],
    ["text for a number", { startSeconds: "1", endSeconds: 2 }, { startSeconds: NUMBER }],
    ["NaN, which JSON has as null", { startSeconds: 1, endSeconds: Number.NaN }, { endSeconds: NUMBER }],
    ["no end", { startSeconds: 1 }, { endSeconds: NUMBER }],
    ["text for a flag", { ...SPAN, copy: "yes" }, { copy: "must be true or false" }],
    ["an empty name", { ...SPAN, name: " " }, { name: "must not be empty" }],
    [
      "an end behind the end",
      { startSeconds: 1, endSeconds: 11 },
      { endSeconds: "is past the end of the recording, at 10.000 s" },
    ],
    [
      "a start behind the end",
      { startSeconds: 10, endSeconds: 11 },
      { startSeconds: "is not before the end of the recording, at 10.000 s" },
    ],
  ])("%s", async (_, body, fields) => {
    const answer = await app.call("POST", ofMedia, { body: { name: "Goal", ...body } });
    expect([answer.status, answer.body?.data]).toEqual([400, { code: "validation_failed", fields }]);
  });

  test.each(["1e999", "-1e999", "9007199254740993"])("a number that is none, %s", async (number) => {
    const body = `{"name":"Goal","startSeconds":0,"endSeconds":${number}}`;
    const answer = await app.call("POST", ofMedia, { body });
    expect([answer.status, codeOf(answer)]).toEqual([400, "validation_failed"]);
  });

  test.each<[string, object, string]>([
    ["an end before the start", { ...DATES, endAtUtc: "2026-11-24T12:00:02Z" }, "endAtUtc"],
    ["the same time twice", { ...DATES, endAtUtc: DATES.startAtUtc }, "endAtUtc"],
    ["a time that there is not", { ...DATES, startAtUtc: "2026-02-31T12:00:00Z" }, "startAtUtc"],
    ["a time without a zone", { ...DATES, startAtUtc: "2026-11-24T12:00:00" }, "startAtUtc"],
    ["a number for a time", { ...DATES, startAtUtc: 5 }, "startAtUtc"],
    ["a time before the recording", { ...DATES, startAtUtc: "2026-11-24T11:00:00Z" }, "startAtUtc"],
    ["a time behind it", { ...DATES, endAtUtc: "2026-11-24T13:00:00Z" }, "endAtUtc"],
    ["a year far away", { ...DATES, endAtUtc: "9999-12-31T23:59:59Z" }, "endAtUtc"],
  ])("%s", async (_, body, field) => {
    const answer = await app.call("POST", ofLivestream, { body: { name: "Goal", ...body } });
    expect([answer.status, codeOf(answer)]).toEqual([400, "validation_failed"]);
    expect(answer.body?.data).toEqual({
      code: "validation_failed",
      fields: { [field]: expect.any(String) },
    });
  });

  test.each([ofMedia, ofLivestream])("no body, and one that is no object, to %s", async (path) => {
    for (const body of [undefined, [], "5", "null"]) {
      const answer = await app.call("POST", path, body === undefined ? {} : { body });
      expect([answer.status, body]).toEqual([400, body]);
    }
  });
});

test("a clip's picture is its own, and not the livestream's", async () => {
  const picture = await Bun.file("test/fixtures/images/quarters.png").bytes();
  expect(await app.house.thumbnails.upload(id, picture)).toBeNull();
  const { body } = await app.call("POST", ofMedia, { body: { name: "Goal", ...SPAN } });
  const clip = body?.data as { id: string; thumbnailUrl: null };
  expect(clip.thumbnailUrl).toBeNull();
  const fetched = async (mediaIdOf: string): Promise<number> => {
    const path = `/v2/media/${mediaIdOf}/thumbnail`;
    return (await app.app.request(path, { headers: { Authorization: "Bearer admin-token" } })).status;
  };
  expect([await fetched(mediaId), await fetched(clip.id)]).toEqual([200, 404]);
});

test("what is not there, and what may not be done, is said by its code", async () => {
  const created = await app.house.create();
  for (const [path, body, status, code] of [
    [`/v2/media/${UNKNOWN}/clips`, SPAN, 404, "not_found"],
    ["/v2/media/nothing/clips", SPAN, 404, "not_found"],
    [`/v2/livestreams/${UNKNOWN}/clips`, DATES, 404, "not_found"],
    [`/v2/livestreams/${created}/clips`, DATES, 409, "not_recorded"],
  ] as const) {
    const answer = await app.call("POST", path, { body: { name: "Goal", ...body } });
    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
  }
  const { mediaId: deleted } = await app.house.finished();
  await app.call("DELETE", `/v2/media/${deleted}`);
  const answer = await app.call("POST", `/v2/media/${deleted}/clips`, { body: { name: "Goal", ...SPAN } });
  expect([answer.status, answer.body?.data]).toEqual([
    409,
    { code: "soft_deleted", currentStatus: "softDeleted", allowedActions: ["update", "delete", "recover"] },
  ]);
  const reading = { body: { name: "Goal", ...SPAN }, token: READER };
  expect((await app.call("POST", ofMedia, reading)).status).toBe(403);
});
