// Takes the automatic thumbnails: every half minute a picture of what is on air, one after another, and never at any cost.

import type { Log } from "#server/common/log.ts";
import type { ThumbnailRow } from "#server/store/thumbnail-store.ts";
import { type DecodeKeyFrame, DecoderError, type KeyFrame } from "./key-frame-decoder.ts";
import { AUTOMATIC_INTERVAL_MS, DECODER_ALLOWANCE_MS, DECODER_SHARE } from "./limits.ts";
import type { ImageRefusal } from "./thumbnail-service.ts";

export interface PosterGrabberOptions {
  /** Null: none are taken. */
  readonly decode: DecodeKeyFrame | null;
  readonly playouts: {
    /** Livestreams with a programme and an encoder. */
    onAirIds(): readonly string[];
    /** The newest key frame of the instance on air; null while there is none. */
    onAirKeyFrame(livestreamId: string): KeyFrame | null;
  };
  readonly thumbnails: {
    current(livestreamId: string): Promise<Pick<ThumbnailRow, "source"> | null>;
    keepAutomatic(livestreamId: string, picture: Uint8Array): Promise<ImageRefusal | null>;
  };
  readonly monotonicMs: () => number;
  readonly log: Log;
}

/** How often it is looked whether a picture is due. */
const TICK_MS = 1000;

export class PosterGrabber {
  readonly #options: PosterGrabberOptions;
  readonly #abort = new AbortController();
  readonly #ticker: Timer | null = null;
  /** When the last picture of a livestream on air was tried to take, oldest first. */
  readonly #triedAtMs = new Map<string, number>();
  /** What decoders may take now, milliseconds of CPU: it grows with time; below nothing none is started. */
  #allowanceMs = DECODER_ALLOWANCE_MS;
  #allowedAtMs: number;
  #running: Promise<void> | null = null;

  constructor(options: PosterGrabberOptions) {
    this.#options = options;
    this.#allowedAtMs = options.monotonicMs();
    if (options.decode === null) {
      const message = "there is no ffmpeg on this machine: automatic thumbnails are off";
      options.log.info("automatic_thumbnails_off", { message });
    } else this.#ticker = setInterval(() => this.tick(), TICK_MS);
  }

  /** Takes the picture that is due the longest, unless one is being taken or the budget is spent. */
  tick(): void {
    const { decode } = this.#options;
    if (decode === null || this.#running !== null || this.#abort.signal.aborted) return;
    const nowMs = this.#options.monotonicMs();
    this.#allow(nowMs);
    if (this.#allowanceMs < 0) return;
    const due = this.#due(nowMs);
    if (due.length === 0) return;
    // Ends by itself, whatever happens: the decoder has a deadline, and failures are told to the log.
    this.#running = this.#takeLongestDue(due, nowMs, decode).finally(() => {
      this.#running = null;
    });
  }

  /** Resolves once the picture that is being taken is stored or given up. */
  async settled(): Promise<void> {
    await this.#running;
  }

  /** Nothing more is taken; a decoder that runs is ended. */
  async stop(): Promise<void> {
    if (this.#ticker !== null) clearInterval(this.#ticker);
    this.#abort.abort();
    await this.#running;
  }

  /** Livestreams whose picture is due, the one that waits longest first. */
  #due(nowMs: number): readonly string[] {
    const onAir = this.#options.playouts.onAirIds();
    this.#forgetAllBut(new Set(onAir));
    return onAir
      .map((livestreamId) => ({
        livestreamId,
        triedAtMs: this.#triedAtMs.get(livestreamId) ?? Number.NEGATIVE_INFINITY,
      }))
      .filter(({ triedAtMs }) => nowMs - triedAtMs >= AUTOMATIC_INTERVAL_MS)
      .sort((a, b) => a.triedAtMs - b.triedAtMs)
      .map(({ livestreamId }) => livestreamId);
  }

  async #takeLongestDue(due: readonly string[], nowMs: number, decode: DecodeKeyFrame): Promise<void> {
    for (const livestreamId of due) {
      const keyFrame = this.#options.playouts.onAirKeyFrame(livestreamId);
      if (keyFrame === null) continue;
      this.#triedAtMs.set(livestreamId, nowMs);
      if (await this.#hasUpload(livestreamId)) continue;
      return this.#take(livestreamId, keyFrame, decode);
    }
  }

  #allow(nowMs: number): void {
    const grownMs = this.#allowanceMs + (nowMs - this.#allowedAtMs) * DECODER_SHARE;
    this.#allowanceMs = Math.min(DECODER_ALLOWANCE_MS, grownMs);
    this.#allowedAtMs = nowMs;
  }

  /** True also when the store does not answer: then no picture is taken. */
  async #hasUpload(livestreamId: string): Promise<boolean> {
    try {
      return (await this.#options.thumbnails.current(livestreamId))?.source === "upload";
    } catch (error) {
      this.#options.log.warn("thumbnail_not_taken", { livestreamId, message: String(error) });
      return true;
    }
  }

  #forgetAllBut(onAir: ReadonlySet<string>): void {
    for (const livestreamId of this.#triedAtMs.keys()) {
      if (!onAir.has(livestreamId)) this.#triedAtMs.delete(livestreamId);
    }
  }

  /** When it fails, the picture before stays. */
  async #take(livestreamId: string, keyFrame: KeyFrame, decode: DecodeKeyFrame): Promise<void> {
    const { thumbnails, log } = this.#options;
    const { signal } = this.#abort;
    try {
      const { picture, cpuMs } = await decode(keyFrame, signal);
      this.#allowanceMs -= cpuMs;
      const refusal = await thumbnails.keepAutomatic(livestreamId, picture);
      if (refusal !== null) log.warn("thumbnail_not_taken", { livestreamId, message: refusal.message });
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof DecoderError) this.#allowanceMs -= error.cpuMs;
      const message = error instanceof DecoderError ? error.message : String(error);
      log.warn("thumbnail_not_taken", { livestreamId, message });
    }
  }
}
