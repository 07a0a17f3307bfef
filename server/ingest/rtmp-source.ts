// An RTMP publish as a source: its FLV messages become tracks and encoded units. From here on nobody knows the protocol.

import { FlvError } from "#media/flv/flv-error.ts";
import { readStreamMetadata, type StreamMetadata } from "#media/flv/stream-metadata.ts";
import { type FlvMessage, TagDemuxer } from "#media/flv/tag-demuxer.ts";
import type { Publisher } from "#server/instances/instance.ts";

export class RtmpSource {
  readonly #publisher: Publisher;
  readonly #demuxer = new TagDemuxer();

  constructor(publisher: Publisher) {
    this.#publisher = publisher;
  }

  /** A tag that cannot be used is told of and dropped. */
  receive(message: FlvMessage): void {
    if (message.kind === "data") this.#receiveData(message.payload);
    else this.#receiveMedia(message);
  }

  end(): void {
    this.#publisher.end();
  }

  #receiveData(payload: Uint8Array): void {
    const metadata = metadataIn(payload);
    if (metadata !== null) this.#publisher.announced(metadata);
  }

  #receiveMedia(message: FlvMessage): void {
    try {
      const item = this.#demuxer.push(message);
      if (item?.type === "track") this.#publisher.setTrack(item.track);
      else if (item?.type === "unit") this.#publisher.push(item.unit);
    } catch (error) {
      if (!(error instanceof FlvError)) throw error;
      this.#publisher.dropped(error.message);
    }
  }
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
