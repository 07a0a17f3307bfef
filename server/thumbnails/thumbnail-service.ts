// What can be done with the picture of a livestream; the only writer of pictures, on disk and in the database.

import { InTurn } from "#server/common/in-turn.ts";
import type { ThumbnailRow, ThumbnailSource, ThumbnailStore } from "#server/store/thumbnail-store.ts";
import { contentHashOf } from "./content-hash.ts";
import { areaOf, recogniseImage } from "./image-format.ts";
import { MAX_PIXELS, MAX_WAITING_IMAGES } from "./limits.ts";
import { type Rendition, type RenditionRequest, Renditions } from "./renditions.ts";
import { ImageError, type Master, makeMaster } from "./sharp.ts";
import type { StoredPictures } from "./stored-pictures.ts";
import { ThumbnailFiles } from "./thumbnail-files.ts";
import { WorkQueue } from "./work-queue.ts";

/** Why a picture was not taken. `message` says what was found and what is allowed. */
export interface ImageRefusal {
  readonly code: "invalid_image" | "unsupported_media_type" | "not_found" | "too_many_images";
  readonly message: string;
}

const ALLOWED = "A thumbnail is a JPEG, PNG, WebP or AVIF picture";

export class ThumbnailService {
  readonly #store: ThumbnailStore;
  readonly #files: ThumbnailFiles;
  readonly #dateMs: () => number;
  readonly #queue = new WorkQueue(MAX_WAITING_IMAGES);
  readonly #renditions: Renditions;
  /** Changes on disk, by livestream. */
  readonly #changes = new InTurn();
  /** What was last replaced, by livestream: its URL answers until the next replacement. */
  readonly #replaced = new Map<string, string>();

  /** `folder` holds a folder for each livestream, and is made with the first picture. */
  constructor(options: {
    store: ThumbnailStore;
    folder: string;
    stored?: StoredPictures | null;
    dateMs: () => number;
  }) {
    this.#store = options.store;
    this.#dateMs = options.dateMs;
    this.#files = new ThumbnailFiles(options.folder, options.stored ?? null);
    this.#renditions = new Renditions(this.#files, this.#queue, this.#changes);
  }

  /** What the last process did not bring to where pictures are kept follows. */
  start(): Promise<void> {
    return this.#files.start();
  }

  /** Pictures that are being worked on or wait for it. */
  get unsettled(): number {
    return this.#queue.unsettled;
  }

  /** The one that is shown: the uploaded one, else the automatic one, else null. */
  current(livestreamId: string): Promise<ThumbnailRow | null> {
    return this.#store.current(livestreamId);
  }

  /** Takes the picture in place of the uploaded one; null when it did. Readers get the old one or the new. */
  async upload(livestreamId: string, image: Uint8Array): Promise<ImageRefusal | null> {
    const refusal = refusalByHeader(image);
    if (refusal !== null) return refusal;
    const making = this.#queue.run(() => makeMaster(image));
    if (making === null)
      return { code: "too_many_images", message: "Too many pictures are being worked on; try again later." };
    try {
      const master = await making;
      return await this.#changes.run(livestreamId, () => this.#replace(livestreamId, "upload", master));
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      return invalid(`the picture cannot be decoded (${error.message})`);
    }
  }

  /** The same of the automatic one, a JPEG of ours that is stored as it is: it costs no decoding here. */
  async keepAutomatic(livestreamId: string, bytes: Uint8Array): Promise<ImageRefusal | null> {
    const recognised = recogniseImage(bytes);
    if (recognised.format !== "JPEG" || recognised.dimensions === null) {
      return invalid("the decoder made something else");
    }
    const master = { bytes, ...recognised.dimensions };
    return await this.#changes.run(livestreamId, () => this.#replace(livestreamId, "auto", master));
  }

  /** Back to the automatic one, if there is one. */
  deleteUpload(livestreamId: string): Promise<void> {
    return this.#changes.run(livestreamId, async () => {
      await this.#store.deleteUpload(livestreamId);
      this.#replaced.delete(livestreamId);
      await this.#sweep(livestreamId);
    });
  }

  /** Everything of a livestream that is gone. */
  remove(livestreamId: string): Promise<void> {
    return this.#changes.run(livestreamId, () => this.#forget(livestreamId));
  }

  rendition(request: RenditionRequest): Promise<Rendition | "gone" | "busy"> {
    return this.#renditions.get(request);
  }

  /** Resolves once nothing is being made or written. */
  async settled(): Promise<void> {
    await this.#queue.settled();
    await this.#changes.settled();
  }

  /** The picture is on the disk before the database names it: a crash between the two leaves the old one. */
  async #replace(
    livestreamId: string,
    source: ThumbnailSource,
    master: Master,
  ): Promise<ImageRefusal | null> {
    const contentHash = contentHashOf(master.bytes);
    const before = await this.#contentHashOf(livestreamId, source);
    await this.#files.store(livestreamId, contentHash, master.bytes);
    const { width, height } = master;
    const row = { livestreamId, source, contentHash, width, height, storedAtMs: this.#dateMs() };
    if (!(await this.#store.put(row))) {
      await this.#forget(livestreamId);
      return { code: "not_found", message: "The livestream was deleted meanwhile." };
    }
    if (before === contentHash) return null;
    if (before !== undefined) this.#replaced.set(livestreamId, before);
    await this.#sweep(livestreamId);
    return null;
  }

  async #contentHashOf(livestreamId: string, source: ThumbnailSource): Promise<string | undefined> {
    return (await this.#store.all(livestreamId)).find((row) => row.source === source)?.contentHash;
  }

  async #forget(livestreamId: string): Promise<void> {
    this.#replaced.delete(livestreamId);
    this.#renditions.forget(livestreamId);
    await this.#files.remove(livestreamId);
  }

  async #sweep(livestreamId: string): Promise<void> {
    const kept = new Set((await this.#store.all(livestreamId)).map(({ contentHash }) => contentHash));
    const replaced = this.#replaced.get(livestreamId);
    if (replaced !== undefined) kept.add(replaced);
    this.#renditions.forget(livestreamId);
    await this.#files.keepOnly(livestreamId, kept);
  }
}

/** What can be said of a picture without decoding it. */
function refusalByHeader(image: Uint8Array): ImageRefusal | null {
  const recognised = recogniseImage(image);
  if (image.byteLength === 0) return invalid("the body is empty");
  if (recognised.format === "other") {
    const message = `${ALLOWED}, whatever its name or Content-Type; this is ${recognised.found}.`;
    return { code: "unsupported_media_type", message };
  }
  const { format, dimensions } = recognised;
  if (dimensions === null) return invalid(`the header of this ${format} is damaged or cut off`);
  if (areaOf(dimensions) === 0) return invalid(`this ${format} says that it has no pixels`);
  if (areaOf(dimensions) <= MAX_PIXELS) return null;
  const claimed = `this ${format} claims ${dimensions.width} × ${dimensions.height}`;
  return invalid(`${claimed}, and at most ${MAX_PIXELS / 1_000_000} megapixels are allowed`);
}

function invalid(found: string): ImageRefusal {
  return { code: "invalid_image", message: `${ALLOWED} that is whole and sound; ${found}.` };
}
