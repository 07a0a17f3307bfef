// The sizes and formats of stored pictures: each made once, when it is first asked for, and kept.

import { ByteCache } from "#server/common/byte-cache.ts";
import type { InTurn } from "#server/common/in-turn.ts";
import { RENDITION_CACHE_BYTES, RENDITION_WIDTHS } from "./limits.ts";
import { type RenditionFormat, renderMaster } from "./sharp.ts";
import { MASTER_FILE, type ThumbnailFiles } from "./thumbnail-files.ts";
import type { WorkQueue } from "./work-queue.ts";

export interface RenditionRequest {
  readonly livestreamId: string;
  readonly contentHash: string;
  /** Pixels; made as the nearest allowed width above, null and more than the largest as the master is. */
  readonly width: number | null;
  readonly format: RenditionFormat;
}

export interface Rendition {
  readonly bytes: Uint8Array;
  readonly format: RenditionFormat;
  /** Unlike that of any other rendition of any picture. */
  readonly entityTag: string;
}

type Absent = "gone" | "busy";

type Loaded = Uint8Array | Absent;

export class Renditions {
  readonly #files: ThumbnailFiles;
  readonly #queue: WorkQueue;
  readonly #changes: InTurn;
  readonly #cache = new ByteCache<Uint8Array, Absent>(RENDITION_CACHE_BYTES);

  /** `changes`: on disk, by livestream; nothing is added to what is being removed. */
  constructor(files: ThumbnailFiles, queue: WorkQueue, changes: InTurn) {
    this.#files = files;
    this.#queue = queue;
    this.#changes = changes;
  }

  /** `gone`: there is no such picture (any more). `busy`: it would have to be made, and too many others are waiting. */
  async get({
    livestreamId,
    contentHash,
    width,
    format,
  }: RenditionRequest): Promise<Rendition | "gone" | "busy"> {
    const allowedWidth = RENDITION_WIDTHS.find((allowed) => width !== null && width <= allowed) ?? null;
    const file = allowedWidth === null ? `master.${format}` : `${allowedWidth}.${format}`;
    const name = `${livestreamId}/${contentHash}/${file}`;
    const bytes =
      this.#cache.get(name) ?? (await this.#cache.load(name, () => this.#load(name, allowedWidth, format)));
    if (typeof bytes === "string") return bytes;
    return { bytes, format, entityTag: `"${contentHash}-${file}"` };
  }

  /** What is being made of the livestream's pictures, some of which were removed, is not kept either. */
  forget(livestreamId: string): void {
    this.#cache.deleteAllBelow(`${livestreamId}/`);
  }

  async #load(name: string, width: number | null, format: RenditionFormat): Promise<Loaded> {
    const [livestreamId = "", contentHash = "", file = ""] = name.split("/");
    const kept = await this.#files.read(livestreamId, contentHash, file);
    return kept ?? (await this.#make(livestreamId, contentHash, file, width, format));
  }

  async #make(
    livestreamId: string,
    contentHash: string,
    file: string,
    width: number | null,
    format: RenditionFormat,
  ): Promise<Loaded> {
    const master = await this.#files.read(livestreamId, contentHash, MASTER_FILE);
    if (master === null) return "gone";
    const making = this.#queue.run(() => renderMaster(master, width, format));
    if (making === null) return "busy";
    const bytes = await making;
    // Nobody waits for the disk: where it is full, or the picture was replaced meanwhile, this one is not kept.
    void this.#changes
      .run(livestreamId, () => this.#files.add(livestreamId, contentHash, file, bytes))
      .catch(() => undefined);
    return bytes;
  }
}
