// What is signed, at the routes that viewers use: who gets a playlist, and what it leads to.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { PlaylistWindow } from "#media/hls/playlist-window.ts";
import { Segmenter } from "#media/hls/segmenter.ts";
import type { PlayoutName } from "#openapi/names.ts";
import { ListedAnswers } from "#server/delivery/listed-answers.ts";
import { LivePlayback, type PlayedLivestream } from "#server/delivery/live-playback.ts";
import { MediaPlayback } from "#server/delivery/media-playback.ts";
import { parsePlaybackUrl } from "#server/delivery/playback-path.ts";
import { PlaybackRouter } from "#server/delivery/playback-router.ts";
import { StretchCache } from "#server/delivery/stretch-cache.ts";
import { WatchingBeacons } from "#server/delivery/watching-beacons.ts";
import { Programme } from "#server/programme/programme.ts";
import { RtmpFanOut } from "#server/programme/rtmp-fan-out.ts";
import { Footages } from "#server/recording/footages.ts";
import { Unrecorded } from "#server/recording/unrecorded.ts";
import { SessionKeys } from "#server/stats/session-key.ts";
import { Viewers } from "#server/stats/viewers.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { FakeGuard } from "#test/support/fake-guard.ts";
import { videoUnits } from "#test/support/programme-units.ts";
import { LIVESTREAM_ID, programmeCuts, RecordingFolder } from "#test/support/recording-folder.ts";
import { videoTrack } from "#test/support/tracks.ts";

const MEDIA_ID = "0190b8e8-0000-7000-8000-00000000000a";
const LIVE: PlayedLivestream = { status: "live", mediaId: null, withBackup: true, playbackPolicy: "signed" };

const recorded = new RecordingFolder();
beforeAll(() => recorded.record(programmeCuts({ seconds: 6 })));
afterAll(() => recorded[Symbol.asyncDispose]());

/** One signed livestream, with an instance's own playout, and the asset that it becomes. */
class House {
  readonly clock = new FakeClock();
  readonly viewers = new Viewers({
    keys: new SessionKeys(new Uint8Array(32)),
    monotonicMs: this.clock.monotonicMs,
  });
  readonly fake = new FakeGuard(() => this.viewers.newSession());
  livestream: PlayedLivestream = LIVE;
  programmes = new Map<PlayoutName, Programme>();
  readonly #router: PlaybackRouter;

  constructor() {
    const listed = new ListedAnswers(new StretchCache(() => 0));
    const { guard } = this.fake;
    this.#router = new PlaybackRouter({
      live: new LivePlayback({
        programme: (_id, playout) => this.programmes.get(playout) ?? null,
        opening: () => null,
        livestream: async (id) => (id === LIVESTREAM_ID ? this.livestream : null),
        listed,
        isSigned: () => (this.programmes.size === 0 ? null : this.livestream.playbackPolicy === "signed"),
        guard,
        viewers: this.viewers,
        addressOf: () => "192.0.2.1",
        mayWait: () => {},
      }),
      media: new MediaPlayback({
        media: {
          playable: async (id) =>
            id === MEDIA_ID
              ? { id, recordingId: LIVESTREAM_ID, cut: null, name: "Show", playbackPolicy: "signed" }
              : null,
        },
        guard,
        footages: new Footages(recorded.recordings),
        redirects: null,
        listed,
      }),
      beacons: new WatchingBeacons({ programme: () => null, viewers: this.viewers }),
    });
    for (const playout of ["auto", "primary"] as const) this.programmes.set(playout, programme(this.clock));
  }

  async ask(path: string, init: RequestInit = {}): Promise<Response> {
    const answer = this.#router.answer(new Request(`http://localhost${path}`, init));
    return answer ?? new Response(null, { status: 404 });
  }

  /** The address of the media playlist that somebody with this query is led to, and of what it lists. */
  async open(path: string): Promise<{ media: string; segment: string; initialization: string }> {
    const response = await this.ask(path);
    if (response.status !== 200) throw new Error(`${path}: ${response.status}`);
    const media = resolved((await response.text()).trim().split("\n").at(-1) ?? "", path);
    const text = await (await this.ask(media)).text();
    const segment = resolved(text.trim().split("\n").at(-1) ?? "", media);
    return { media, segment, initialization: resolved(/URI="([^"]+)"/.exec(text)?.[1] ?? "", media) };
  }
}

function programme(clock: FakeClock): Programme {
  const made = new Programme({
    segmenter: new Segmenter({ segmentTargetSeconds: 2, partTargetSeconds: 0 }),
    openWindow: () => new PlaylistWindow({ isEvent: false }),
    recorder: new Unrecorded(),
    fanOut: new RtmpFanOut(0),
    clock,
  });
  made.setTracks([videoTrack], false);
  for (const unit of videoUnits({ seconds: 6 })) made.push(unit);
  made.flush();
  return made;
}

function resolved(uri: string, base: string): string {
  const { pathname, search } = new URL(uri, new URL(base, "http://localhost"));
  return `${pathname}${search}`;
}

async function expectDenied(response: Response, isHead = false): Promise<void> {
  expect([response.status, response.headers.get("Cache-Control")]).toEqual([403, "no-store"]);
  expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
  if (!isHead)
    expect(await response.json()).toMatchObject({ status: "fail", data: { code: "playback_denied" } });
}

let house: House;

beforeEach(() => {
  house = new House();
});

const BASE = `/live/${LIVESTREAM_ID}`;

describe("no playlist is shown", () => {
  test.each([
    "index.m3u8",
    "primary/index.m3u8",
    "v0-360/media.m3u8",
    "primary/v0-360/media.m3u8",
    "no/media.m3u8",
  ])("without a token: %s", async (file) => {
    await expectDenied(await house.ask(`${BASE}/${file}`));
    await expectDenied(await house.ask(`${BASE}/${file}?token=`));
    await expectDenied(await house.ask(`${BASE}/${file}`, { method: "HEAD" }), true);
    house.programmes.clear();
    await expectDenied(await house.ask(`${BASE}/${file}`));
  });

  test.each(["index.m3u8", "download.mp4"])("without a token of the asset: %s", async (file) => {
    const path = `/media/${MEDIA_ID}/${file}`;
    const session = house.fake.sessions.grant("a.b", LIVESTREAM_ID, house.fake.nowMs + 60_000);
    for (const query of ["", `?token=${await house.fake.token(LIVESTREAM_ID)}`, `?session=${session}`]) {
      await expectDenied(await house.ask(`${path}${query}`));
    }
  });

  test("to a session that nobody granted, of another livestream, or to a viewer of something public", async () => {
    const { media } = await house.open(`${BASE}/index.m3u8?token=${await house.fake.token(LIVESTREAM_ID)}`);
    const [path] = media.split("?");
    const { fake, viewers } = house;
    for (const session of [
      viewers.newSession(),
      fake.sessions.grant(viewers.newSession(), "another", fake.nowMs + 60_000),
      `${viewers.newSession()}.zzzzzz.${"A".repeat(22)}`,
    ]) {
      await expectDenied(await house.ask(`${path}?session=${session}`));
    }
  });

  test("once the token has run out, to whoever came with it", async () => {
    const token = await house.fake.token(LIVESTREAM_ID);
    const { media, segment } = await house.open(`${BASE}/index.m3u8?token=${token}`);
    house.fake.nowMs += 59_999;
    expect((await house.ask(media)).status).toBe(200);
    house.fake.nowMs += 1;
    await expectDenied(await house.ask(media));
    await expectDenied(await house.ask(`${BASE}/index.m3u8?token=${token}`));
    expect((await house.ask(segment)).status).toBe(200);
  });
});

test("whoever still waits for a playlist when the token runs out is not shown it", async () => {
  const { fake } = house;
  const request = new Request(`http://localhost${BASE}/index.m3u8?token=${await fake.token(LIVESTREAM_ID)}`);
  const path = parsePlaybackUrl(request.url);
  if (path === null) throw new Error("it is none of the router's");
  const beganMs = fake.nowMs;
  for (const [waitedMs, status] of [
    [59_999, 200],
    [60_000, 403],
  ] as const) {
    const waits = Promise.withResolvers<void>();
    const changed = Promise.withResolvers<Response>();
    const answer = fake.guard.answer(request, path, true, () => {
      waits.resolve();
      return changed.promise;
    });
    await waits.promise;
    fake.nowMs = beganMs + waitedMs;
    changed.resolve(new Response("#EXTM3U"));
    expect((await answer).status).toBe(status);
  }
});

describe("whoever has a token", () => {
  test.each(["", "primary/"])("watches %s, and no shared cache keeps the playlists", async (side) => {
    const url = `${BASE}/${side}index.m3u8?token=${await house.fake.token(LIVESTREAM_ID)}`;
    const { media, segment, initialization } = await house.open(url);
    expect((await house.ask(url)).headers.get("Cache-Control")).toBe("private, no-cache");
    expect((await house.ask(media)).headers.get("Cache-Control")).toBe("no-cache");
    const secret = house.fake.folders.of(LIVESTREAM_ID);
    for (const path of [segment, initialization]) {
      expect(path).toStartWith(`${BASE}/${side}${secret}/v0-360/`);
      expect(path).not.toContain("?");
      const answer = await house.ask(path);
      expect([answer.status, answer.headers.get("Cache-Control")]).toEqual([
        200,
        "public, max-age=31536000, immutable",
      ]);
    }
  });

  test("is led from where a media playlist would be if it were public to where it is", async () => {
    const token = await house.fake.token(LIVESTREAM_ID);
    const path = `${BASE}/primary/v0-360/media.m3u8?token=${token}`;
    const response = await house.ask(path);
    expect(response.status).toBe(302);
    const location = resolved(response.headers.get("Location") ?? "", path);
    expect(location).toStartWith(
      `${BASE}/primary/${house.fake.folders.of(LIVESTREAM_ID)}/v0-360/media.m3u8?session=`,
    );
    expect((await house.ask(location)).status).toBe(200);
  });

  test("is one viewer, whatever playlist leads where", async () => {
    const token = await house.fake.token(LIVESTREAM_ID);
    const { media } = await house.open(`${BASE}/index.m3u8?token=${token}`);
    for (let each = 0; each < 3; each += 1) await house.ask(media);
    expect(house.viewers.count(LIVESTREAM_ID, "auto")).toBe(1);
    const session = media.split("?session=")[1] ?? "";
    const again = await house.open(`${BASE}/index.m3u8?session=${session}`);
    await house.ask(again.media);
    expect(house.viewers.count(LIVESTREAM_ID, "auto")).toBe(1);
    const other = await house.open(`${BASE}/index.m3u8?token=${token}`);
    await house.ask(other.media);
    expect(house.viewers.count(LIVESTREAM_ID, "auto")).toBe(2);
  });

  test("is led to the recording once it is there, and watches it; the segments are found there, too", async () => {
    const token = await house.fake.token(LIVESTREAM_ID);
    const { media, segment } = await house.open(`${BASE}/index.m3u8?token=${token}`);
    house.livestream = { ...LIVE, status: "finished", mediaId: MEDIA_ID };
    house.programmes.clear();
    for (const path of [
      `${BASE}/index.m3u8?token=${token}`,
      `${BASE}/primary/index.m3u8?token=${token}`,
      media,
    ]) {
      const response = await house.ask(path);
      expect([response.status, response.headers.get("Cache-Control")]).toEqual([302, "no-store"]);
      const location = resolved(response.headers.get("Location") ?? "", path);
      expect(location).toStartWith(`/media/${MEDIA_ID}/index.m3u8?session=`);
      const playlist = await house.ask(location);
      expect([playlist.status, playlist.headers.get("Cache-Control")]).toEqual([200, "private, no-cache"]);
      const listed = resolved((await playlist.text()).match(/^[^#\n].*m4s$/m)?.[0] ?? "", location);
      expect(listed).toStartWith(`/media/${MEDIA_ID}/${house.fake.folders.of(MEDIA_ID)}/v0-360/segment-`);
      expect((await house.ask(listed)).status).toBe(200);
    }
    const moved = await house.ask(segment);
    expect(moved.status).toBe(302);
    expect((await house.ask(resolved(moved.headers.get("Location") ?? "", segment))).status).toBe(200);
    house.fake.nowMs += 60_000;
    await expectDenied(await house.ask(media));
  });

  test("is led from an instance that is gone to the programme, and watches it to its end", async () => {
    const token = await house.fake.token(LIVESTREAM_ID);
    const { media } = await house.open(`${BASE}/primary/index.m3u8?token=${token}`);
    house.livestream = { ...LIVE, status: "converting" };
    house.programmes.delete("primary");
    const response = await house.ask(media);
    const location = resolved(response.headers.get("Location") ?? "", media);
    expect([response.status, location.split("?")[0]]).toEqual([302, `${BASE}/index.m3u8`]);
    expect((await house.ask((await house.open(location)).media)).status).toBe(200);
  });

  test("downloads an asset, and whoever has none does not", async () => {
    const url = `/media/${MEDIA_ID}/download.mp4?token=${await house.fake.token(MEDIA_ID)}`;
    const whole = await house.ask(url);
    expect([whole.status, whole.headers.get("Cache-Control")]).toEqual([200, "private, no-cache"]);
    const part = await house.ask(url, { headers: { Range: "bytes=0-9" } });
    expect([part.status, (await part.bytes()).byteLength]).toEqual([206, 10]);
  });

  test("is told to wait for the first segment", async () => {
    house.programmes.clear();
    const response = await house.ask(`${BASE}/index.m3u8?token=${await house.fake.token(LIVESTREAM_ID)}`);
    expect([response.status, response.headers.get("Retry-After")]).toEqual([404, "1"]);
  });
});

describe("nobody finds what is listed", () => {
  test("without its folder, or in that of something else", async () => {
    const token = await house.fake.token(LIVESTREAM_ID);
    const { segment, initialization } = await house.open(`${BASE}/index.m3u8?token=${token}`);
    const secret = house.fake.folders.of(LIVESTREAM_ID);
    for (const path of [segment, initialization]) {
      for (const other of ["", `${house.fake.folders.of(MEDIA_ID)}/`, `${"0".repeat(32)}/`, "x/"]) {
        const response = await house.ask(`${path.replace(`${secret}/`, other)}?token=${token}`);
        expect(response.status).toBe(404);
      }
    }
    expect((await house.ask(`/media/${MEDIA_ID}/v0-360/segment-0.m4s`)).status).toBe(404);
    expect((await house.ask(`${BASE}/${secret}/index.m3u8?token=${token}`)).status).toBe(404);
    const elsewhere = `${BASE}/${house.fake.folders.of(MEDIA_ID)}/v0-360/media.m3u8?token=${token}`;
    expect((await house.ask(elsewhere)).status).toBe(404);
  });

  test("of something public below a folder, and a token is no harm", async () => {
    house.livestream = { ...LIVE, playbackPolicy: "public" };
    const { media, segment } = await house.open(`${BASE}/index.m3u8?token=nonsense`);
    expect(segment).toBe(`${BASE}/v0-360/segment-2.m4s`);
    expect((await house.ask(media)).headers.get("Cache-Control")).toBe("no-cache");
    const secret = house.fake.folders.of(LIVESTREAM_ID);
    for (const file of ["v0-360/segment-2.m4s", "v0-360/media.m3u8", "index.m3u8"]) {
      expect((await house.ask(`${BASE}/${secret}/${file}`)).status).toBe(404);
    }
  });
});
