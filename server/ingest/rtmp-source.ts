// An RTMP publish as a source: its FLV messages become tracks and encoded units. From here on nobody knows the protocol.

import type { DemuxedItem } from "#media/flv/demuxed-item.ts";
import { FlvError, UnsupportedCodecError } from "#media/flv/flv-error.ts";
import { readStreamMetadata, type StreamMetadata } from "#media/flv/stream-metadata.ts";
import { type FlvMessage, TagDemuxer } from "#media/flv/tag-demuxer.ts";
import type { Publisher } from "#server/instances/instance.ts";
import { type MediaKind, SourceProblems, type Unusable } from "./source-problems.ts";

export class RtmpSource {
  readonly #publisher: Publisher;
  readonly #onRefused: (reason: string) => void;
  readonly #demuxer = new TagDemuxer();
  readonly #problems: SourceProblems;
  readonly #kinds = new Map<number, MediaKind>();
  #hasJoinPoint = false;
  #isRefused = false;

  /** `onRefused`: nothing of it can be carried; it is called once, and what is received afterwards is nothing. */
  constructor(
    publisher: Publisher,
    monotonicMs: () => number,
    onRefused: (reason: string) => void = () => undefined,
  ) {
    this.#publisher = publisher;
    this.#onRefused = onRefused;
    this.#problems = new SourceProblems(publisher, monotonicMs);
  }

  /** A tag that cannot be used is told of and dropped. */
  receive(message: FlvMessage): void {
    const { kind } = message;
    if (this.#isRefused) return;
    if (kind === "data") this.#receiveData(message.payload);
    else this.#receiveMedia(kind, message);
  }

  /** Called now and then, too: what came may be all there is, and nothing of use may come any more. */
  tick(): void {
    const refusal = this.#isRefused ? null : this.#problems.refusal();
    if (refusal === null) return;
    this.#isRefused = true;
    this.#publisher.refused(refusal);
    this.#onRefused(refusal);
  }

  /** `reason`: why the encoder was disconnected, null when it left. */
  end(reason: string | null = null): void {
    try {
      this.#feed(this.#demuxer.flush());
    } finally {
      this.#publisher.end(reason);
    }
  }

  #receiveData(payload: Uint8Array): void {
    const metadata = metadataIn(payload);
    if (metadata !== null) this.#publisher.announced(metadata);
  }

  #receiveMedia(kind: MediaKind, message: FlvMessage): void {
    try {
      this.#feed(this.#demuxer.push(message));
    } catch (error) {
      if (!(error instanceof FlvError)) throw error;
      this.#publisher.dropped(error.message);
      this.#problems.failed(kind, whyOf(error));
    }
    this.tick();
  }

  #feed(items: readonly DemuxedItem[]): void {
    for (const item of items) {
      if (item.type === "track") {
        this.#kinds.set(item.track.id, item.track.kind);
        this.#publisher.setTrack(item.track);
      } else if (item.type === "unit") {
        this.#judge(item.unit);
        this.#publisher.push(item.unit);
      } else {
        this.#problems.failed(item.kind, { form: item.form });
      }
    }
  }

  /** A unit can be used; but pictures only once there was one that decoding can begin with. */
  #judge({ trackId, isSync, hints }: Parameters<Publisher["push"]>[0]): void {
    if (hints?.isFiller === true) return;
    const kind = this.#kinds.get(trackId) ?? "audio";
    if (kind === "video") this.#hasJoinPoint ||= isSync || hints?.isRecoveryPoint === true;
    if (kind === "audio" || this.#hasJoinPoint) this.#problems.worked(kind);
    else this.#problems.failed(kind, { form: "no-join-point" });
  }
}

function whyOf(error: FlvError): Unusable {
  if (error instanceof UnsupportedCodecError) return { form: "codec", codec: error.codec };
  return { form: "malformed", message: error.message };
}

/** Nothing depends on it: what is malformed says nothing, and nobody is told of it. */
function metadataIn(payload: Uint8Array): StreamMetadata | null {
  try {
    return readStreamMetadata(payload);
  } catch (error) {
    if (!(error instanceof FlvError)) throw error;
    return null;
  }
}
