// A player near live that shows nothing, as cheap as can be: one connection, a blocked reload, then the part it told of.

import { type RawAnswer, RawHttp } from "#test/support/raw-http.ts";
import { nowMs, stampsIn } from "./stamp.ts";

/** A part came, of which each frame was written at such a time. */
export type OnPart = (bytes: Uint8Array, atMs: number) => void;

export class BlockedClient {
  readonly #mediaUrl: URL;
  readonly #onPart: OnPart;
  readonly #connection: RawHttp;
  #hasLeft = false;

  private constructor(mediaUrl: URL, onPart: OnPart, connection: RawHttp) {
    this.#mediaUrl = mediaUrl;
    this.#onPart = onPart;
    this.#connection = connection;
  }

  /** `mediaUrl`: of a media playlist with parts. Resolves once it is connected. */
  static async connect(mediaUrl: string, onPart: OnPart): Promise<BlockedClient> {
    const url = new URL(mediaUrl);
    return new BlockedClient(url, onPart, await RawHttp.open(url));
  }

  /** Until it leaves. Throws at any answer but 200. */
  async follow(): Promise<void> {
    let text = await this.#text(`${this.#mediaUrl.pathname}${this.#mediaUrl.search}`);
    while (!this.#hasLeft) {
      const hint = /#EXT-X-PRELOAD-HINT:.*URI="([^"]*segment-(\d+)\.part-(\d+)\.m4s)"/.exec(text);
      if (hint === null) throw new Error(`There is no hint:\n${text}`);
      const [, uri = "", msn, part] = hint;
      const separator = this.#mediaUrl.search === "" ? "?" : "&";
      const directives = `${separator}_HLS_msn=${msn}&_HLS_part=${part}&_HLS_skip=YES`;
      text = await this.#text(`${this.#mediaUrl.pathname}${this.#mediaUrl.search}${directives}`);
      const at = text.indexOf(`URI="${uri}"`);
      // Its segment ended before it.
      if (at === -1 || at > text.indexOf("#EXT-X-PRELOAD-HINT")) continue;
      const { body } = await this.#ask(new URL(uri, this.#mediaUrl).pathname);
      this.#onPart(body, nowMs());
    }
  }

  /** Sends one blocked reload, and waits for nothing. */
  block(msn: number): void {
    this.#connection.send(`${this.#mediaUrl.pathname}?_HLS_msn=${msn}`);
  }

  leave(): void {
    this.#hasLeft = true;
    this.#connection.close();
  }

  async #text(path: string): Promise<string> {
    return new TextDecoder().decode((await this.#ask(path)).body);
  }

  async #ask(path: string): Promise<RawAnswer> {
    const answer = await this.#connection.ask(path);
    if (answer.status !== 200 && !this.#hasLeft)
      throw new Error(`${path} was answered with ${answer.status}.`);
    return answer;
  }
}

/** When the frames of a part were written, milliseconds before it came. */
export function delaysOf(part: Uint8Array, atMs: number): number[] {
  return Array.from(stampsIn(part), (writtenAtMs) => atMs - writtenAtMs);
}
