// The disk takes no more writes in the middle of a broadcast: who watches notices nothing, and it can be ended (K9).

import { describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TandemRefusal } from "#openapi/client.ts";
import { ApiClient } from "#test/support/api-client.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { decodeAll } from "#test/support/judges.ts";
import { LoopDisk, noLoopDisk } from "#test/support/loop-disk.ts";
import { ffmpegPlayer } from "#test/support/players.ts";
import { areInstalled, type Program } from "#test/support/program.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";
import { Viewer } from "#test/support/viewer.ts";

const skipped = noLoopDisk ?? (areInstalled("ffmpeg", "ffprobe") ? null : "ffmpeg is not installed");

/** Of a server that is not ready, as it says so. */
interface NotReady {
  readonly data: { readonly problems: readonly Problem[] };
}

interface Problem {
  readonly part: string;
  readonly code: string;
}

describe.skipIf(skipped !== null)(
  `the disk takes no more writes${skipped === null ? "" : ` (${skipped})`}`,
  () => {
    test("as it is full: it is said, the broadcast goes on and can be ended, and all follows when there is room again", async () => {
      await using disk = await LoopDisk.mount();
      await using server = await TandemServer.start({
        environment: { TANDEM_DATA_DIR: disk.folder, TANDEM_MIN_FREE_DISK_MB: "0" },
      });
      await using show = await Show.begin(server);
      expect((await fetch(`${server.url}/readyz`)).status).toBe(200);

      // What the server holds in reserve it gives back to its database: until that is full, too.
      const problems = await show.meanwhile(problemsOf(server, () => disk.fill()));
      expect(problems).toMatchObject([
        { part: "store", code: "disk_full" },
        { part: "recordings", code: "disk_full" },
      ]);
      await show.goesOnFor(3);
      await show.refusesChanges();
      await show.isEndedWithoutTheDisk();

      disk.empty();
      await until("readiness", async () => (await fetch(`${server.url}/readyz`)).ok);
      const finished = await show.api.when(show.id, "its media", ({ status }) => status === "finished");
      expect(finished.conversion?.message).toContain("ENOSPC");
      await decodeAll((await show.api.media(finished.mediaId ?? "")).playlistUrl);
      const next = await show.api.create({ name: "Next" });
      expect((await show.api.start(next.id)).status).toBe("started");
    }, 90_000);

    test("as its file system is damaged, for good: it is said, the broadcast goes on and can be ended, and after a repair it is live", async () => {
      await using disk = await LoopDisk.mount();
      await using server = await TandemServer.start({
        environment: { TANDEM_DATA_DIR: disk.folder, TANDEM_MIN_FREE_DISK_MB: "0" },
      });
      await using show = await Show.begin(server);

      await disk.becomeReadOnly();
      expect(await show.meanwhile(problemsOf(server))).toMatchObject([
        { part: "store", code: "disk_read_only" },
        { part: "recordings", code: "disk_read_only" },
      ]);
      await show.goesOnFor(3);
      await show.refusesChanges();
      await show.isEndedWithoutTheDisk();
      expect(server.logs.split('"event":"recording_failed"')).toHaveLength(2);

      expect(await server.stop()).toBe(0);
      expect(server.logs).toContain('"event":"owed_write_lost"');
      await disk.repair();
      await server.startAgain();
      expect((await show.api.get(show.id)).status).toBe("live");
      await show.api.stop(show.id);
      await show.api.when(show.id, "its media", ({ status }) => status === "finished");
    }, 90_000);
  },
);

/** Parts that are not ready, once there are some. */
function problemsOf(
  { url }: TandemServer,
  harm = async (): Promise<void> => undefined,
): Promise<readonly Problem[]> {
  return until("a server that is not ready", async () => {
    await harm();
    const response = await fetch(`${url}/readyz`);
    if (response.status !== 503) return null;
    const { data }: NotReady = JSON.parse(await response.text());
    return data.problems.length === 2 ? data.problems : null;
  });
}

/** A livestream with an encoder, a viewer and an RTMP player, and another one that could be started. */
class Show implements AsyncDisposable {
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

  /** Live, and watched. */
  static async begin({ url }: TandemServer): Promise<Show> {
    const api = new ApiClient(url, ADMIN_TOKEN);
    const { id: created } = await api.create({ name: "Created" });
    const { id } = await api.create({ name: "Show" });
    const { inputs } = await api.start(id);
    const input = inputs[0]?.url ?? "";
    const encoder = ffmpegEncoder({ url: input });
    await api.when(id, "an active ingest", (each) => each.inputs.some(({ active }) => active));
    await api.publish(id);
    const played = join(tmpdir(), `tandem-played-${Bun.randomUUIDv7()}.flv`);
    const player = ffmpegPlayer({ url: `rtmp://${new URL(input).host}/play/${id}`, file: played });
    const show = new Show(api, { url, id, created, encoder, player, played });
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

  /** With a sentence, and what only reads is answered. */
  async refusesChanges(): Promise<void> {
    const changes = [
      () => this.api.create({ name: "Refused" }),
      () => this.api.start(this.#created),
      () => this.api.delete(this.#created),
    ];
    for (const change of changes) {
      expect(await failureOf(change())).toMatchObject({
        status: 503,
        message: expect.stringContaining("This cannot be done now: the disk"),
      });
    }
    expect((await this.api.list()).map(({ name }) => name).toSorted()).toEqual(["Created", "Show"]);
    expect((await this.api.get(this.#created)).status).toBe("created");
    for (const path of ["healthz", "metrics"]) expect((await fetch(`${this.#url}/${path}`)).status).toBe(200);
  }

  /** The caller is told the truth, the encoder and the player are cut, the playlist ends. */
  async isEndedWithoutTheDisk(): Promise<void> {
    const failure = await failureOf(this.api.stop(this.id));
    expect(failure).toMatchObject({ status: 503, message: expect.stringContaining("The broadcast is over") });
    await this.#viewer.follow("an end", ({ isEnded }) => isEnded);
    await decodeAll(await this.#viewer.save());
    await until(
      "an encoder and a player that are cut",
      () => this.#encoder.hasExited && this.#player.hasExited,
    );
    expect((await this.api.get(this.id)).status).toBe("live");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#encoder.kill(), this.#player.kill(), this.#viewer[Symbol.asyncDispose]()]);
    rmSync(this.#played, { force: true });
  }
}

async function failureOf(call: Promise<unknown>): Promise<TandemRefusal> {
  const outcome = await call.catch((error: unknown) => error);
  if (outcome instanceof TandemRefusal) return outcome;
  throw new Error("the call was not refused", { cause: outcome });
}
