// The pictures of test/fixtures/images, uploaded: what comes of each, seen in the picture that is answered.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import sharp from "sharp";
import { ROOT } from "#test/support/imports.ts";
import { FakeApp } from "./fake-app.ts";

let app = new FakeApp();
let path = "";

beforeEach(async () => {
  app = new FakeApp();
  path = `/v2/livestreams/${await app.house.create()}/thumbnail`;
});

afterEach(async () => {
  await app.house.thumbnails.settled();
  await rm(app.house.thumbnailsFolder, { recursive: true, force: true });
});

const fixture = (name: string) => Bun.file(join(ROOT, "test/fixtures/images", name)).bytes();

async function put(body: Uint8Array, contentType = "image/jpeg") {
  const response = await app.app.request(path, {
    method: "PUT",
    headers: { Authorization: "Bearer admin-token", "Content-Type": contentType },
    body: new Uint8Array(body),
  });
  const { message, data } = (await response.json()) as { message?: string; data: { code?: string } };
  return { status: response.status, code: data.code, message };
}

/** Null while there is none. */
async function get(): Promise<Uint8Array | null> {
  const headers = { Authorization: "Bearer admin-token", Accept: "image/jpeg" };
  const response = await app.app.request(path, { headers });
  return response.ok ? response.bytes() : null;
}

const COLORS = {
  red: [0xd0, 0x20, 0x20],
  green: [0x20, 0xa0, 0x20],
  blue: [0x20, 0x40, 0xd0],
  yellow: [0xe0, 0xc0, 0x20],
} as const;

/** How far a colour may be off and still be the same, as a distance in RGB. */
const TOLERANCE = 15;

/** Printing inks have no such blue. */
const TOLERANCE_OF_INK = 90;

/** The colour of each quarter's middle: above left, above right, below left, below right. */
async function quartersOf(image: Uint8Array, tolerance = TOLERANCE): Promise<string[]> {
  const { data, info } = await sharp(image).raw().toBuffer({ resolveWithObject: true });
  return [1, 3].flatMap((row) =>
    [1, 3].map((column) => {
      const [x, y] = [Math.floor((info.width * column) / 4), Math.floor((info.height * row) / 4)];
      const offset = (y * info.width + x) * info.channels;
      return nameOf([...data.subarray(offset, offset + 3)], tolerance);
    }),
  );
}

function nameOf(pixel: readonly number[], tolerance: number): string {
  const distances = Object.entries(COLORS).map(([name, color]) => ({
    name,
    distance: Math.hypot(...color.map((value, channel) => value - (pixel[channel] ?? 0))),
  }));
  const nearest = distances.reduce((best, each) => (each.distance < best.distance ? each : best));
  return nearest.distance < tolerance ? nearest.name : `rgb(${pixel.join(", ")})`;
}

describe("a picture is taken", () => {
  test.each([
    ...[1, 2, 3, 4, 5, 6, 7, 8].map((orientation) => `orientation-${orientation}.jpg`),
    ...["cmyk.jpg", "sixteen-bit.png", "palette-interlaced.png", "display-p3.png"],
    ...["quarters.png", "quarters.webp", "quarters.avif", "animated.webp"],
  ])("%s: upright, in its colours, without metadata", async (name) => {
    expect(await put(await fixture(name))).toMatchObject({ status: 200 });
    const image = (await get()) ?? new Uint8Array();
    const tolerance = name === "cmyk.jpg" ? TOLERANCE_OF_INK : TOLERANCE;
    expect(await quartersOf(image, tolerance)).toEqual(["red", "green", "blue", "yellow"]);
    const { format, width, height, space, depth, pages, exif, icc, orientation } =
      await sharp(image).metadata();
    expect([format, width, height, space, depth]).toEqual(["jpeg", 80, 60, "srgb", "uchar"]);
    expect([pages, exif, icc, orientation]).toEqual([undefined, undefined, undefined, undefined]);
    expect(Buffer.from(image).includes("secret")).toBe(false);
  });

  test("gray-progressive.jpg: as sRGB", async () => {
    expect(await put(await fixture("gray-progressive.jpg"))).toMatchObject({ status: 200 });
    expect(await sharp((await get()) ?? "").metadata()).toMatchObject({ width: 80, height: 60, channels: 3 });
  });

  test("with a profile of 5 MB, which is none: without it", async () => {
    const image = withProfile(await fixture("quarters.png"), Buffer.alloc(5 * 1024 * 1024, 1));
    expect(await put(image)).toMatchObject({ status: 200 });
    const stored = (await get()) ?? new Uint8Array();
    expect(await quartersOf(stored)).toEqual(["red", "green", "blue", "yellow"]);
    expect(stored.byteLength).toBeLessThan(5000);
  });
});

test("a form's file name leads nowhere: the picture is stored where every picture is (L6)", async () => {
  const head = 'Content-Disposition: form-data; name="file"; filename="../../../../tandem-was-here.png"';
  const body = [
    Buffer.from(`--edge\r\n${head}\r\n\r\n`),
    await fixture("quarters.png"),
    Buffer.from("\r\n--edge--\r\n"),
  ];
  const contentType = "multipart/form-data; boundary=edge";
  expect(await put(Buffer.concat(body), contentType)).toMatchObject({ status: 200 });
  const files = await readdir(app.house.thumbnailsFolder, { recursive: true, withFileTypes: true });
  expect(files.filter((file) => file.isFile()).map(({ name }) => name)).toEqual(["master.jpeg"]);
});

describe("a bomb is refused by what its header claims, before anything is decoded (L6)", () => {
  test.each([
    { name: "orientation-1.jpg", claim: claimInJpeg, claimed: "65535 × 65535" },
    { name: "quarters.webp", claim: claimInWebp, claimed: "16384 × 16384" },
    { name: "quarters.avif", claim: claimInAvif, claimed: "60000 × 60000" },
  ])("$name as $claimed", async ({ name, claim, claimed }) => {
    const image = Buffer.from(await fixture(name));
    claim(image);
    const answer = await put(image);
    expect([answer.status, answer.code]).toEqual([400, "invalid_image"]);
    expect(answer.message).toContain(`claims ${claimed}, and at most 50 megapixels are allowed`);
  });
});

test("an AVIF that claims fewer pixels than it has is refused by its decoder, and the refusal is one line (L6)", async () => {
  const side = 300;
  const image = await sharp({ create: { width: side, height: side, channels: 3, background: "teal" } })
    .avif({ effort: 0 })
    .toBuffer();
  const extents = image.indexOf("ispe") + 8;
  image.writeUInt32BE(80, extents);
  image.writeUInt32BE(60, extents + 4);
  const { status, code, message } = await put(image);
  expect([status, code]).toEqual([400, "invalid_image"]);
  expect(message).toMatch(/^A thumbnail is [^\n]*; the picture cannot be decoded \([^\n]{10,300}\)\.$/);
  expect(message).not.toContain("bad seek");
});

describe("a picture is refused, in a sentence, and the one before stays", () => {
  const form = "multipart/form-data; boundary=edge";
  test.each([
    ["truncated.jpg", 400, "invalid_image", "cannot be decoded"],
    ["truncated.png", 400, "invalid_image", "cannot be decoded"],
    ["truncated.webp", 400, "invalid_image", "cannot be decoded"],
    ["truncated.avif", 400, "invalid_image", "cannot be decoded"],
    ["zero-bytes.jpg", 400, "invalid_image", "the body is empty"],
    [
      "claims-60000x60000.png",
      400,
      "invalid_image",
      "claims 60000 × 60000, and at most 50 megapixels are allowed",
    ],
    ["svg-named.jpg", 415, "unsupported_media_type", "this is an SVG"],
    ["html-named.jpg", 415, "unsupported_media_type", "this is an HTML page"],
    ["animated.gif", 415, "unsupported_media_type", "this is a GIF"],
    ["form-without-the-field.multipart", 400, "validation_failed", ""],
    ["form-with-two.multipart", 400, "validation_failed", ""],
    ["form-cut-off.multipart", 400, "validation_failed", ""],
  ] as const)("%s: %i %s", async (name, status, code, said) => {
    await put(await fixture("quarters.png"));
    const before = await get();
    const answer = await put(await fixture(name), name.endsWith(".multipart") ? form : "image/jpeg");
    expect([answer.status, answer.code]).toEqual([status, code]);
    expect(answer.message).toContain(said);
    expect(await get()).toEqual(before);
  });

  test("every one of them cut off anywhere is refused or whole, and never an error of ours", async () => {
    for (const name of ["orientation-6.jpg", "quarters.png", "quarters.webp", "quarters.avif"]) {
      const image = await fixture(name);
      for (let end = 0; end < image.byteLength; end += 1 + Math.floor(image.byteLength / 40)) {
        expect([200, 400, 415]).toContain((await put(image.subarray(0, end))).status);
      }
    }
  });
});

/** In the frame header (ITU-T T.81 §B.2.2). */
function claimInJpeg(image: Buffer): void {
  const frame = image.indexOf(Buffer.of(0xff, 0xc0));
  image.writeUInt16BE(65_535, frame + 5);
  image.writeUInt16BE(65_535, frame + 7);
}

/** In the header of a lossless picture (RFC 9649 §3.4): 14 bits each, less 1. */
function claimInWebp(image: Buffer): void {
  image.writeUInt32LE(0x0fffffff, 21);
}

/** In the image spatial extents (ISO/IEC 23008-12 §6.5.3). */
function claimInAvif(image: Buffer): void {
  const extents = image.indexOf("ispe") + 8;
  image.writeUInt32BE(60_000, extents);
  image.writeUInt32BE(60_000, extents + 4);
}

/** A PNG with an iCCP chunk (PNG §11.3.2.3) that holds what it is given. */
function withProfile(image: Uint8Array, profile: Uint8Array): Buffer {
  const content = Buffer.concat([Buffer.from("iCCPbad\0\0"), deflateSync(profile, { level: 0 })]);
  const chunk = Buffer.alloc(content.byteLength + 8);
  chunk.writeUInt32BE(content.byteLength - 4, 0);
  content.copy(chunk, 4);
  chunk.writeUInt32BE(Bun.hash.crc32(content), content.byteLength + 4);
  return Buffer.concat([image.subarray(0, 33), chunk, image.subarray(33)]); // after IHDR
}
