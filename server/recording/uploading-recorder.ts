// A recorder whose segments go to the object store, too, as each closes.

import type { Cut } from "#media/hls/segment.ts";
import type { HeldBytes } from "./held-bytes.ts";
import type { SegmentUploads } from "./segment-uploads.ts";

/** What takes every cut of a programme, and says where its bytes are. */
export interface CutRecorder {
  readonly held: HeldBytes;
  write(cut: Cut): void;
  end(): Promise<void>;
}

export class UploadingRecorder implements CutRecorder {
  readonly #recorder: CutRecorder;
  readonly #uploads: SegmentUploads;

  constructor(recorder: CutRecorder, uploads: SegmentUploads) {
    this.#recorder = recorder;
    this.#uploads = uploads;
  }

  get held(): HeldBytes {
    return this.#recorder.held;
  }

  write(cut: Cut): void {
    this.#recorder.write(cut);
    this.#uploads.follow(cut);
  }

  async end(): Promise<void> {
    await this.#recorder.end();
    await this.#uploads.stop();
  }
}
