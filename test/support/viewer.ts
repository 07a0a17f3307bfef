// A viewer that plays nothing: follows a live playlist as a player does, keeps every segment it lists, and has all playlists judged.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FetchedPlaylist } from "./hls-validator/history.ts";
import { readMediaPlaylist } from "./hls-validator/media-playlist.ts";
import { expectValid, fetchPlaylist, fetchVariantUrl, type Playlist } from "./judges.ts";
import { until } from "./until.ts";

export class Viewer implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "tandem-viewer-"));
  readonly #url: string;
  /** By where they came from: a livestream that is over is a recording, which has a playlist of its own. */
  readonly #fetched = new Map<string, FetchedPlaylist[]>();
  #variantUrl: string | null = null;
  #pieces: Uint8Array[] = [];
  #initializationUrl: string | null = null;
  #nextMsn: number | null = null;
  #discontinuities = 0;
  #segmentCount = 0;

  /** `url` of a multivariant playlist. */
  constructor(url: string) {
    this.#url = url;
  }

  get segmentCount(): number {
    return this.#segmentCount;
  }

  get discontinuities(): number {
    return this.#discontinuities;
  }

  /** Follows until the playlist is as wanted. Throws when it goes backwards, loses a segment or breaks a rule, or after `seconds`. */
  async follow(what: string, isEnough: (playlist: Playlist) => boolean, seconds = 20): Promise<Playlist> {
    const variantUrl = await until("a playlist", () => this.#findVariant(), seconds);
    const deadline = AbortSignal.timeout(seconds * 1000);
    for (;;) {
      const playlist = await fetchPlaylist(variantUrl);
      this.#note(playlist);
      await this.#keep(playlist);
      if (isEnough(playlist)) {
        for (const playlists of this.#fetched.values())
          expectValid({ playlists, multivariant: null, media: [] });
        return playlist;
      }
      if (deadline.aborted)
        throw new Error(`No playlist with ${what} within ${seconds} s:\n${playlist.text}`);
      await Bun.sleep(200);
    }
  }

  /** Writes what was seen since the last new initialization; the path of the file. */
  async save(): Promise<string> {
    const path = join(this.#folder, "seen.mp4");
    await Bun.write(path, new Blob(this.#pieces));
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Null before the first segment. */
  async #findVariant(): Promise<string | null> {
    this.#variantUrl ??= await fetchVariantUrl(this.#url);
    return this.#variantUrl;
  }

  /** Once for as long as it is the same. */
  #note({ url, text }: Playlist): void {
    const known = this.#fetched.get(url) ?? [];
    this.#fetched.set(url, known);
    const nowMs = performance.now();
    if (known.at(-1)?.text !== text)
      known.push({ url, askedAtMs: nowMs, answeredAtMs: nowMs, status: 200, text });
  }

  async #keep(playlist: Playlist): Promise<void> {
    const firstMsn = playlist.mediaSequence;
    const from = this.#nextMsn ?? firstMsn;
    if (firstMsn > from) throw new Error(`Segment ${from} left the playlist unseen:\n${playlist.text}`);
    if (firstMsn + playlist.segments.length < from) throw new Error(`It went backwards:\n${playlist.text}`);
    const listed = readMediaPlaylist(playlist.text).segments;
    for (const [index, segment] of playlist.segments.entries()) {
      // What is a gap is not there, by the playlist's own word.
      if (firstMsn + index < from || listed[index]?.isGap === true) continue;
      if (segment.hasDiscontinuity) this.#discontinuities += 1;
      if (segment.initializationUrl !== this.#initializationUrl) {
        this.#initializationUrl = segment.initializationUrl;
        this.#pieces = [await fetchBytes(segment.initializationUrl)];
      }
      this.#pieces.push(await fetchBytes(segment.url));
      this.#segmentCount += 1;
    }
    this.#nextMsn = firstMsn + playlist.segments.length;
  }
}

async function fetchBytes(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}.`);
  return response.bytes();
}
