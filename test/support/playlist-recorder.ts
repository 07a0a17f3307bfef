// A player that shows nothing: follows a live playlist as one near live does, keeps all that it was answered, and has it judged.

import {
  edgeOf,
  type FetchedMedia,
  type FetchedPlaylist,
  type PlaylistHistory,
  type Reading,
  readNext,
} from "./hls-validator/history.ts";
import { described, violationsOf } from "./hls-validator/validate.ts";
import { fetchVariantUrl } from "./judges.ts";
import { until } from "./until.ts";

/** Where nothing can be waited for, and while nobody answers. */
const INTERVAL_MS = 250;

/** The next part, by a delta update or a whole playlist; now and then the next whole segment, or what is known, whole. */
const TURNS = [
  ...([
    "part",
    "delta",
    "part",
    "delta",
    "again",
    "delta",
    "part",
    "delta",
    "again",
    "part",
    "delta",
  ] as const),
  "segment",
] as const;

export class PlaylistRecorder implements AsyncDisposable {
  readonly #url: string;
  readonly #multivariant: string;
  readonly #playlists: FetchedPlaylist[] = [];
  readonly #media = new Map<string, Promise<FetchedMedia | null>>();
  readonly #end = new AbortController();
  readonly #isDone: Promise<void>;
  #reading: Reading | null = null;

  private constructor(url: string, multivariant: string) {
    this.#url = url;
    this.#multivariant = multivariant;
    this.#isDone = this.#follow();
  }

  /** Of a multivariant playlist with one rendition. Resolves when there is something to follow. */
  static async start(multivariantUrl: string): Promise<PlaylistRecorder> {
    const url = await until("a playlist", () => fetchVariantUrl(multivariantUrl));
    return new PlaylistRecorder(url, await (await fetch(multivariantUrl)).text());
  }

  /** What it knows now; null before its first answer. */
  get reading(): Reading | null {
    return this.#reading;
  }

  /** Stops, and says which rules were broken since the start: a line each. */
  async violations(): Promise<string[]> {
    return described(violationsOf(await this.history()));
  }

  /** Stops, and has all that it was answered. */
  async history(): Promise<PlaylistHistory> {
    this.#end.abort();
    await this.#isDone;
    const media = await Promise.all(this.#media.values());
    return {
      playlists: this.#playlists,
      multivariant: this.#multivariant,
      media: media.filter((each) => each !== null),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#isDone;
  }

  async #follow(): Promise<void> {
    for (let turn = 0; !this.#end.signal.aborted; turn += 1) {
      const fetched = await this.#ask(this.#nextUrl(TURNS[turn % TURNS.length] ?? "part"));
      if (fetched === null) {
        await Bun.sleep(INTERVAL_MS);
        continue;
      }
      this.#playlists.push(fetched);
      if (fetched.status === 200) this.#read(fetched);
      if (this.#reading?.playlist.hasEnded === true) return;
      if (fetched.status !== 200 || !fetched.url.includes("_HLS_msn")) await Bun.sleep(INTERVAL_MS);
    }
  }

  #nextUrl(turn: (typeof TURNS)[number]): string {
    const url = new URL(this.#url);
    const reading = this.#reading;
    if (reading?.playlist.serverControl.isYes("CAN-BLOCK-RELOAD") !== true) return url.href;
    const { msn, partCount } = edgeOf(reading);
    const part = turn === "again" ? partCount - 1 : partCount;
    url.searchParams.set("_HLS_msn", String(part < 0 ? msn - 1 : msn));
    if (reading.playlist.partTargetSeconds !== null && turn !== "segment" && part >= 0)
      url.searchParams.set("_HLS_part", String(part));
    if (turn === "delta") url.searchParams.set("_HLS_skip", "YES");
    return url.href;
  }

  /** Null where nobody answers, or where it is the recording that does. */
  async #ask(url: string): Promise<FetchedPlaylist | null> {
    const askedAtMs = performance.now();
    try {
      const response = await fetch(url, { signal: this.#end.signal });
      const text = await response.text();
      if (new URL(response.url).pathname !== new URL(url).pathname) return null;
      return { url, askedAtMs, answeredAtMs: performance.now(), status: response.status, text };
    } catch {
      return null;
    }
  }

  #read(fetched: FetchedPlaylist): void {
    this.#reading = readNext(fetched, this.#reading);
    const { segments, hints } = this.#reading.playlist;
    const hinted = hints.flatMap((hint) => hint.text("URI") ?? []);
    const parts = segments.flatMap((segment) => segment.parts.map(({ uri }) => uri));
    const whole = segments.flatMap(({ uri }) => uri ?? []);
    for (const uri of [...whole, ...parts]) this.#fetchOnce(uri, "listed");
    for (const uri of hinted) this.#fetchOnce(uri, "hinted");
  }

  /** What is hinted at may never come: an encoder may be lost before. */
  #fetchOnce(uri: string, how: "listed" | "hinted"): void {
    const isAskedFor = this.#media.get(`${how} ${uri}`) ?? this.#media.get(`listed ${uri}`);
    if (isAskedFor !== undefined) return;
    this.#media.set(`${how} ${uri}`, this.#fetchMedia(uri, how));
  }

  async #fetchMedia(uri: string, how: "listed" | "hinted"): Promise<FetchedMedia | null> {
    try {
      const response = await fetch(new URL(uri, this.#url), { signal: this.#end.signal });
      const bytes = await response.bytes();
      if (how === "hinted" && response.status !== 200) return null;
      return { uri, bytes, answeredAtMs: performance.now(), status: response.status };
    } catch {
      return null;
    }
  }
}
