// Tells by its first bytes what a file is, and reads how large a picture claims to be, before anything is decoded.

import { imageDimensionsFromData } from "image-dimensions";

export type ImageFormat = "JPEG" | "PNG" | "WebP" | "AVIF";

/** Pixels, as they lie in the file: before it is turned upright. */
export interface Dimensions {
  readonly width: number;
  readonly height: number;
}

/** `dimensions` are what the header claims; null when it claims none. Of `other`, `found` is its name for a sentence. */
export type Recognised =
  | { readonly format: ImageFormat; readonly dimensions: Dimensions | null }
  | { readonly format: "other"; readonly found: string };

/** Neither the name of a file nor its Content-Type is asked. */
export function recogniseImage(bytes: Uint8Array): Recognised {
  if (begins(bytes, "\xff\xd8\xff")) return { format: "JPEG", dimensions: dimensionsOf(bytes) };
  if (begins(bytes, "\x89PNG\r\n\x1a\n")) return { format: "PNG", dimensions: dimensionsOf(bytes) };
  if (begins(bytes, "RIFF") && begins(bytes, "WEBP", 8)) {
    return { format: "WebP", dimensions: dimensionsOf(bytes) };
  }
  if (isAvif(bytes)) return { format: "AVIF", dimensions: dimensionsOf(bytes) };
  return { format: "other", found: nameOf(bytes) };
}

export function areaOf({ width, height }: Dimensions): number {
  return width * height;
}

/** Null where the header is cut off or claims none. */
function dimensionsOf(bytes: Uint8Array): Dimensions | null {
  const found = imageDimensionsFromData(bytes);
  return found === undefined ? null : { width: found.width, height: found.height };
}

/** Enough to see past the comment and the declaration that an SVG may begin with. */
const TEXT_LENGTH = 1024;

const SIGNATURES = [
  ["a GIF", "GIF8"],
  ["a BMP", "BM"],
  ["a TIFF", "II*\0"],
  ["a TIFF", "MM\0*"],
  ["a PDF", "%PDF"],
  ["a ZIP archive", "PK\x03\x04"],
  ["a Photoshop document", "8BPS"],
  ["a JPEG XL", "\xff\x0a"],
  ["a JPEG XL", "\0\0\0\x0cJXL "],
  ["a JPEG 2000", "\0\0\0\x0cjP  "],
  ["an icon", "\0\0\x01\0"],
] as const;

function nameOf(bytes: Uint8Array): string {
  if (bytes.byteLength === 0) return "nothing";
  const signature = SIGNATURES.find(([, start]) => begins(bytes, start));
  if (signature !== undefined) return signature[0];
  if (begins(bytes, "ftyp", 4)) return /^(hei|hev|mif|msf)/.test(ascii(bytes, 8, 12)) ? "a HEIF" : "a video";
  const text = ascii(bytes, 0, TEXT_LENGTH).toLowerCase();
  if (/<svg[\s>]/.test(text)) return "an SVG";
  if (/<(!doctype html|html|head|body|script)[\s>]/.test(text)) return "an HTML page";
  return "a file of an unknown kind";
}

/** A File Type box (ISO/IEC 14496-12 §4.3) with the brand of AVIF still images or sequences among its brands. */
function isAvif(bytes: Uint8Array): boolean {
  if (!begins(bytes, "ftyp", 4)) return false;
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  const brands = ascii(bytes, 8, Math.min(size, 256)).match(/[\s\S]{4}/g) ?? [];
  return brands.some((brand, index) => index !== 1 && (brand === "avif" || brand === "avis")); // 1: minor_version
}

function begins(bytes: Uint8Array, text: string, offset = 0): boolean {
  return ascii(bytes, offset, offset + text.length) === text;
}

/** A byte a character. */
function ascii(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1", start, end);
}
