// What a viewer may choose between, as `video.videoRenditions` of the proposal that the quality menu follows
// (github.com/video-dev/media-ui-extensions, "Renditions").

export interface Rendition {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  /** Bits a second. */
  readonly bitrate: number;
}

/** An array-like. `choose` is told the index of what the viewer chose, −1 where it is left to the player. */
export class Renditions extends EventTarget {
  readonly [index: number]: Rendition;
  readonly #choose: (index: number) => void;
  #length = 0;
  #selectedIndex = -1;

  constructor(choose: (index: number) => void) {
    super();
    this.#choose = choose;
  }

  get length(): number {
    return this.#length;
  }

  get selectedIndex(): number {
    return this.#selectedIndex;
  }

  set selectedIndex(index: number) {
    if (index === this.#selectedIndex) return;
    this.#selectedIndex = index;
    this.#choose(index);
    this.dispatchEvent(new Event("change"));
  }

  *[Symbol.iterator](): Iterator<Rendition> {
    for (let index = 0; index < this.#length; index += 1) {
      const rendition = this[index];
      if (rendition !== undefined) yield rendition;
    }
  }

  /** Offers these in the place of what there was, and leaves the choice to the player. Of a single one there is nothing to choose. */
  offer(renditions: readonly Rendition[]): void {
    const offered = renditions.length > 1 ? renditions : [];
    for (let index = offered.length; index < this.#length; index += 1) Reflect.deleteProperty(this, index);
    Object.assign(this, offered);
    this.#length = offered.length;
    this.#selectedIndex = -1;
    this.dispatchEvent(new Event("addrendition"));
    this.dispatchEvent(new Event("change"));
  }
}
