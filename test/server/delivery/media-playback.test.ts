import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { gunzipSync } from "node:zlib";
import { Parser } from "m3u8-parser";
import type { PlaybackPolicy } from "#openapi/names.ts";
import { ListedAnswers } from "#server/delivery/listed-answers.ts";
import { MediaPlayback, type MediaPlaybackOptions } from "#server/delivery/media-playback.ts";
import { parsePlaybackUrl } from "#server/delivery/playback-path.ts";
import { StretchCache } from "#server/delivery/stretch-cache.ts";
import { Footages } from "#server/recording/footages.ts";
import { FakeGuard } from "#test/support/fake-guard.ts";
import { readMovie } from "#test/support/movie-reader.ts";
import { bytesOf, LIVESTREAM_ID, programmeCuts, RecordingFolder } from "#test/support/recording-folder.ts";

const MEDIA_ID = "0190b8e8-0000-7000-8000-00000000000a";
const BASE = `/media/${MEDIA_ID}`;

const folder = new RecordingFolder();
let playback: MediaPlayback;
let isPlayable = true;
const playbackPolicy: PlaybackPolicy = "public";
const fake = new FakeGuard();
const { guard } = fake;
let recorded: Uint8Array;

beforeAll(async () => {
  const cuts = programmeCuts({ seconds: 60 });
  await folder.record(cuts);
  recorded = bytesOf(cuts);
  playback = playbackOf({
    playable: async (id) =>
      isPlayable && id === MEDIA_ID
        ? { id, recordingId: LIVESTREAM_ID, cut: null, name: 'Café "Derby"', playbackPolicy }
        : null,
  });
});

afterAll(() => folder[Symbol.asyncDispose]());

function playbackOf(media: MediaPlaybackOptions["media"]): MediaPlayback {
  const footages = new Footages(folder.recordings);
  return new MediaPlayback({
    media,
    guard,
    footages,
    redirects: null,
    listed: new ListedAnswers(new StretchCache(() => 0)),
  });
}

/** Where the router would not come here, 404 is somebody else's. */
async function ask(from: MediaPlayback, url: string, init: RequestInit = {}): Promise<Response> {
  const request = new Request(`http://localhost${url}`, init);
  const path = parsePlaybackUrl(request.url);
  return path === null ? new Response(null, NOT_HERE) : from.answer(request, path);
}

const NOT_HERE = { status: 404, headers: { "Cache-Control": "no-store" } };

function get(url: string, headers: Record<string, string> = {}): Promise<Response> {
  return ask(playback, url, { headers });
}

test("the playlist lists the whole recording, and its parts are the bytes that were recorded", async () => {
  const response = await get(`${BASE}/index.m3u8`);
  expect(response.status).toBe(200);
  expect(response.headers.get("Content-Type")).toBe("application/vnd.apple.mpegurl");
  expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
  const parser = new Parser();
  parser.push(await response.text());
  parser.end();
  const { segments = [], ...manifest } = parser.manifest;
  expect(manifest).toMatchObject({ endList: true, playlistType: "VOD", targetDuration: 2, mediaSequence: 0 });
  expect(segments).toHaveLength(30);
  const uris = [segments[0]?.map?.uri ?? "", ...segments.map(({ uri }) => uri)];
  const parts = await Promise.all(uris.map(async (uri) => (await get(`${BASE}/${uri}`)).bytes()));
  expect(Buffer.concat(parts)).toEqual(Buffer.from(recorded));
});

test("the playlist is compressed for who asks", async () => {
  const response = await get(`${BASE}/index.m3u8`, { "Accept-Encoding": "gzip" });
  expect(response.headers.get("Content-Encoding")).toBe("gzip");
  expect(gunzipSync(await response.bytes()).toString()).toStartWith("#EXTM3U\n");
});

test.each([
  ["v0-360/init-0.mp4", "video/mp4"],
  ["v0-360/segment-29.m4s", "video/iso.segment"],
])("%s is immutable, in whole and in part", async (file, contentType) => {
  const whole = await get(`${BASE}/${file}`);
  expect(whole.status).toBe(200);
  expect(whole.headers.get("Content-Type")).toBe(contentType);
  expect(whole.headers.get("Cache-Control")).toBe("public, max-age=31536000, immutable");
  const bytes = await whole.bytes();
  const part = await get(`${BASE}/${file}`, { Range: "bytes=4-7" });
  expect(part.status).toBe(206);
  expect(part.headers.get("Content-Range")).toBe(`bytes 4-7/${bytes.byteLength}`);
  expect(await part.bytes()).toEqual(bytes.slice(4, 8));
  const known = await get(`${BASE}/${file}`, { "If-None-Match": whole.headers.get("ETag") ?? "" });
  expect(known.status).toBe(304);
  expect((await get(`${BASE}/${file}`, { Range: `bytes=${bytes.byteLength}-` })).status).toBe(416);
});

test.each(["index.m3u8", "v0-360/init-0.mp4", "v0-360/segment-0.m4s"])(
  "HEAD of %s has the headers alone",
  async (file) => {
    const whole = await get(`${BASE}/${file}`);
    const head = await ask(playback, `${BASE}/${file}`, { method: "HEAD" });
    expect(head.status).toBe(200);
    expect(Object.fromEntries(head.headers)).toEqual(Object.fromEntries(whole.headers));
    expect(await head.text()).toBe("");
  },
);

describe("the download", () => {
  const url = `${BASE}/download.mp4`;

  test("is one movie of the whole recording, under the asset's name", async () => {
    const response = await get(url);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "accept-ranges": "bytes",
      "access-control-allow-origin": "*",
      "cache-control": "no-cache",
      "content-type": "video/mp4",
      "content-disposition": `attachment; filename="Caf_ Derby.mp4"; filename*=UTF-8''Caf%C3%A9%20Derby.mp4`,
      etag: expect.stringMatching(/^"[0-9a-z]+-[0-9a-z]+"$/),
    });
    const bytes = await response.bytes();
    expect(response.headers.get("Content-Length")).toBe(String(bytes.byteLength));
    const { video, audio } = await readMovie(new Blob([bytes]));
    expect([video.length, audio.length]).toEqual([1500, 2813]);
  });

  test("has the headers alone for HEAD", async () => {
    const whole = await get(url);
    const head = await ask(playback, url, { method: "HEAD" });
    expect(head.status).toBe(200);
    expect(Object.fromEntries(head.headers)).toEqual(Object.fromEntries(whole.headers));
    expect(await head.text()).toBe("");
  });

  test("goes on wherever it was left: in its header, across into the media, in that, and at its end", async () => {
    const bytes = await (await get(url)).bytes();
    const { byteLength } = bytes;
    const headLength =
      bytes.findIndex((_, at) => Buffer.from(bytes.subarray(at, at + 4)).toString() === "mdat") + 4;
    for (const [start, end] of [
      [0, 1],
      [0, byteLength],
      [100, 200],
      [headLength - 1, headLength],
      [headLength - 1, headLength + 1],
      [headLength, headLength + 1],
      [byteLength - 1, byteLength],
      [byteLength >> 1, byteLength],
    ] as const) {
      const part = await get(url, { Range: `bytes=${start}-${end - 1}` });
      expect(part.status).toBe(206);
      expect(part.headers.get("Content-Range")).toBe(`bytes ${start}-${end - 1}/${byteLength}`);
      expect(part.headers.get("Content-Length")).toBe(String(end - start));
      expect(Buffer.compare(await part.bytes(), bytes.subarray(start, end))).toBe(0);
    }
    const suffix = await get(url, { Range: "bytes=-3" });
    expect([suffix.status, [...(await suffix.bytes())]]).toEqual([206, [...bytes.subarray(-3)]]);
    const open = await get(url, { Range: `bytes=${byteLength - 2}-` });
    expect([open.status, [...(await open.bytes())]]).toEqual([206, [...bytes.subarray(-2)]]);
  });

  test.each([
    ["bytes=0-1,4-5", 200],
    ["bytes=5-4", 200],
    ["lines=1-2", 200],
    ["bytes=", 200],
    ["bytes=-", 200],
    ["bytes=a-b", 200],
    ["bytes=0-99999999999999999999", 206],
    ["bytes=-99999999999999999999", 206],
    ["bytes=99999999999999999999-", 416],
    ["bytes=-0", 416],
  ])("answers the range %s with %d", async (Range, status) => {
    const response = await get(url, { Range });
    expect(response.status).toBe(status);
    const { byteLength } = await (await get(url)).bytes();
    if (status === 416) expect(response.headers.get("Content-Range")).toBe(`bytes */${byteLength}`);
    else expect((await response.bytes()).byteLength).toBe(byteLength);
  });

  test("is a range of the same file only, and nothing for who has it", async () => {
    const etag = (await get(url)).headers.get("ETag") ?? "";
    const Range = "bytes=1-2";
    expect((await get(url, { Range, "If-Range": etag })).status).toBe(206);
    expect((await get(url, { Range, "If-Range": '"another"' })).status).toBe(200);
    expect((await get(url, { Range, "If-Range": `W/${etag}` })).status).toBe(200);
    const known = await get(url, { "If-None-Match": `"another", ${etag}`, Range });
    expect([known.status, known.headers.get("ETag"), await known.text()]).toEqual([304, etag, ""]);
    expect((await get(url, { "If-None-Match": '"another"' })).status).toBe(200);
  });

  test("of a recording without a segment is not there", async () => {
    await using empty = new RecordingFolder();
    await empty.record([]);
    const footages = new Footages(empty.recordings);
    const played = { recordingId: LIVESTREAM_ID, cut: null, name: "Empty", playbackPolicy };
    const media = { playable: async (id: string) => ({ id, ...played }) };
    const listed = new ListedAnswers(new StretchCache(() => 0));
    expect(
      (await ask(new MediaPlayback({ media, guard, footages, listed, redirects: null }), url)).status,
    ).toBe(404);
  });
});

describe("nothing is at", () => {
  test.each([
    "v0-360/segment-30.m4s",
    "v0-360/segment-999999999999999.m4s",
    "v0-360/segment-9999999999999999.m4s",
    "v0-360/segment--1.m4s",
    "v0-360/segment-1.mp4",
    "v0-360/segment-01.m4s",
    "v0-360/init-00.mp4",
    "v0-360/segment-.m4s",
    "v0-360/segment-1.m4s.m4s",
    "v0-360/segment-1e0.m4s",
    "v0-360/segment-0x1.m4s",
    "v0-360/init-1.mp4",
    "v0-360/init-0.m4s",
    "v0-360/init-.mp4",
    "media.mp4",
    "download.head",
    "v0-360/download.mp4",
    "segment-0.m4s",
    "v1-720/segment-0.m4s",
    "constructor/segment-0.m4s",
    "journal.ndjson",
    "index.m3u8.bak",
    "..%2fjournal.ndjson",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "%00",
  ])("%s (L6)", async (file) => {
    const response = await get(`${BASE}/${file}`);
    expect(response.status).toBe(404);
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    expect(await response.text()).toBe("");
  });

  test.each(["index.m3u8", "download.mp4", "v0-360/init-0.mp4", "v0-360/segment-0.m4s"])(
    "%s of unknown media",
    async (file) => {
      const response = await get(`/media/0190b8e8-0000-7000-8000-00000000000b/${file}`);
      expect([response.status, response.headers.get("Cache-Control")]).toEqual([404, "no-store"]);
    },
  );

  test.each(["index.m3u8", "download.mp4", "v0-360/init-0.mp4", "v0-360/segment-0.m4s"])(
    "%s of what was soft-deleted",
    async (file) => {
      expect((await get(`${BASE}/${file}`)).status).toBe(200);
      isPlayable = false;
      const response = await get(`${BASE}/${file}`);
      isPlayable = true;
      expect([response.status, response.headers.get("Cache-Control")]).toEqual([404, "no-store"]);
      expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
    },
  );

  test("a recording whose files are gone", async () => {
    const gone = playbackOf({
      playable: async (id) => ({
        ...{
          id,
          recordingId: "0190b8e8-0000-7000-8000-00000000000c",
          cut: null,
          name: "Gone",
          playbackPolicy,
        },
      }),
    });
    expect((await ask(gone, `${BASE}/index.m3u8`)).status).toBe(404);
  });
});
