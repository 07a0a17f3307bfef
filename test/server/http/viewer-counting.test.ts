// Who counts as a viewer, at the routes that viewers use.

import { expect, test } from "bun:test";
import { PlaylistWindow } from "#media/hls/playlist-window.ts";
import { Segmenter } from "#media/hls/segmenter.ts";
import type { PlayoutName } from "#openapi/names.ts";
import { ListedAnswers } from "#server/delivery/listed-answers.ts";
import { LivePlayback } from "#server/delivery/live-playback.ts";
import { MediaPlayback } from "#server/delivery/media-playback.ts";
import { PlaybackRouter } from "#server/delivery/playback-router.ts";
import { StretchCache } from "#server/delivery/stretch-cache.ts";
import { WatchingBeacons } from "#server/delivery/watching-beacons.ts";
import { Programme } from "#server/programme/programme.ts";
import { RtmpFanOut } from "#server/programme/rtmp-fan-out.ts";
import { Unrecorded } from "#server/recording/unrecorded.ts";
import { SessionKeys } from "#server/stats/session-key.ts";
import { Viewers } from "#server/stats/viewers.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { FakeGuard } from "#test/support/fake-guard.ts";
import { videoUnits } from "#test/support/programme-units.ts";
import { videoTrack } from "#test/support/tracks.ts";

class Theatre {
  readonly clock = new FakeClock();
  address = "192.0.2.1";
  readonly viewers = new Viewers({
    keys: new SessionKeys(new Uint8Array(32)),
    monotonicMs: this.clock.monotonicMs,
  });
  readonly #programme = new Programme({
    segmenter: new Segmenter({ segmentTargetSeconds: 2, partTargetSeconds: 0 }),
    openWindow: () => new PlaylistWindow({ isEvent: false }),
    recorder: new Unrecorded(),
    fanOut: new RtmpFanOut(0),
    clock: this.clock,
  });
  isSigned = false;
  readonly fake = new FakeGuard(() => this.viewers.newSession());
  readonly #router: PlaybackRouter;

  constructor() {
    const listed = new ListedAnswers(new StretchCache(() => 0));
    this.#router = new PlaybackRouter({
      live: new LivePlayback({
        programme: (id, playout) => this.#watched(id, playout),
        opening: () => null,
        livestream: async (id) =>
          id === "show"
            ? { status: "live", mediaId: null, withBackup: true, playbackPolicy: "public" }
            : null,
        listed,
        isSigned: () => this.isSigned,
        guard: this.fake.guard,
        viewers: this.viewers,
        addressOf: () => this.address,
        mayWait: () => {},
      }),
      media: new MediaPlayback({
        media: { playable: async () => null },
        guard: this.fake.guard,
        footages: { of: async () => null, movie: async () => null },
        redirects: null,
        listed,
      }),
      beacons: new WatchingBeacons({
        programme: (id, playout) => this.#watched(id, playout),
        viewers: this.viewers,
      }),
    });
  }

  #watched(id: string, playout: PlayoutName): Programme | null {
    return id === "show" && playout === "auto" ? this.#programme : null;
  }

  /** Something to be watched: one segment of two seconds. */
  begin(): void {
    this.#programme.setTracks([videoTrack], false);
    for (const unit of videoUnits({ seconds: 2 })) this.#programme.push(unit);
    this.#programme.flush();
  }

  async ask(
    file: string,
    init: { method?: string; headers?: Record<string, string> } = {},
  ): Promise<Response> {
    const answer = this.#router.answer(new Request(`http://localhost/live/show/${file}`, init));
    if (answer === null) throw new Error(`${file} is none of the router's`);
    return answer;
  }

  /** What a player does: opens the multivariant playlist and goes on with what it names. */
  async openPlayer(): Promise<string> {
    const text = await (await this.ask("index.m3u8")).text();
    return text.trim().split("\n").at(-1) ?? "";
  }

  get count(): number {
    return this.viewers.count("show", "auto");
  }
}

test("a player is one, however often it asks and from whatever address; two windows are two (V1)", async () => {
  const theatre = new Theatre();
  theatre.begin();
  const [first, second] = [await theatre.openPlayer(), await theatre.openPlayer()];
  expect(first).not.toBe(second);
  expect(theatre.count).toBe(0);
  for (let each = 0; each < 5; each += 1) {
    theatre.address = `192.0.2.${each}`;
    expect((await theatre.ask(first)).status).toBe(200);
    expect(theatre.count).toBe(1);
  }
  await theatre.ask(second);
  expect(theatre.count).toBe(2);
  theatre.clock.pass(15_001);
  expect(theatre.count).toBe(0);
});

test("whose playlists a cache answers says so, and is the same viewer as before", async () => {
  const theatre = new Theatre();
  theatre.begin();
  const media = await theatre.openPlayer();
  const beacon = `watching${new URL(media, "http://localhost").search}`;
  expect((await theatre.ask(beacon, { method: "POST" })).status).toBe(204);
  expect(theatre.count).toBe(1);
  await theatre.ask(media);
  expect(theatre.count).toBe(1);
  expect((await theatre.ask(media, { method: "POST" })).status).toBe(405);
  theatre.clock.pass(10_000);
  await theatre.ask(beacon, { method: "POST" });
  theatre.clock.pass(10_000);
  expect(theatre.count).toBe(1);
});

test("a HEAD, an OPTIONS, a multivariant playlist, an init, a segment and what is not there are nobody", async () => {
  const theatre = new Theatre();
  const tooEarly = await theatre.ask("v0-360/media.m3u8");
  theatre.begin();
  const media = await theatre.openPlayer();
  const statuses = [
    tooEarly,
    await theatre.ask(media, { method: "HEAD" }),
    await theatre.ask(media, { method: "OPTIONS" }),
    await theatre.ask("index.m3u8"),
    await theatre.ask("v0-360/init-0.mp4"),
    await theatre.ask("v0-360/segment-0.m4s"),
    await theatre.ask("v0-360/segment-1.m4s"),
  ].map(({ status }) => status);
  expect(statuses).toEqual([404, 200, 204, 200, 200, 200, 404]);
  expect(theatre.count).toBe(0);
});

test("ten thousand forged sessions are the one client that sends them", async () => {
  const theatre = new Theatre();
  theatre.begin();
  for (let each = 0; each < 10_000; each += 1) await theatre.ask(`v0-360/media.m3u8?session=${each}.${each}`);
  expect(theatre.count).toBe(1);
});

test("the multivariant playlist is each viewer's own and kept by no shared cache, all else is the same for all (P6)", async () => {
  const theatre = new Theatre();
  theatre.begin();
  const master = await theatre.ask("index.m3u8");
  expect(master.headers.get("Cache-Control")).toBe("private, no-cache");
  expect(await master.text()).toMatch(/\nv0-360\/media\.m3u8\?session=[\w-]{16}\.[\w-]{22}\n$/);
  const texts = [await theatre.openPlayer(), await theatre.openPlayer(), "v0-360/media.m3u8"].map(
    async (uri) => (await theatre.ask(uri ?? "")).text(),
  );
  const [first = "", ...others] = await Promise.all(texts);
  expect(others).toEqual([first, first]);
  expect(first).not.toContain("session");
});
