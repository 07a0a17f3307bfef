import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { gunzipSync } from "node:zlib";
import { Parser } from "m3u8-parser";
import { ListedAnswers } from "#server/delivery/listed-answers.ts";
import { MediaPlayback, type MediaPlaybackOptions } from "#server/delivery/media-playback.ts";
import { parsePlaybackUrl } from "#server/delivery/playback-path.ts";
import { StretchCache } from "#server/delivery/stretch-cache.ts";
import { bytesOf, LIVESTREAM_ID, programmeCuts, RecordingFolder } from "#test/support/recording-folder.ts";

const MEDIA_ID = "0190b8e8-0000-7000-8000-00000000000a";
const BASE = `/media/${MEDIA_ID}`;

const folder = new RecordingFolder();
let playback: MediaPlayback;
let isPlayable = true;
let recorded: Uint8Array;

beforeAll(async () => {
  const cuts = programmeCuts({ seconds: 60 });
  await folder.record(cuts);
  recorded = bytesOf(cuts);
  playback = playbackOf({
    playable: async (id) => (isPlayable && id === MEDIA_ID ? { livestreamId: LIVESTREAM_ID } : null),
  });
});

afterAll(() => folder[Symbol.asyncDispose]());

function playbackOf(media: MediaPlaybackOptions["media"]): MediaPlayback {
  const { recordings } = folder;
  return new MediaPlayback({ media, recordings, listed: new ListedAnswers(new StretchCache(() => 0)) });
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

  test.each(["index.m3u8", "v0-360/init-0.mp4", "v0-360/segment-0.m4s"])(
    "%s of unknown media",
    async (file) => {
      const response = await get(`/media/0190b8e8-0000-7000-8000-00000000000b/${file}`);
      expect([response.status, response.headers.get("Cache-Control")]).toEqual([404, "no-store"]);
    },
  );

  test.each(["index.m3u8", "v0-360/init-0.mp4", "v0-360/segment-0.m4s"])(
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
      playable: async () => ({ livestreamId: "0190b8e8-0000-7000-8000-00000000000c" }),
    });
    expect((await ask(gone, `${BASE}/index.m3u8`)).status).toBe(404);
  });
});
