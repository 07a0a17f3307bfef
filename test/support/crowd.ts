// A crowd that knocks at both ports without pause: encoders, players, viewers and a producer, who come back as soon as they are
// cut off. What the kernel refuses is tried again; what the server says to somebody who has every right to be there is kept.

import { setTimeout } from "node:timers/promises";
import { ffmpegEncoder } from "./encoders.ts";
import { ObsSession, PublishRefusedError } from "./obs-session.ts";
import { startRawPlayer } from "./raw-player.ts";
import { SyntheticEncoder } from "./synthetic-encoder.ts";
import { ADMIN_TOKEN, type TandemServer } from "./tandem-server.ts";
import { until } from "./until.ts";

/** Between two knocks of one who finds nobody. */
const RETRY_MS = 5;

/** Encoders leave by themselves after this long, which no test lasts. */
const PUBLISH_SECONDS = 120;

const ENTRY_SECONDS = 60;

interface Answer {
  readonly status: number;
  readonly text: string;
  /** Where redirects led. */
  readonly url: string;
}

export class Crowd {
  /** What was said → how often. */
  readonly refusals = new Map<string, number>();
  readonly #server: TandemServer;
  /** By name. */
  readonly #members = new Map<string, Promise<void>>();
  /** Playlists that were there once, and have to be from then on. */
  readonly #seen = new Set<string>();
  /** Members who were let in since newcomers are expected. */
  readonly #inside = new Set<string>();
  #isLeaving = false;

  constructor(server: TandemServer) {
    this.#server = server;
  }

  get playlistsSeen(): number {
    return this.#seen.size;
  }

  /** The server is about to go away: whoever is inside has to come in again. */
  expectNewcomers(): void {
    this.#inside.clear();
  }

  /** Resolves when everybody was let in; throws with who was not, and what was said, when that takes too long. */
  async allInside(): Promise<void> {
    try {
      await until("everybody to be let in", () => this.#inside.size === this.#members.size, ENTRY_SECONDS);
    } catch (error) {
      const outside = [...this.#members.keys()].filter((name) => !this.#inside.has(name));
      const said = Object.fromEntries(this.refusals);
      throw new Error(`Outside: ${outside.join(", ")}. Refused: ${JSON.stringify(said)}`, { cause: error });
    }
  }

  async leave(): Promise<void> {
    this.#isLeaving = true;
    await Promise.all(this.#members.values());
  }

  /** Plays these in turn; the paths are those of multivariant playlists. */
  watch(paths: readonly string[]): void {
    this.#join(`viewer of ${paths[0]}`, async (comeIn) => {
      for (const path of paths) {
        const { processId } = this.#server;
        const first = await this.#ask(path, path);
        const variant = isMediaPlaylist(first) ? null : lastUri(first);
        const media = variant === null ? first : await this.#ask(variant, `${path} media`);
        if (media === null) await Bun.sleep(RETRY_MS);
        else await this.#fetchNewest(media, processId);
      }
      if (paths.every((path) => this.#seen.has(path))) comeIn();
    });
  }

  /** Publishes as OBS does. */
  publish(serverUrl: string, streamKey: string): void {
    this.#join(`encoder ${this.#members.size}`, async (comeIn) => {
      try {
        await using session = await ObsSession.publish(serverUrl, streamKey);
        comeIn();
        const encoder = new SyntheticEncoder({ frameBytes: 100 });
        const sending = session.send([...encoder.headers(), ...encoder.play(PUBLISH_SECONDS)]);
        while (!session.isClosed && !this.#isLeaving) await Bun.sleep(RETRY_MS);
        await session[Symbol.asyncDispose]();
        await sending;
      } catch (error) {
        if (error instanceof PublishRefusedError) this.#refuse(error.code);
        await Bun.sleep(RETRY_MS);
      }
    });
  }

  /** Publishes by ffmpeg; `isIn` says whether the server has it. */
  publishByFfmpeg(url: string, isIn: () => Promise<boolean>): void {
    this.#join("ffmpeg", async (comeIn) => {
      await using encoder = ffmpegEncoder({ url, maxSeconds: PUBLISH_SECONDS });
      while (!encoder.hasExited && !this.#isLeaving) {
        await Bun.sleep(10 * RETRY_MS);
        if (await isIn().catch(() => false)) comeIn();
      }
      const { stderr } = await encoder.kill();
      const [refusal] = /Server error: .*/.exec(stderr) ?? [];
      if (refusal !== undefined) this.#refuse(refusal);
    });
  }

  /** Plays by RTMP. */
  play(path: string): void {
    this.#join(`player of ${path}`, async (comeIn) => {
      const closed = Promise.withResolvers<void>();
      let received = "";
      try {
        using _player = await startRawPlayer({
          url: `${this.#server.rtmpUrl}/play/${path}`,
          onBytes: (bytes) => {
            received = (received + Buffer.from(bytes).toString("latin1")).slice(-4096);
            if (received.includes("NetStream.Play.Start")) comeIn();
          },
          onClosed: () => closed.resolve(),
        });
        while (!this.#isLeaving && (await Promise.race([closed.promise, setTimeout(50, "open")])) === "open");
        const [refusal] = /NetStream\.Play\.(StreamNotFound|Failed)/.exec(received) ?? [];
        if (refusal !== undefined) this.#refuse(refusal);
      } catch {
        await Bun.sleep(RETRY_MS);
      }
    });
  }

  /** Reads and changes a livestream by the API. */
  produce(livestreamId: string): void {
    const path = `/v2/livestreams/${livestreamId}`;
    const headers = { Authorization: `Bearer ${ADMIN_TOKEN}`, "Content-Type": "application/json" };
    this.#join("producer", async (comeIn) => {
      for (const init of [{}, { method: "PATCH", body: '{"description":"still here"}' }]) {
        const answer = await this.#fetch(path, { headers, ...init });
        if (answer === null) await Bun.sleep(RETRY_MS);
        else if (answer.status === 200) comeIn();
        else this.#refuse(`${answer.status} ${answer.text}`);
      }
    });
  }

  /** `come` is called again and again, and calls `comeIn` when the server has let it in. */
  #join(name: string, come: (comeIn: () => void) => Promise<void>): void {
    const stay = async (): Promise<void> => {
      while (!this.#isLeaving) await come(() => this.#inside.add(name));
    };
    this.#members.set(name, stay());
  }

  /** A playlist; one that was there under this name once is there. */
  async #ask(path: string, name: string): Promise<Answer | null> {
    const answer = await this.#fetch(path);
    if (answer?.status === 200) this.#seen.add(name);
    else if (answer !== null && this.#seen.has(name)) this.#refuse(`${answer.status} for ${name}`);
    return answer;
  }

  /** The newest segment of a media playlist; what only this process had in memory goes with it. */
  async #fetchNewest(media: Answer, processId: number): Promise<void> {
    const uri = media.status === 200 ? lastUri(media) : null;
    const segment = uri === null ? null : await this.#fetch(uri);
    if (segment !== null && segment.status !== 200 && processId === this.#server.processId) {
      this.#refuse(`${segment.status} for a listed segment`);
    }
  }

  /** Null when nobody answers. */
  async #fetch(path: string, init: RequestInit = {}): Promise<Answer | null> {
    try {
      const response = await fetch(new URL(path, this.#server.url), init);
      return { status: response.status, text: await response.text(), url: response.url };
    } catch {
      return null;
    }
  }

  #refuse(what: string): void {
    this.refusals.set(what, (this.refusals.get(what) ?? 0) + 1);
  }
}

/** The recording of what was live is one, where multivariant playlists lead to it. */
function isMediaPlaylist(answer: Answer | null): boolean {
  return answer?.text.includes("\n#EXTINF:") ?? false;
}

/** What a playlist lists last, as an absolute URL; null where it lists nothing. */
function lastUri(playlist: Answer | null): string | null {
  const lines = playlist?.status === 200 ? playlist.text.split("\n") : [];
  const uri = lines.findLast((line) => line !== "" && !line.startsWith("#"));
  return uri === undefined || playlist === null ? null : new URL(uri, playlist.url).href;
}
