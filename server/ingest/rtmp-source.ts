// An RTMP publish as a source: its FLV messages become tracks and encoded units. From here on nobody knows the protocol.

import type { DemuxedItem } from "#media/flv/demuxed-item.ts";
import { FlvError } from "#media/flv/flv-error.ts";
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
    try {
      this.#feed(this.#demuxer.push(message));
    } catch (error) {
      if (!(error instanceof FlvError)) throw error;
      this.#publisher.dropped(error.message);
    }
  }

  end(): void {
    this.#feed(this.#demuxer.flush());
    this.#publisher.end();
  }

  #feed(items: readonly DemuxedItem[]): void {
    for (const item of items) {
      if (item.type === "track") this.#publisher.setTrack(item.track);
      else if (item.type === "unit") this.#publisher.push(item.unit);
    }
  }
}
