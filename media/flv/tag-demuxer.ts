// Turns one publish's FLV messages into its tracks and their coded frames, without a hole in either.

import { EndOfBytesError } from "#media/bytes/byte-reader.ts";
import { CodecError } from "#media/codecs/codec-error.ts";
import type { TrackKind } from "#media/track/track.ts";
import { AudioDemuxer } from "./audio-demuxer.ts";
import type { DemuxedItem } from "./demuxed-item.ts";
import { FlvError } from "./flv-error.ts";
import { HoleFiller } from "./hole-filler.ts";
import { VideoDemuxer } from "./video-demuxer.ts";

/** The body of an FLV tag, as RTMP carries it in a message of its own. */
export interface FlvMessage {
  readonly kind: "audio" | "video" | "data";
  /** On the encoder's clock, milliseconds modulo 2^32. */
  readonly timestampMs: number;
  /** Units that come of it are views of it: it must not be written to afterwards. */
  readonly payload: Uint8Array;
}

const NOTHING: readonly DemuxedItem[] = [];

export class TagDemuxer {
  readonly #video = new VideoDemuxer();
  readonly #audio = new AudioDemuxer();
  readonly #filler = new HoleFiller(this.#video, this.#audio);
  #left: readonly DemuxedItem[] = NOTHING;

  /**
   * Tracks where their configuration is new or changed, and the frames that are whole with this message, in decoding order. Data
   * messages are hints that nothing here depends on, and what holds no picture goes with the next one.
   * Throws {@link FlvError} for a tag that is malformed or of another codec, and is as it was before.
   */
  push(message: FlvMessage): readonly DemuxedItem[] {
    const { kind } = message;
    if (kind === "data" || message.payload.byteLength === 0) return NOTHING;
    try {
      return this.#push(kind, message);
    } catch (error) {
      if (!(error instanceof EndOfBytesError || error instanceof CodecError)) throw error;
      throw new FlvError(`${kind} tag: ${error.message}`, { cause: error });
    }
  }

  /** Nothing follows: the picture that waited to be complete, and what one track goes on for beyond the other. */
  flush(): readonly DemuxedItem[] {
    try {
      return [...this.#takeLeft(), ...this.#filler.fill(this.#video.flush()), ...this.#filler.end()];
    } catch (error) {
      if (error instanceof CodecError) return []; // What waited cannot be made whole, and there is nobody to tell.
      throw error;
    }
  }

  /** What earlier messages completed before they turned out to be malformed themselves. */
  #takeLeft(): readonly DemuxedItem[] {
    const left = this.#left;
    this.#left = NOTHING;
    return left;
  }

  /** What was waiting, what fills the hole that ends here, and what comes of the message itself. */
  #push(kind: TrackKind, { payload, timestampMs }: FlvMessage): readonly DemuxedItem[] {
    const complete = this.#filler.fill(this.#video.reached(timestampMs));
    const fillers = this.#filler.before(kind, timestampMs);
    const isNothing = this.#left.length + complete.length + fillers.length === 0;
    const before = isNothing ? NOTHING : [...this.#takeLeft(), ...complete, ...fillers];
    this.#left = before; // Should the message be malformed, it is handed over with the next one.
    const demuxer = kind === "video" ? this.#video : this.#audio;
    const items = this.#filler.fill(demuxer.push(payload, timestampMs));
    this.#left = NOTHING;
    return isNothing ? items : [...before, ...items];
  }
}
