// A recording that is written at once, of what there is already: a clip's own bytes, in the same form as any other.

import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import { readFragments } from "#media/fmp4/fragment-reader.ts";
import type { RenditionName } from "#media/hls/rendition.ts";
import type { PlaylistTargets, Segment } from "#media/hls/segment.ts";
import { type AppendFiles, openAppendFiles } from "./append-files.ts";
import type { FootageInitialization } from "./footage.ts";
import {
  encodeJournalLine,
  encodeJournalVersion,
  type JournalEntry,
  type RecordedGap,
  type RecordedPart,
} from "./journal.ts";
import type { RecordingPaths } from "./recording.ts";

export class OwnRecording {
  readonly #files: AppendFiles;
  readonly #rendition: RenditionName;
  readonly #targetDurationSeconds: number;
  #mediaLength = 0;

  private constructor(
    paths: RecordingPaths,
    { rendition, targetDurationSeconds }: { rendition: RenditionName; targetDurationSeconds: number },
  ) {
    this.#files = openAppendFiles(paths);
    this.#rendition = rendition;
    this.#targetDurationSeconds = targetDurationSeconds;
  }

  /** Its folder is made with it, and nobody else's. */
  static async begin(
    paths: RecordingPaths,
    of: { rendition: RenditionName; targetDurationSeconds: number },
  ): Promise<OwnRecording> {
    await mkdir(dirname(paths.media), { recursive: true });
    const own = new OwnRecording(paths, of);
    await own.#append("journal", encodeJournalVersion());
    return own;
  }

  async initialization(
    { id, tracks }: Pick<FootageInitialization, "id" | "tracks">,
    bytes: Uint8Array,
  ): Promise<void> {
    const offset = await this.#media(bytes);
    const { byteLength } = bytes;
    await this.#journal({
      type: "initialization",
      rendition: this.#rendition,
      id,
      offset,
      byteLength,
      crc32: crc32(bytes),
      tracks,
    });
  }

  /** `bytes` are whole fragments: its parts. `targets`: where they are others than it began with. Resolves to where they are in the file. */
  async segment(
    segment: Segment & { readonly gap?: RecordedGap },
    bytes: Uint8Array,
    targets: PlaylistTargets = { targetDurationSeconds: this.#targetDurationSeconds },
  ): Promise<number> {
    const { msn, initializationId, discontinuity, independent, programDateTimeMs, gap } = segment;
    const start = { msn, initializationId, discontinuity, independent, programDateTimeMs };
    const offset = this.#mediaLength;
    await this.#journal({
      type: "segment-start",
      rendition: this.#rendition,
      ...start,
      offset,
      ...(gap === undefined ? {} : { gap }),
    });
    await this.#media(bytes);
    const parts = partsOf(bytes, offset);
    const { durationSeconds, frameRate } = segment;
    await this.#journal({
      ...{ type: "segment-end", rendition: this.#rendition, msn, durationSeconds },
      ...{ byteLength: bytes.byteLength, partCount: parts.length, frameRate },
      ...targets,
      parts,
    });
    return offset;
  }

  /** Resolves once it is on the disk for good; either way its files are closed then. */
  end(): Promise<void> {
    return this.#files.close();
  }

  async #media(bytes: Uint8Array): Promise<number> {
    const offset = this.#mediaLength;
    await this.#append("media", bytes);
    this.#mediaLength += bytes.byteLength;
    return offset;
  }

  #journal(entry: JournalEntry): Promise<void> {
    return this.#append("journal", encodeJournalLine(entry));
  }

  #append(file: "media" | "journal", bytes: Uint8Array): Promise<void> {
    return this.#files.append(file, [bytes]);
  }
}

function partsOf(bytes: Uint8Array, offset: number): RecordedPart[] {
  return readFragments(bytes).map(({ start, byteLength }) => {
    const checksum = crc32(bytes.subarray(start, start + byteLength));
    return [offset + start, byteLength, checksum];
  });
}
