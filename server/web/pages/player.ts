// One video element and whatever feeds it: hls.js where it works, else the browser's own HLS.

import Hls from "hls.js";

/** Fragmented MP4 passes through hls.js as it is: a worker to remux in would have nothing to do. */
const HLS_OPTIONS = { enableWorker: false, liveDurationInfinity: true, backBufferLength: 60 };

/** A playlist that cannot be played now, for example because there is none yet: whoever asked may ask again. */
type OnFailure = () => void;

export class Player {
  readonly #video: HTMLVideoElement;
  readonly #onFailure: OnFailure;
  #hls: Hls | null = null;
  #url: string | null = null;

  constructor(video: HTMLVideoElement, onFailure: OnFailure) {
    this.#video = video;
    this.#onFailure = onFailure;
    video.addEventListener("error", () => this.#fail());
  }

  /** What is being played, null when nothing is. */
  get url(): string | null {
    return this.#url;
  }

  /** Leaves what was playing and plays this playlist: a live one near its end, another from its beginning. */
  play(url: string): void {
    this.stop();
    this.#url = url;
    if (Hls.isSupported()) this.#playWithHlsJs(url);
    else this.#video.src = url;
    void this.#begin(); // What it waits for may be minutes away; nothing here depends on it.
  }

  stop(): void {
    this.#url = null;
    this.#hls?.destroy();
    this.#hls = null;
    this.#video.removeAttribute("src");
    this.#video.load();
  }

  #playWithHlsJs(url: string): void {
    const hls = new Hls(HLS_OPTIONS);
    this.#hls = hls;
    hls.on(Hls.Events.ERROR, (_event, { fatal, type }) => {
      if (!fatal) return;
      if (type === Hls.ErrorTypes.MEDIA_ERROR) hls.recoverMediaError();
      else this.#fail();
    });
    hls.loadSource(url);
    hls.attachMedia(this.#video);
  }

  #fail(): void {
    if (this.#url === null) return;
    this.stop();
    this.#onFailure();
  }

  /** Browsers play with sound only where the viewer has shown to want it; without sound they always do. */
  async #begin(): Promise<void> {
    try {
      await this.#video.play();
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== "NotAllowedError") return;
      this.#video.muted = true;
      await this.#video.play().catch(() => undefined);
    }
  }
}
