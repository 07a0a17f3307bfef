// Viewers that behave like players, without a picture: multivariant playlist, media playlist, each new segment once.

export interface ViewingResult {
  readonly segments: number;
  /** Requests that were not answered with 200, and segments that left the playlist unseen. */
  readonly errors: number;
  /** Segments that took longer to arrive than they play. */
  readonly late: number;
}

export class VirtualViewers {
  readonly #url: string;
  #segments = 0;
  #errors = 0;
  #late = 0;
  #hasLeft = false;
  readonly #viewing: Promise<void>[] = [];

  /** `url` of a multivariant playlist. */
  constructor(url: string) {
    this.#url = url;
  }

  /** They come over `seconds`, and then ask for the playlist every `pollSeconds`. */
  async join(count: number, seconds: number, pollSeconds: number): Promise<void> {
    for (let each = 0; each < count; each += 1) {
      this.#viewing.push(this.#watch(pollSeconds));
      if (each % 20 === 19) await Bun.sleep((seconds * 1000 * 20) / count);
    }
  }

  /** All of them close their windows. */
  async leave(): Promise<ViewingResult> {
    this.#hasLeft = true;
    await Promise.all(this.#viewing);
    return { segments: this.#segments, errors: this.#errors, late: this.#late };
  }

  async #watch(pollSeconds: number): Promise<void> {
    const master = await this.#text(this.#url);
    const variant = master?.trim().split("\n").at(-1);
    if (variant === undefined) return;
    const mediaUrl = new URL(variant, this.#url).href;
    let nextMsn: number | null = null;
    for (let dueAt = performance.now(); !this.#hasLeft; dueAt += pollSeconds * 1000) {
      nextMsn = await this.#pollOnce(mediaUrl, nextMsn);
      await Bun.sleep(Math.max(0, dueAt + pollSeconds * 1000 - performance.now()));
    }
  }

  async #pollOnce(mediaUrl: string, nextMsn: number | null): Promise<number | null> {
    const text = await this.#text(mediaUrl);
    if (text === null) return nextMsn;
    const firstMsn = Number(/^#EXT-X-MEDIA-SEQUENCE:(\d+)$/m.exec(text)?.[1] ?? 0);
    const uris = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    const from = nextMsn ?? firstMsn + uris.length - 1;
    if (from < firstMsn) this.#errors += 1;
    for (const uri of uris.slice(Math.max(0, from - firstMsn))) {
      const startedAt = performance.now();
      await this.#text(new URL(uri, mediaUrl).href);
      this.#segments += 1;
      if (performance.now() - startedAt > 2000) this.#late += 1;
    }
    return firstMsn + uris.length;
  }

  /** Null, and counted, unless it is there. */
  async #text(url: string): Promise<string | null> {
    try {
      const response = await fetch(url);
      if (!response.ok) this.#errors += 1;
      if (url.includes(".m4s")) {
        await response.arrayBuffer();
        return null;
      }
      return response.ok ? await response.text() : null;
    } catch {
      this.#errors += 1;
      return null;
    }
  }
}
