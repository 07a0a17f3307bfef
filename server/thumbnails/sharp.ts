// The one file that knows sharp: any picture becomes a stored master, and a master its sizes and formats.

import type { Sharp } from "sharp";
import { messageOf } from "#server/common/failure.ts";
import { IMAGE_JOB_SECONDS, MASTER_MAX_SIDE, MAX_PIXELS } from "./limits.ts";

/** A picture that cannot be decoded; the message is the decoder's. */
export class ImageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ImageError";
  }
}

/** JPEG, upright, opaque, sRGB, without metadata. */
export interface Master {
  readonly bytes: Uint8Array;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

export type RenditionFormat = "avif" | "webp" | "jpeg";

/** Characters kept of what the decoder says of its troubles. */
const MAX_COMPLAINT_LENGTH = 300;

type Library = typeof import("sharp").default;

let loading: Promise<Library> | null = null;

/** Loaded with the first picture: it takes 25 MB, and many servers are never sent one. */
function library(): Promise<Library> {
  loading ??= load().catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return loading;
}

/** A thread for one picture: the others are the media's. Nothing is kept: the same picture does not come twice. */
async function load(): Promise<Library> {
  const { default: sharp } = await import("sharp");
  sharp.concurrency(1);
  sharp.cache(false);
  return sharp;
}

/** Throws an {@link ImageError}. Of an animation it is the first picture. */
export async function makeMaster(image: Uint8Array): Promise<Master> {
  const sharp = await library();
  return decoding(async () => {
    const { data, info } = await sharp(image, { limitInputPixels: MAX_PIXELS, failOn: "error" })
      .timeout({ seconds: IMAGE_JOB_SECONDS })
      .autoOrient()
      .resize({ width: MASTER_MAX_SIDE, height: MASTER_MAX_SIDE, fit: "inside", withoutEnlargement: true })
      .flatten({ background: "white" })
      .toColourspace("srgb")
      .jpeg({ quality: 92, chromaSubsampling: "4:4:4" })
      .toBuffer({ resolveWithObject: true });
    return { bytes: data, width: info.width, height: info.height };
  });
}

/** `width`: pixels, null as the master is; nothing is made wider than it was. Throws an {@link ImageError}. */
export async function renderMaster(
  master: Uint8Array,
  width: number | null,
  format: RenditionFormat,
): Promise<Uint8Array> {
  const sharp = await library();
  const image = sharp(master).timeout({ seconds: IMAGE_JOB_SECONDS });
  if (width !== null) image.resize({ width, withoutEnlargement: true });
  return decoding(() => encodingOf(image, format).toBuffer());
}

/** The effort is what a small picture is worth: AVIF at its default would take seconds. */
function encodingOf(image: Sharp, format: RenditionFormat): Sharp {
  switch (format) {
    case "avif":
      return image.avif({ quality: 55, effort: 1 });
    case "webp":
      return image.webp({ quality: 80, effort: 3 });
    case "jpeg":
      return image.jpeg({ quality: 82 });
  }
}

async function decoding<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw new ImageError(complaintOf(messageOf(error)));
  }
}

/** In one line, and without what the reader of the file tried on its way. */
function complaintOf(message: string): string {
  const lines = message.split("\n").filter((line) => !line.startsWith("source: "));
  return lines.join(" ").replaceAll(/\s+/g, " ").trim().slice(0, MAX_COMPLAINT_LENGTH);
}
