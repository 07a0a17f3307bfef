// A livestream that is watched while something happens to the server's disk or database.

import { expect } from "bun:test";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TandemRefusal } from "#openapi/client.ts";
import { ApiClient } from "./api-client.ts";
import { ffmpegEncoder } from "./encoders.ts";
import { decodeAll, fetchPlaylist, fetchVariantUrl } from "./judges.ts";
import { ffmpegPlayer } from "./players.ts";
import type { Program } from "./program.ts";
import { ADMIN_TOKEN, type TandemServer } from "./tandem-server.ts";
import { until } from "./until.ts";
import { Viewer } from "./viewer.ts";

/** A livestream with an encoder, a viewer and an RTMP player, and another one that could be started. */
export class WatchedShow implements AsyncDisposable {
  readonly api: ApiClient;
  readonly id: string;
  readonly #url: string;
  readonly #created: string;
  readonly #encoder: Program;
  readonly #player: Program;
  readonly #played: string;
  readonly #viewer: Viewer;

  private constructor(
    api: ApiClient,
    of: { url: string; id: string; created: string; encoder: Program; player: Program; played: string },
  ) {
    this.api = api;
    this.id = of.id;
    this.#url = of.url;
    this.#created = of.created;
    this.#encoder = of.encoder;
    this.#player = of.player;
    this.#played = of.played;
    this.#viewer = new Viewer(`${of.url}/live/${of.id}/index.m3u8`);
  }

  /** Live, and watched, for so long at most. */
  static async begin({ url }: TandemServer, maxSeconds = 60): Promise<WatchedShow> {
    const api = new ApiClient(url, ADMIN_TOKEN);
    const { id: created } = await api.create({ name: "Created" });
    const { id } = await api.create({ name: "Show" });
    const { inputs } = await api.start(id);
    const input = inputs[0]?.url ?? "";
    const encoder = ffmpegEncoder({ url: input, maxSeconds });
    await api.when(id, "an active ingest", (each) => each.inputs.some(({ active }) => active));
    await api.publish(id);
    const played = join(tmpdir(), `tandem-played-${Bun.randomUUIDv7()}.flv`);
    const player = ffmpegPlayer({
      url: `rtmp://${new URL(input).host}/play/${id}`,
      file: played,
      maxSeconds,
    });
    const show = new WatchedShow(api, { url, id, created, encoder, player, played });
    await show.goesOnFor(2);
    return show;
  }

  /** So many segments more for the viewer, and pictures for the player. */
  async goesOnFor(segments: number): Promise<void> {
    const seen = this.#viewer.segmentCount;
    const played = Bun.file(this.#played).size;
    await this.#viewer.follow("the way on", () => this.#viewer.segmentCount >= seen + segments);
    expect(this.#viewer.discontinuities).toBe(0);
    await until("more for the player", () => Bun.file(this.#played).size > played);
    expect([this.#encoder.hasExited, this.#player.hasExited]).toEqual([false, false]);
  }

  /** The viewer watches on, however long it takes: what nobody fetches leaves a playlist after twelve seconds. */
  async meanwhile<Result>(work: Promise<Result>): Promise<Result> {
    let isOver = false;
    const ended = work.finally(() => {
      isOver = true;
    });
    ended.catch(() => undefined); // Whoever waits below is told.
    await this.#viewer.follow("the way on", () => isOver, 60);
    return await ended;
  }

  /** With a sentence that begins to say why: `because`. */
  async refusesChanges(because: string): Promise<void> {
    const changes = [
      () => this.api.create({ name: "Refused" }),
      () => this.api.start(this.#created),
      () => this.api.delete(this.#created),
    ];
    for (const change of changes) {
      expect(await failureOf(change())).toMatchObject({
        status: 503,
        message: expect.stringContaining(`This cannot be done now: ${because}`),
      });
    }
  }

  /** What only reads is answered. */
  async answersReaders(): Promise<void> {
    expect((await this.api.list()).map(({ name }) => name).toSorted()).toEqual(["Created", "Show"]);
    expect((await this.api.get(this.#created)).status).toBe("created");
    for (const path of ["healthz", "metrics"]) expect((await fetch(`${this.#url}/${path}`)).status).toBe(200);
  }

  /** The caller is told the truth, the encoder and the player are cut, the playlist ends. */
  async isEndedAllTheSame(): Promise<void> {
    const failure = await failureOf(this.api.stop(this.id));
    expect(failure).toMatchObject({ status: 503, message: expect.stringContaining("The broadcast is over") });
    await this.#viewer.follow("an end", ({ isEnded }) => isEnded);
    await decodeAll(await this.#viewer.save());
    await until(
      "an encoder and a player that are cut",
      () => this.#encoder.hasExited && this.#player.hasExited,
    );
  }

  /** Media sequence number of the last segment that the viewer was listed. */
  async newestMsn(): Promise<number> {
    const variant = await fetchVariantUrl(`${this.#url}/live/${this.id}/index.m3u8`);
    const { segments } = await fetchPlaylist(variant);
    return Number(/segment-(\d+)/.exec(segments.at(-1)?.url ?? "")?.[1]);
  }

  /** When each sample of the primary was taken, oldest first, in milliseconds. */
  everySample(): Promise<readonly number[]> {
    return sampleTimes(this.api, this.id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#encoder.kill(), this.#player.kill(), this.#viewer[Symbol.asyncDispose]()]);
    rmSync(this.#played, { force: true });
  }
}

/** When each sample of the primary was taken, oldest first, in milliseconds. */
export async function sampleTimes(api: ApiClient, id: string): Promise<readonly number[]> {
  const times: number[] = [];
  for (let page = 0; ; page += 1) {
    const { items } = await api.operations.getLivestreamStats(id, "primary", { page, perpage: 50 });
    if (items.length === 0) return times.toReversed();
    times.push(...items.map(({ createdAtUtc }) => Date.parse(createdAtUtc)));
  }
}

async function failureOf(call: Promise<unknown>): Promise<TandemRefusal> {
  const outcome = await call.catch((error: unknown) => error);
  if (outcome instanceof TandemRefusal) return outcome;
  throw new Error("the call was not refused", { cause: outcome });
}
