import { describe, expect, test } from "bun:test";
import sharp from "sharp";
import { recogniseImage } from "#server/thumbnails/image-format.ts";
import { damaged } from "#test/support/damage.ts";

const image = sharp({ create: { width: 33, height: 17, channels: 4, background: "#1234" } });

const pictures = {
  JPEG: await image
    .clone()
    .flatten()
    .jpeg({ progressive: true })
    .withExif({ IFD0: { Copyright: "x" } })
    .toBuffer(),
  PNG: await image.clone().png().toBuffer(),
  WebP: await image.clone().webp().toBuffer(),
  AVIF: await image.clone().avif({ effort: 0 }).toBuffer(),
};

describe.each(["JPEG", "PNG", "WebP", "AVIF"] as const)("%s", (format) => {
  test("is recognised, with the size its header claims", () => {
    expect(recogniseImage(pictures[format])).toEqual({ format, dimensions: { width: 33, height: 17 } });
  });

  test("cut off anywhere is still no other size", () => {
    const bytes = pictures[format];
    for (let length = 0; length < bytes.byteLength; length += 1) {
      const recognised = recogniseImage(bytes.subarray(0, length));
      if (recognised.format !== "other" && recognised.dimensions !== null) {
        expect(recognised.dimensions).toEqual({ width: 33, height: 17 });
      }
    }
  });

  test("with damage is told, one way or another, without an error", () => {
    for (const bytes of damaged(pictures[format], 1000)) recogniseImage(bytes);
  });
});

test.each([
  ["lossy", { lossless: false }],
  ["lossless", { lossless: true }],
])("a %s WebP without transparency has its size in its one chunk", async (_name, options) => {
  const bytes = await image.clone().flatten().webp(options).toBuffer();
  expect(recogniseImage(bytes)).toEqual({ format: "WebP", dimensions: { width: 33, height: 17 } });
});

test.each([
  ["nothing", ""],
  ["a GIF", "GIF89a..."],
  ["a TIFF", "II*\0...."],
  ["a PDF", "%PDF-1.7"],
  ["an SVG", '<?xml version="1.0"?><!-- a comment -->\n<svg xmlns="http://www.w3.org/2000/svg"/>'],
  ["an HTML page", "\n<!DOCTYPE html><title>x</title>"],
  ["a HEIF", "\0\0\0\x18ftypheic\0\0\0\0mif1heic"],
  ["a video", "\0\0\0\x18ftypisom\0\0\0\0isomavc1"],
  ["a file of an unknown kind", "hello"],
])("%s is named as what it is", (found, text) => {
  expect(recogniseImage(Buffer.from(text, "latin1"))).toEqual({ format: "other", found });
});

test("a box that claims to be endless, and one of no size, end the search", () => {
  const avif = Buffer.from(pictures.AVIF);
  const meta = avif.indexOf("meta") - 4;
  for (const size of [0, 1, 7, 0xffff_ffff]) {
    avif.writeUInt32BE(size, meta);
    expect(recogniseImage(avif).format).toBe("AVIF");
  }
});
