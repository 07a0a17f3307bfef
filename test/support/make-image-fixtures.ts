// Makes the pictures of test/fixtures/images anew: `bun test/support/make-image-fixtures.ts`, with ImageMagick 6 and exiftool.
// Most are by these two, whose files are not like those of the library that reads them here.

import { join } from "node:path";
import sharp from "sharp";
import { ROOT } from "./imports.ts";
import { run } from "./program.ts";

const FOLDER = join(ROOT, "test/fixtures/images");
const path = (name: string): string => join(FOLDER, name);

/** From an upright picture to what a camera stores that is held so (EXIF 2.32, Orientation). */
const AS_STORED: Readonly<Record<number, readonly string[]>> = {
  1: [],
  2: ["-flop"],
  3: ["-rotate", "180"],
  4: ["-flip"],
  5: ["-transpose"],
  6: ["-rotate", "270"],
  7: ["-transverse"],
  8: ["-rotate", "90"],
};

/** Red and green above blue and yellow, 80 × 60: whichever way it lies, it is seen. */
const QUARTERS = [
  ...["-size", "40x30"],
  ...["(", "xc:#d02020", "xc:#20a020", "+append", ")", "(", "xc:#2040d0", "xc:#e0c020", "+append", ")"],
  ...["-append", "+repage"],
];

/** Hard to compress, so that half of its bytes are half of the picture. */
const NOISE = ["-size", "64x64", "xc:gray", "-seed", "1", "+noise", "Random"];

const JPEG = ["-sampling-factor", "1x1", "-quality", "90"];

await magick(QUARTERS, "quarters.png");
for (const [orientation, transform] of Object.entries(AS_STORED)) {
  const name = `orientation-${orientation}.jpg`;
  await magick([...QUARTERS, ...transform, ...JPEG], name);
  await run([
    ...["exiftool", "-q", "-overwrite_original", "-n", `-Orientation=${orientation}`],
    ...["-GPSLatitude=47.37", "-GPSLatitudeRef=N", "-GPSLongitude=8.54", "-GPSLongitudeRef=E"],
    ...["-Artist=A secret", path(name)],
  ]);
}
await magick([...QUARTERS, "-colorspace", "CMYK", ...JPEG], "cmyk.jpg");
await magick([...QUARTERS, "-depth", "16"], "sixteen-bit.png", "PNG48:");
await magick([...QUARTERS, "-colors", "4", "-interlace", "PNG"], "palette-interlaced.png", "PNG8:");
await magick([...QUARTERS, "-colorspace", "Gray", "-interlace", "JPEG", ...JPEG], "gray-progressive.jpg");
await magick([...QUARTERS, "-quality", "90"], "quarters.avif");
await sharp(path("quarters.png")).withIccProfile("p3").png().toFile(path("display-p3.png"));
await sharp(path("quarters.png")).webp({ lossless: true }).toFile(path("quarters.webp"));
await magick(["-delay", "50", ...QUARTERS, "(", "+clone", "-negate", ")"], "animated.gif");
await sharp(path("animated.gif"), { animated: true }).webp({ lossless: true }).toFile(path("animated.webp"));

await magick([...NOISE, ...JPEG], "noise.jpg");
await magick(NOISE, "noise.png");
await magick([...NOISE, "-quality", "90"], "noise.avif");
await sharp(path("noise.png")).webp().toFile(path("noise.webp"));
for (const format of ["jpg", "png", "avif", "webp"]) {
  const whole = Bun.file(path(`noise.${format}`));
  await Bun.write(path(`truncated.${format}`), (await whole.bytes()).subarray(0, whole.size / 2));
  await whole.delete();
}

await Bun.write(path("zero-bytes.jpg"), "");
await Bun.write(path("svg-named.jpg"), '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>\n');
await Bun.write(path("html-named.jpg"), "<!doctype html><title>x</title><script>alert(1)</script>\n");
await Bun.write(path("claims-60000x60000.png"), await claiming(60_000));

const picture = await Bun.file(path("quarters.png")).bytes();
await Bun.write(path("form-without-the-field.multipart"), form([["picture", picture]]));
await Bun.write(
  path("form-with-two.multipart"),
  form([
    ["file", picture],
    ["file", picture],
  ]),
);
await Bun.write(path("form-cut-off.multipart"), form([["file", picture]]).subarray(0, -40));

async function magick(command: readonly string[], name: string, format = ""): Promise<void> {
  await run(["/usr/bin/convert-im6.q16", ...command, "-strip", `${format}${path(name)}`]);
}

/** The header of a PNG that is as wide and as high, with a good checksum, and hardly anything behind it. */
async function claiming(side: number): Promise<Uint8Array> {
  const image = Buffer.from(await Bun.file(path("quarters.png")).bytes());
  image.writeUInt32BE(side, 16);
  image.writeUInt32BE(side, 20);
  image.writeUInt32BE(Bun.hash.crc32(image.subarray(12, 29)), 29);
  return image;
}

/** With the boundary `edge` (RFC 7578). */
function form(fields: readonly (readonly [name: string, content: Uint8Array])[]): Buffer {
  const parts = fields.flatMap(([name, content]) => [
    Buffer.from(`--edge\r\nContent-Disposition: form-data; name="${name}"; filename="a.png"\r\n\r\n`),
    content,
    Buffer.from("\r\n"),
  ]);
  return Buffer.concat([...parts, Buffer.from("--edge--\r\n")]);
}
