// The pictures of clips: each is taken once, of what the clip begins with, one after another.

import { messageOf } from "#server/common/failure.ts";
import type { Log } from "#server/common/log.ts";
import type { DecodeKeyFrame } from "./key-frame-decoder.ts";
import { MAX_WAITING_IMAGES } from "./limits.ts";
import type { ThumbnailService } from "./thumbnail-service.ts";
import { WorkQueue } from "./work-queue.ts";

export interface ClipPicturesOptions {
  /** Null: none are taken. */
  readonly decode: DecodeKeyFrame | null;
  readonly thumbnails: Pick<ThumbnailService, "keepAutomatic">;
  readonly log: Log;
}

/** A key frame as a recording has it. */
interface RecordedKeyFrame {
  readonly record: Uint8Array;
  readonly height: number;
  readonly data: Uint8Array;
}

export class ClipPictures {
  readonly #options: ClipPicturesOptions;
  readonly #queue = new WorkQueue(MAX_WAITING_IMAGES);

  constructor(options: ClipPicturesOptions) {
    this.#options = options;
  }

  /** Does not reject: a clip without a picture is one, too. */
  async take(clipId: string, { record, height, data }: RecordedKeyFrame, signal: AbortSignal): Promise<void> {
    const { decode, thumbnails, log } = this.#options;
    if (decode === null) return;
    try {
      const keyFrame = { unit: { data }, configuration: { record, height } };
      const decoding = this.#queue.run(() => decode(keyFrame, signal));
      const refusal =
        decoding === null ? TOO_MANY : await thumbnails.keepAutomatic(clipId, (await decoding).picture);
      if (refusal !== null) log.warn("thumbnail_not_taken", { mediaId: clipId, message: refusal.message });
    } catch (error) {
      log.warn("thumbnail_not_taken", { mediaId: clipId, message: messageOf(error) });
    }
  }
}

const TOO_MANY = { message: "too many pictures wait to be taken" };
