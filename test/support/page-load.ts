// What a page with hls.js near live asks for, without a picture: playlists, then each part once, and that it watches.

import { RawHttp } from "./raw-http.ts";

/** As the player page does. */
const BEACON_MS = 10_000;

const PART = /#EXT-X-PART:[^\n]*URI="([^"]+)"/g;
const HINT = /#EXT-X-PRELOAD-HINT:[^\n]*URI="[^"]*segment-(\d+)\.part-(\d+)\.m4s"/;

export class PageLoad {
  /** Of parts that it had whole. */
  parts = 0;
  /** Answers that were none of 200 and 204. */
  readonly refused: string[] = [];
  readonly #origin: URL;
  #connection: RawHttp | null = null;
  #hasLeft = false;

  /** `origin`: of the server or of what stands before it. */
  constructor(origin: string) {
    this.#origin = new URL(origin);
  }

  /** Follows the livestream until it leaves. */
  async watch(livestreamId: string): Promise<void> {
    const folder = `/live/${livestreamId}`;
    this.#connection = await RawHttp.open(this.#origin);
    const multivariant = await this.#text(`${folder}/index.m3u8`);
    const media = `${folder}/${multivariant.trim().split("\n").at(-1) ?? ""}`;
    const session = new URL(media, this.#origin).searchParams.get("session");
    const mediaFolder = media.slice(0, media.lastIndexOf("/"));
    let text = await this.#text(media);
    await this.#text(`${mediaFolder}/${/#EXT-X-MAP:URI="([^"]+)"/.exec(text)?.[1]}`);
    const seen = new Set(partsIn(text).slice(0, -1));
    let saidAtMs = Number.NEGATIVE_INFINITY;
    while (!this.#hasLeft) {
      if (performance.now() - saidAtMs >= BEACON_MS) {
        saidAtMs = performance.now();
        await this.#text(`${folder}/watching?session=${session}`, "POST");
      }
      for (const uri of partsIn(text)) {
        if (seen.has(uri) || this.#hasLeft) continue;
        seen.add(uri);
        await this.#text(`${mediaFolder}/${uri}`);
        this.parts += 1;
      }
      const [, msn, part] = HINT.exec(text) ?? [];
      text = await this.#text(`${media}&_HLS_msn=${msn}&_HLS_part=${part}&_HLS_skip=YES`);
    }
  }

  leave(): void {
    this.#hasLeft = true;
    this.#connection?.close();
  }

  async #text(path: string, method: "GET" | "POST" = "GET"): Promise<string> {
    const answer = await this.#connection?.ask(path, method);
    const { status = 0, body = new Uint8Array() } = answer ?? {};
    if (status !== 200 && status !== 204 && !this.#hasLeft) {
      this.refused.push(`${status} ${path}`);
      this.#hasLeft = true;
    }
    return new TextDecoder().decode(body);
  }
}

function partsIn(text: string): string[] {
  return Array.from(text.matchAll(PART), ([, uri = ""]) => uri);
}
