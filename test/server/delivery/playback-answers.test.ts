import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import {
  ImmutableBytes,
  notFoundAnswer,
  PlaylistText,
  preflightAnswer,
  redirectAnswer,
  viewerPlaylistAnswer,
} from "#server/delivery/playback-answers.ts";
import type { SendableBytes } from "#server/delivery/representation.ts";

const folder = mkdtempSync(join(tmpdir(), "tandem-playback-answers-"));
const file = join(folder, "media.mp4");
const LETTERS = Buffer.from("abcdefghij");

/** The same ten bytes: in memory, and in the middle of a file. */
const SOURCES: readonly (readonly [string, SendableBytes])[] = [
  ["memory", new Uint8Array(LETTERS)],
  ["a Blob", new Blob([LETTERS])],
  ["a file", { file, offset: 5, byteLength: LETTERS.byteLength }],
];

beforeAll(() => writeFileSync(file, `.....${LETTERS}.....`));
afterAll(() => rmSync(folder, { recursive: true }));

function request(headers: Record<string, string> = {}, method = "GET"): Request {
  return new Request("http://localhost/live/1/segment-0.m4s", { method, headers });
}

function ask(bytes: SendableBytes, headers?: Record<string, string>, method?: string): Response {
  return new ImmutableBytes(bytes, "video/iso.segment").answer(request(headers, method));
}

describe.each(SOURCES)("bytes in %s", (_, bytes) => {
  test("are answered whole, to be kept for good, to any page", async () => {
    const response = ask(bytes);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toEqual({
      "accept-ranges": "bytes",
      "access-control-allow-origin": "*",
      "access-control-expose-headers": "Accept-Ranges, Content-Length, Content-Range, Date, ETag, Server",
      "cache-control": "public, max-age=31536000, immutable",
      "content-length": "10",
      "content-type": "video/iso.segment",
      etag: '"a"',
    });
    expect(await response.text()).toBe("abcdefghij");
  });

  test.each([
    ["bytes=0-0", "a", "bytes 0-0/10"],
    ["bytes=0-9", "abcdefghij", "bytes 0-9/10"],
    ["bytes=2-4", "cde", "bytes 2-4/10"],
    ["bytes=9-9", "j", "bytes 9-9/10"],
    ["bytes=7-", "hij", "bytes 7-9/10"],
    ["bytes=7-99", "hij", "bytes 7-9/10"],
    ["bytes=0-99999999999999999999", "abcdefghij", "bytes 0-9/10"],
    ["bytes=-3", "hij", "bytes 7-9/10"],
    ["bytes=-10", "abcdefghij", "bytes 0-9/10"],
    ["bytes=-99", "abcdefghij", "bytes 0-9/10"],
    ["Bytes=2-4", "cde", "bytes 2-4/10"],
    [" bytes=2-4 ", "cde", "bytes 2-4/10"],
  ])("are answered in part: %s", async (range, text, contentRange) => {
    const response = ask(bytes, { Range: range });
    expect(response.status).toBe(206);
    expect(response.headers.get("Content-Range")).toBe(contentRange);
    expect(response.headers.get("Content-Length")).toBe(String(text.length));
    expect(await response.text()).toBe(text);
  });

  test.each(["bytes=10-", "bytes=10-20", "bytes=-0", "bytes=99999999999999999999-"])(
    "have nothing at %s",
    async (range) => {
      const response = ask(bytes, { Range: range });
      expect(response.status).toBe(416);
      expect(response.headers.get("Content-Range")).toBe("bytes */10");
      expect(response.headers.get("Cache-Control")).toBe("no-store");
      expect(await response.text()).toBe("");
    },
  );

  test.each([
    "bytes=0-1,3-4",
    "bytes=",
    "bytes=-",
    "bytes=4-2",
    "bytes=a-b",
    "bytes=0x1-2",
    "bytes 0-1",
    "items=0-1",
    "",
  ])("are answered whole to %p, which is not one range of them", async (range) => {
    const response = ask(bytes, { Range: range });
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Range")).toBeNull();
    expect(await response.text()).toBe("abcdefghij");
  });

  test("are not sent to HEAD, whole or in part", async () => {
    const whole = ask(bytes, {}, "HEAD");
    expect([whole.status, whole.headers.get("Content-Length"), await whole.text()]).toEqual([200, "10", ""]);
    const part = ask(bytes, { Range: "bytes=2-4" }, "HEAD");
    expect([part.status, part.headers.get("Content-Length"), await part.text()]).toEqual([206, "3", ""]);
  });

  test.each(['"a"', 'W/"a"', '"x", "a"', "*"])("are not sent again to who has %s", async (tags) => {
    const response = ask(bytes, { "If-None-Match": tags, Range: "bytes=2-4" });
    expect(response.status).toBe(304);
    expect(response.headers.get("ETag")).toBe('"a"');
    expect(response.headers.get("Cache-Control")).toBe("public, max-age=31536000, immutable");
    expect(await response.text()).toBe("");
  });

  test("are sent to who has others", () => {
    expect(ask(bytes, { "If-None-Match": '"b", W/"c"' }).status).toBe(200);
  });

  test("are answered the same to everybody, whatever was made of an earlier answer", async () => {
    const immutable = new ImmutableBytes(bytes, "video/iso.segment");
    immutable.answer(request()).headers.set("Content-Type", "text/plain");
    await immutable.answer(request()).text();
    const again = immutable.answer(request());
    expect(again.headers.get("Content-Type")).toBe("video/iso.segment");
    expect(await again.text()).toBe("abcdefghij");
  });

  test("are answered in part only to who has the rest of the same", () => {
    expect(ask(bytes, { Range: "bytes=2-4", "If-Range": '"a"' }).status).toBe(206);
    expect(ask(bytes, { Range: "bytes=2-4", "If-Range": '"b"' }).status).toBe(200);
    expect(ask(bytes, { Range: "bytes=2-4", "If-Range": "Tue, 24 Nov 2026 12:00:00 GMT" }).status).toBe(200);
  });
});

describe("over a socket", () => {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (incoming) => new ImmutableBytes(source(incoming.url), "video/mp4").answer(incoming),
  });
  afterAll(() => server.stop(true));

  test.each(SOURCES.map(([name]) => name))(
    "lengths and ranges of %s arrive as they were said",
    async (name) => {
      const url = new URL(`/${encodeURIComponent(name)}`, server.url);
      const whole = await fetch(url);
      expect([whole.status, whole.headers.get("Content-Length"), await whole.text()]).toEqual([
        200,
        "10",
        "abcdefghij",
      ]);
      const part = await fetch(url, { headers: { Range: "bytes=2-4" } });
      expect([part.status, part.headers.get("Content-Range"), await part.text()]).toEqual([
        206,
        "bytes 2-4/10",
        "cde",
      ]);
      const suffix = await fetch(url, { headers: { Range: "bytes=-1" } });
      expect([suffix.status, suffix.headers.get("Content-Range"), await suffix.text()]).toEqual([
        206,
        "bytes 9-9/10",
        "j",
      ]);
      const head = await fetch(url, { method: "HEAD" });
      expect([head.status, head.headers.get("Content-Length")]).toEqual([200, "10"]);
      const beyond = await fetch(url, { headers: { Range: "bytes=10-" } });
      expect([beyond.status, beyond.headers.get("Content-Range")]).toEqual([416, "bytes */10"]);
      const known = await fetch(url, { headers: { "If-None-Match": '"a"' } });
      expect(known.status).toBe(304);
    },
  );
});

describe("a playlist", () => {
  const SHORT = "#EXTM3U\n";
  const LONG = `#EXTM3U\n${"#EXTINF:2.000000,\nsegment-1.m4s\n".repeat(100)}`;
  const short = new PlaylistText(SHORT, "live");
  const long = new PlaylistText(LONG, "live");

  test("is asked for anew while it is live, and kept for a minute when it is final", () => {
    expect(short.answer(request()).headers.get("Cache-Control")).toBe("no-cache");
    expect(new PlaylistText(SHORT, "final").answer(request()).headers.get("Cache-Control")).toBe(
      "public, max-age=60",
    );
  });

  test("is compressed for who asks", async () => {
    const response = long.answer(request({ "Accept-Encoding": "gzip, deflate, br" }));
    expect(response.headers.get("Content-Encoding")).toBe("gzip");
    expect(response.headers.get("Content-Type")).toBe("application/vnd.apple.mpegurl");
    const body = await response.bytes();
    expect(response.headers.get("Content-Length")).toBe(String(body.byteLength));
    expect(body.byteLength).toBeLessThan(500);
    expect(gunzipSync(body).toString()).toBe(LONG);
  });

  test.each(["", "br", "gzip;q=0", "gzip;q=0.0, br", "xgzip", "gzip; q=0.000"])(
    "is not compressed for who accepts %p",
    async (accepted) => {
      const response = long.answer(request({ "Accept-Encoding": accepted }));
      expect(response.headers.get("Content-Encoding")).toBeNull();
      expect(response.headers.get("Vary")).toBe("Accept-Encoding");
      expect((await response.bytes()).byteLength).toBe(LONG.length);
    },
  );

  test("that is short is sent as it is", async () => {
    const response = short.answer(request({ "Accept-Encoding": "gzip" }));
    expect(response.headers.get("Content-Encoding")).toBeNull();
    expect(await response.text()).toBe("#EXTM3U\n");
  });

  test.each([
    ["live", (asked: Request) => long.answer(asked)],
    ["final", (asked: Request) => new PlaylistText(LONG, "final").answer(asked)],
    ["of one viewer", (asked: Request) => viewerPlaylistAnswer(asked, LONG)],
  ])("%s is answered in part, too, and never compressed then", async (_, answerTo) => {
    const part = answerTo(request({ Range: "bytes=0-6", "Accept-Encoding": "gzip" }));
    expect([part.status, part.headers.get("Content-Range"), part.headers.get("Content-Length")]).toEqual([
      206,
      `bytes 0-6/${LONG.length}`,
      "7",
    ]);
    expect(part.headers.get("Content-Encoding")).toBeNull();
    expect(await part.text()).toBe("#EXTM3U");
    const beyond = answerTo(request({ Range: `bytes=${LONG.length}-` }));
    expect([beyond.status, beyond.headers.get("Cache-Control")]).toEqual([416, "no-store"]);
    expect(answerTo(request({ Range: "bytes=0-6", "If-Range": '"a"' })).status).toBe(200);
    expect(answerTo(request()).headers.get("Accept-Ranges")).toBe("bytes");
  });

  test("is not sent to HEAD", async () => {
    const response = short.answer(request({}, "HEAD"));
    expect([response.status, response.headers.get("Content-Length"), await response.text()]).toEqual([
      200,
      "8",
      "",
    ]);
  });
});

test("what is not there may be there a moment later: nobody keeps that, any page may know", () => {
  const response = notFoundAnswer({ "Retry-After": "1" });
  expect(response.status).toBe(404);
  expect(response.headers.get("Cache-Control")).toBe("no-store");
  expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
  expect(response.headers.get("Retry-After")).toBe("1");
});

test("a browser may ask from any page, with any header", () => {
  const response = preflightAnswer();
  expect(response.status).toBe(204);
  expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
  expect(response.headers.get("Access-Control-Allow-Methods")).toBe("GET, HEAD, OPTIONS");
  expect(response.headers.get("Access-Control-Allow-Headers")).toBe("*");
});

test("who comes to the old place is sent to the new one, and nobody keeps that", () => {
  const response = redirectAnswer("../../media/1/index.m3u8");
  expect(response.status).toBe(302);
  expect(response.headers.get("Location")).toBe("../../media/1/index.m3u8");
  expect(response.headers.get("Cache-Control")).toBe("no-store");
});

function source(url: string): SendableBytes {
  const name = decodeURIComponent(new URL(url).pathname.slice(1));
  const found = SOURCES.find(([each]) => each === name);
  if (found === undefined) throw new Error(`no source ${name}`);
  return found[1];
}
