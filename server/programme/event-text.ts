// The text of an EVENT playlist: what its window has settled is kept here, some three bytes for each segment.

import type { PlaylistWindow } from "#media/hls/playlist-window.ts";
import { GrowingGzip } from "#server/common/growing-gzip.ts";

export class EventText {
  readonly #window: PlaylistWindow;
  readonly #settled = new GrowingGzip();

  constructor(window: PlaylistWindow) {
    this.#window = window;
  }

  takeSettled(): void {
    this.#settled.append(this.#window.takeSettled());
  }

  /** The playlist as it is now; null before the first segment. */
  gzipped(): Blob | null {
    const { eventText } = this.#window;
    return eventText === null ? null : this.#settled.gzipped(eventText);
  }

  /** The playlist as it is now, as it reads; empty before the first segment. */
  plain(): Promise<Blob> {
    return this.#settled.plain(this.#window.eventText ?? "");
  }
}
