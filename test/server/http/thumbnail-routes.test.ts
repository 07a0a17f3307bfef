import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readdir, rm } from "node:fs/promises";
import sharp, { type Sharp } from "sharp";
import { openThumbnailRoutes } from "#server/http/open-thumbnail-routes.ts";
import { codeOf, FakeApp, READER } from "./fake-app.ts";

let app = new FakeApp();
let path = "";

beforeEach(async () => {
  app = new FakeApp();
  app.app.route("/", openThumbnailRoutes(app.house.thumbnails));
  path = `/v2/livestreams/${await app.house.create()}/thumbnail`;
});

afterEach(async () => {
  await app.house.thumbnails.settled();
  await rm(app.house.thumbnailsFolder, { recursive: true, force: true });
});

/** 40 × 20, the left half red and the right half blue. */
function picture(): Sharp {
  const half = { width: 20, height: 20, channels: 3 as const };
  return sharp({ create: { ...half, width: 40, background: "red" } }).composite([
    { input: { create: { ...half, background: "blue" } }, left: 20, top: 0 },
  ]);
}

async function send(
  method: string,
  body: string | Uint8Array<ArrayBuffer> | FormData | null,
  headers: Record<string, string> = {},
  query = "",
) {
  const response = await app.app.request(`${path}${query}`, {
    method,
    headers: { Authorization: "Bearer admin-token", ...headers },
    ...(body === null ? {} : { body }),
  });
  const bytes = await response.bytes();
  const isJson = response.headers.get("Content-Type")?.startsWith("application/json") === true;
  const text = isJson ? JSON.parse(Buffer.from(bytes).toString()) : null;
  return { status: response.status, headers: response.headers, bytes, body: text };
}

const put = (image: Uint8Array, type = "image/png") =>
  send("PUT", new Uint8Array(image), { "Content-Type": type });

async function stored(query = "", headers: Record<string, string> = { Accept: "image/jpeg" }) {
  const answer = await send("GET", null, headers, query);
  return { ...answer, metadata: await sharp(answer.bytes).metadata() };
}

describe("an upload", () => {
  test.each(["jpeg", "png", "webp", "avif"] as const)(
    "of %s is taken, whatever the header says",
    async (format) => {
      const answer = await put(await picture().toFormat(format).toBuffer(), "image/gif");
      expect(answer.status).toBe(200);
      expect(answer.body.data).toMatchObject({ thumbnailSource: "upload" });
      expect(answer.body.data.thumbnailUpdatedAtUtc).toStartWith("2026-01-01T00:00:00.");
      expect(answer.body.data.thumbnailUrl).toMatch(
        /^https:\/\/example\.com\/thumbnails\/[0-9a-f-]{36}\/[0-9a-f]{32}$/,
      );
      const { metadata } = await stored();
      expect([metadata.format, metadata.width, metadata.height]).toEqual(["jpeg", 40, 20]);
    },
  );

  test("may be the field file of a form", async () => {
    const form = new FormData();
    form.append("note", "for the catalogue");
    form.append("file", new Blob([new Uint8Array(await picture().png().toBuffer())]), "logo.png");
    expect((await send("PUT", form)).status).toBe(200);
  });

  test("larger than a page shows is stored at 1920 pixels, and keeps its shape", async () => {
    const image = await sharp({ create: { width: 4000, height: 3000, channels: 3, background: "green" } })
      .jpeg()
      .toBuffer();
    expect((await put(image)).status).toBe(200);
    const { metadata } = await stored();
    expect([metadata.width, metadata.height]).toEqual([1920, 1440]);
  });
});

describe("a refusal says what was found, and leaves the picture as it was", () => {
  test.each([
    { what: "a JPEG of no pixels", image: emptyJpeg, status: 400 },
    { what: "more than 8 MiB", image: async () => Buffer.alloc(8 * 1024 * 1024 + 1), status: 413 },
  ])("$what", async ({ image, status }) => {
    await put(await picture().png().toBuffer());
    const before = (await stored()).headers.get("ETag");
    const answer = await put(await image(), "image/jpeg");
    expect(answer.status).toBe(status);
    expect(answer.body.message.length).toBeGreaterThan(20);
    expect((await stored()).headers.get("ETag")).toBe(before);
  });

  test("a body that stops half way, raw and in a form", async () => {
    const image = await picture().png().toBuffer();
    const broken = new ReadableStream({
      start: (controller) => controller.enqueue(image.subarray(0, 50)),
      pull: (controller) => controller.error(new Error("the connection was reset")),
    });
    const raw = await app.app.request(path, {
      method: "PUT",
      headers: { Authorization: "Bearer admin-token", "Content-Type": "image/png" },
      body: broken,
    });
    expect([raw.status, await raw.json()]).toMatchObject([400, { data: { code: "invalid_image" } }]);
    const form = await send("PUT", '--edge\r\nContent-Disposition: form-data; name="file"\r\n\r\nPNG', {
      "Content-Type": "multipart/form-data; boundary=edge",
    });
    expect([form.status, form.body.data.code]).toEqual([400, "validation_failed"]);
    expect(codeOf(await app.call("GET", path))).toBe("thumbnail_not_found");
  });

  test("a seventeenth upload at once is told to come again", async () => {
    const ends: (() => void)[] = [];
    const upload = async () =>
      app.app.request(path, {
        method: "PUT",
        headers: { Authorization: "Bearer admin-token", "Content-Type": "image/png" },
        body: new ReadableStream({ start: (controller) => void ends.push(() => controller.close()) }),
      });
    const waiting = Array.from({ length: 16 }, upload);
    const refused = await upload();
    expect([refused.status, refused.headers.get("Retry-After")]).toEqual([429, "2"]);
    for (const end of ends.slice(0, 16)) end();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(Array(16).fill(400));
    expect((await put(await picture().png().toBuffer())).status).toBe(200);
  });

  test("a body that is no picture at all, and a token that may only read", async () => {
    const answer = await send("PUT", "hello", { "Content-Type": "text/plain" });
    expect(answer.status).toBe(415);
    const reader = await send("PUT", "hello", {
      "Content-Type": "image/png",
      Authorization: `Bearer ${READER}`,
    });
    expect(reader.status).toBe(403);
  });
});

describe("the picture", () => {
  beforeEach(async () => {
    const image = await sharp({ create: { width: 1600, height: 900, channels: 3, background: "red" } })
      .png()
      .toBuffer();
    await put(image);
  });

  test.each([
    { accept: "image/avif,image/webp,*/*", type: "image/avif" },
    { accept: "image/webp,image/*;q=0.8", type: "image/webp" },
    { accept: "image/jpeg", type: "image/jpeg" },
  ])("is answered as $type to who takes $accept", async ({ accept, type }) => {
    const { headers } = await stored("", { Accept: accept });
    expect(headers.get("Content-Type")).toBe(type);
    expect(headers.get("Vary")).toContain("Accept");
  });

  test.each([
    [320, 320],
    [321, 640],
    [1280, 1280],
    [5000, 1600],
  ])("asked for %i pixels wide is %i wide", async (asked, width) => {
    expect((await stored(`?width=${asked}`)).metadata.width).toBe(width);
  });

  test("is not sent again to who has it", async () => {
    const { headers } = await stored();
    const again = await send("GET", null, {
      Accept: "image/jpeg",
      "If-None-Match": headers.get("ETag") ?? "",
    });
    expect([again.status, again.bytes.byteLength]).toEqual([304, 0]);
  });

  test("is gone after its deletion", async () => {
    expect((await app.call("DELETE", path)).status).toBe(200);
    const answer = await app.call("GET", path);
    expect([answer.status, codeOf(answer)]).toEqual([404, "thumbnail_not_found"]);
  });
});

describe("the address that answers carry", () => {
  let url = "";
  beforeEach(async () => {
    const answer = await put(await picture().png().toBuffer());
    url = new URL(answer.body.data.thumbnailUrl).pathname;
  });

  test("needs no token, and what it answers may be kept for ever", async () => {
    const answer = await app.app.request(url);
    expect([answer.status, answer.headers.get("Content-Type")]).toEqual([200, "image/jpeg"]);
    expect(answer.headers.get("Cache-Control")).toBe("public, max-age=31536000, immutable");
    expect([answer.headers.get("Vary"), answer.headers.get("Access-Control-Allow-Origin")]).toEqual([
      "Accept",
      "*",
    ]);
    const again = await app.app.request(url, {
      headers: { "If-None-Match": answer.headers.get("ETag") ?? "" },
    });
    expect(again.status).toBe(304);
    const head = await app.app.request(url, { method: "HEAD" });
    expect(head.headers.get("Content-Length")).toBe(String((await answer.bytes()).byteLength));
  });

  test("is another one for another picture, and the one before lasts until the next", async () => {
    const second = await put(await picture().negate().png().toBuffer());
    expect(second.body.data.thumbnailUrl).not.toEndWith(url);
    expect((await app.app.request(url)).status).toBe(200);
    await put(await picture().greyscale().png().toBuffer());
    expect((await app.app.request(url)).status).toBe(404);
  });

  test("is gone with the picture, and with its livestream", async () => {
    await app.app.request(url);
    await app.call("DELETE", path);
    expect((await app.app.request(url)).status).toBe(404);
    const again = await put(await picture().png().toBuffer());
    const anew = new URL(again.body.data.thumbnailUrl).pathname;
    expect((await app.app.request(anew)).status).toBe(200);
    await app.call("DELETE", path.replace("/thumbnail", ""));
    expect((await app.app.request(anew)).status).toBe(404);
    expect(await readdir(app.house.thumbnailsFolder)).toEqual([]);
  });

  test.each(["..%2f..%2fetc%2fpasswd", "%2e%2e%2f%2e%2e", "%2e%2e", "..", "-".repeat(36), "%00"])(
    "nothing is at %s in the place of its livestream (L6)",
    async (name) => {
      const [, folder, , hash] = url.split("/");
      const answer = await app.app.request(`/${folder}/${name}/${hash}`);
      expect([answer.status, (await answer.bytes()).byteLength < 200]).toEqual([404, true]);
    },
  );

  test.each(["..%2f..%2fetc", "%2e%2e", "master.jpeg", "0".repeat(32), "%00"])(
    "nothing is at %s beside it (L6)",
    async (name) => {
      const answer = await app.app.request(url.replace(/[^/]+$/, name));
      expect([answer.status, answer.headers.get("Cache-Control")]).toEqual([404, "no-store"]);
    },
  );
});

test("a media asset has the picture of its livestream", async () => {
  const { id, mediaId } = await app.house.finished();
  path = `/v2/livestreams/${id}/thumbnail`;
  const { thumbnailUrl } = (await put(await picture().png().toBuffer())).body.data;
  expect((await app.call("GET", `/v2/media/${mediaId}`)).body?.data).toMatchObject({ thumbnailUrl });
  path = `/v2/media/${mediaId}/thumbnail`;
  expect((await stored()).status).toBe(200);
  expect((await send("GET", null, {}, "?width=0")).status).toBe(400);
  const twice = await send("GET", null, {}, "?width=320&width=640");
  expect(twice.body.data.fields).toEqual({ width: "must be given once" });
});

test("a livestream without a picture, and one that is none", async () => {
  expect(codeOf(await app.call("GET", path))).toBe("thumbnail_not_found");
  expect(codeOf(await app.call("GET", "/v2/livestreams/nobody/thumbnail"))).toBe("not_found");
});

/** Its frame header says 0 × 0. */
async function emptyJpeg(): Promise<Buffer> {
  const image = await picture().jpeg().toBuffer();
  image.fill(0, image.indexOf(Buffer.of(0xff, 0xc0)) + 5, image.indexOf(Buffer.of(0xff, 0xc0)) + 9);
  return image;
}
