import { afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { gunzipSync } from "node:zlib";
import { TagDemuxer } from "#media/flv/tag-demuxer.ts";
import { encodeLeadIn } from "#media/hls/lead-in.ts";
import { initializationUri, leadInUri, segmentUri } from "#media/hls/listed-uri.ts";
import { renderMediaPlaylist, renderWithLeadIn, renderWithoutParts } from "#media/hls/media-playlist.ts";
import { PlaylistWindow } from "#media/hls/playlist-window.ts";
import type { Cut } from "#media/hls/segment.ts";
import { Segmenter } from "#media/hls/segmenter.ts";
import { Timeline } from "#media/track/timeline.ts";
import type { AccessUnit, Track } from "#media/track/track.ts";
import type { PlayoutName } from "#openapi/names.ts";
import { readFlvFile } from "#server/command/demo/flv-file.ts";
import { ListedAnswers } from "#server/delivery/listed-answers.ts";
import { LivePlayback, type PlayedLivestream } from "#server/delivery/live-playback.ts";
import { MediaPlayback } from "#server/delivery/media-playback.ts";
import { PlaybackRouter } from "#server/delivery/playback-router.ts";
import { StretchCache } from "#server/delivery/stretch-cache.ts";
import { WatchingBeacons } from "#server/delivery/watching-beacons.ts";
import { Programme, type ProgrammeRecorder } from "#server/programme/programme.ts";
import { RtmpFanOut } from "#server/programme/rtmp-fan-out.ts";
import { HeldBytes } from "#server/recording/held-bytes.ts";
import { isInMemory } from "#server/recording/piece.ts";
import { Unrecorded } from "#server/recording/unrecorded.ts";
import { SessionKeys, type ViewerRequest } from "#server/stats/session-key.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { FakeGuard } from "#test/support/fake-guard.ts";
import { ROOT } from "#test/support/imports.ts";
import {
  bytesOf,
  LIVESTREAM_ID,
  noReports,
  programmeCuts,
  programmeUnits,
  RecordingFolder,
} from "#test/support/recording-folder.ts";
import { audioTrack, videoTrack } from "#test/support/tracks.ts";
import { until } from "#test/support/until.ts";

const MEDIA_ID = "0190b8e8-0000-7000-8000-00000000000a";
const BASE = `/live/${LIVESTREAM_ID}`;
const LISTED = `${BASE}/v0-360`;

/** What stays listed: parts leave, and the next one is only hinted at. */
const lasting = (text: string): string => text.replace(/^#EXT-X-(PART|PRELOAD-HINT):.*\n/gm, "");

/** One livestream, recorded as it is watched, and the routes to it. */
class Playhouse implements AsyncDisposable {
  readonly folder = new RecordingFolder();
  readonly recorder = this.folder.recordings.record(LIVESTREAM_ID, null, {
    ...noReports,
    stopped: (message) => {
      throw new Error(message);
    },
  });
  readonly shown: Programme;
  /** As the manager would have it; null after the livestream was closed. */
  programme: Programme | null;
  instances = new Map<PlayoutName, Programme>();
  /** While what the manager would have is not open yet. */
  opening: Promise<void> | null = null;
  /** Requests that made somebody a viewer. */
  readonly watched: ViewerRequest[] = [];
  livestream: PlayedLivestream | null = {
    status: "live",
    mediaId: null,
    withBackup: true,
    playbackPolicy: "public",
  };
  isSigned = false;
  readonly fake = new FakeGuard(() => "session");
  readonly #router: PlaybackRouter;

  constructor(options: { isEvent?: boolean } = {}) {
    this.shown = programmeOn(this.recorder, options.isEvent ?? false);
    this.programme = this.shown;
    const listed = new ListedAnswers(new StretchCache(() => 0));
    this.#router = new PlaybackRouter({
      live: new LivePlayback({
        programme: (id, playout) => {
          if (id !== LIVESTREAM_ID) return null;
          return playout === "auto" ? this.programme : (this.instances.get(playout) ?? null);
        },
        opening: () => this.opening,
        livestream: async (id) => (id === LIVESTREAM_ID ? this.livestream : null),
        listed,
        isSigned: (id) => (id === LIVESTREAM_ID && this.programme !== null ? this.isSigned : null),
        guard: this.fake.guard,
        viewers: {
          watched: (_id, _playout, viewer) => this.watched.push(viewer),
        },
        addressOf: () => "192.0.2.1",
        mayWait: () => {},
      }),
      media: new MediaPlayback({
        media: { playable: async () => null },
        guard: this.fake.guard,
        footages: { of: async () => null, movie: async () => null },
        redirects: null,
        listed,
      }),
      beacons: new WatchingBeacons({ programme: () => null, viewers: { watching: () => false } }),
    });
  }

  /** Everything is on the disk afterwards. */
  async show(seconds: number): Promise<Cut[]> {
    play(this.shown, seconds);
    await this.recorder.end();
    return programmeCuts({ seconds });
  }

  /** The 404 is that of whatever comes behind the router. */
  async ask(path: string, init: RequestInit = {}): Promise<Response> {
    const request = new Request(`http://localhost${path}`, init);
    return this.#router.answer(request) ?? new Response(null, { status: 404 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.recorder.end();
    await this.folder[Symbol.asyncDispose]();
  }
}

function programmeOn(recorder: ProgrammeRecorder, isEvent = false): Programme {
  return new Programme({
    segmenter: new Segmenter({ segmentTargetSeconds: 2, partTargetSeconds: 0.4 }),
    openWindow: () => new PlaylistWindow({ isEvent }),
    recorder,
    fanOut: new RtmpFanOut(0),
    clock: new FakeClock(),
  });
}

/** Pictures and sound from the programme's beginning; its last segment is complete. */
function play(programme: Programme, seconds: number): void {
  programme.setTracks([videoTrack, audioTrack], false);
  for (const unit of programmeUnits({ seconds })) programme.push(unit);
  programme.flush();
}

let house: Playhouse;

beforeEach(() => {
  house = new Playhouse();
});

afterEach(() => house[Symbol.asyncDispose]());

function expectNotThere(response: Response): void {
  expect([response.status, response.headers.get("Cache-Control")]).toEqual([404, "no-store"]);
  expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
}

describe("a live playlist", () => {
  test.each(["index.m3u8", "v0-360/media.m3u8"])(
    "%s is not there before the first segment, but soon",
    async (file) => {
      const response = await house.ask(`${BASE}/${file}`);
      expectNotThere(response);
      expect(response.headers.get("Retry-After")).toBe("1");
    },
  );

  test.each([
    ["created", "1"],
    ["started", "1"],
    ["failed", null],
  ] as const)("of a livestream that is %s is to be asked for again in %p s", async (status, seconds) => {
    house.livestream = { status, mediaId: null, withBackup: true, playbackPolicy: "public" };
    house.programme = null;
    const response = await house.ask(`${BASE}/index.m3u8`);
    expectNotThere(response);
    expect(response.headers.get("Retry-After")).toBe(seconds);
  });

  test("of an instance that the livestream does not have is not to be asked for again", async () => {
    house.livestream = { status: "live", mediaId: null, withBackup: false, playbackPolicy: "public" };
    house.programme = null;
    for (const [instance, seconds] of [
      ["primary", "1"],
      ["secondary", null],
    ] as const) {
      const response = await house.ask(`${BASE}/${instance}/index.m3u8`);
      expectNotThere(response);
      expect(response.headers.get("Retry-After")).toBe(seconds);
    }
  });

  test.each(["index.m3u8", "v0-360/media.m3u8", "v0-360/init-0.mp4", "v0-360/segment-0.m4s"])(
    "of a livestream that nobody knows is not there, nor is %s",
    async (file) => expectNotThere(await house.ask(`/live/0190b8e8-0000-7000-8000-000000000002/${file}`)),
  );

  test("is asked for anew every time and names everything relative to itself", async () => {
    await house.show(20);
    const response = await house.ask(`${LISTED}/media.m3u8`);
    expect([response.status, response.headers.get("Content-Type")]).toEqual([
      200,
      "application/vnd.apple.mpegurl",
    ]);
    expect(response.headers.get("Cache-Control")).toBe("no-cache");
    const lines = (await response.text()).split("\n");
    const uris = lines.filter((line) => line !== "" && !line.startsWith("#"));
    expect(uris).toEqual([4, 5, 6, 7, 8, 9].map(segmentUri));
    expect(lines).toContain(`#EXT-X-MAP:URI="${initializationUri(0)}"`);
  });

  test("is rendered once until it changes", async () => {
    play(house.shown, 10);
    const texts = [];
    for (let each = 0; each < 2; each += 1)
      texts.push(await (await house.ask(`${LISTED}/media.m3u8`)).text());
    for (const unit of programmeUnits({ seconds: 10, fromSeconds: 10 })) house.shown.push(unit);
    house.shown.flush();
    texts.push(await (await house.ask(`${LISTED}/media.m3u8`)).text());
    expect(texts[1]).toBe(texts[0] ?? "");
    expect(texts[0]).not.toContain(segmentUri(9));
    expect(texts[2]).toContain(segmentUri(9));
  });

  test("stays as it is while no encoder sends, and gets its end with the livestream's", async () => {
    await house.show(6);
    const inGap = await house.ask(`${LISTED}/media.m3u8`);
    expect(inGap.status).toBe(200);
    expect(await inGap.text()).not.toContain("#EXT-X-ENDLIST");
    await house.shown.end();
    house.livestream = { status: "converting", mediaId: null, withBackup: true, playbackPolicy: "public" };
    const ended = await house.ask(`${LISTED}/media.m3u8`);
    expect(ended.status).toBe(200);
    expect(await ended.text()).toEndWith("#EXT-X-ENDLIST\n");
  });
});

describe("once the recording is there", () => {
  beforeEach(async () => {
    await house.show(4);
    await house.shown.end();
    house.livestream = { status: "finished", mediaId: MEDIA_ID, withBackup: true, playbackPolicy: "public" };
  });

  test.each(["", "primary/", "secondary/"])(
    "whoever comes to %sindex.m3u8 is sent there, from anywhere the server may be mounted",
    async (side) => {
      const response = await house.ask(`${BASE}/${side}index.m3u8`);
      expect([response.status, response.headers.get("Cache-Control")]).toEqual([302, "no-store"]);
      const location = response.headers.get("Location") ?? "";
      const resolved = new URL(location, `https://example.com/some/where${BASE}/${side}index.m3u8`);
      expect(resolved.pathname).toBe(`/some/where/media/${MEDIA_ID}/index.m3u8`);
    },
  );

  test("whoever is watching still sees the end, and is sent there when that is gone", async () => {
    expect(await (await house.ask(`${LISTED}/media.m3u8`)).text()).toContain("#EXT-X-ENDLIST");
    house.programme = null;
    const response = await house.ask(`${LISTED}/media.m3u8`);
    expect([response.status, response.headers.get("Location")]).toEqual([
      302,
      `../../../media/${MEDIA_ID}/index.m3u8`,
    ]);
  });

  test.each([initializationUri(0), segmentUri(1)])(
    "whoever still plays what ended finds %s there, under the same name",
    async (name) => {
      house.programme = null;
      const response = await house.ask(`${LISTED}/${name}`);
      expect([response.status, response.headers.get("Location")]).toEqual([
        302,
        `../../../media/${MEDIA_ID}/v0-360/${name}`,
      ]);
    },
  );

  test.each(["v0-360/journal.ndjson", "v0-360/segment-0.m4s.bak", "primary/v0-360/segment-0.m4s"])(
    "%s, which is not in it, is not there",
    async (name) => {
      house.programme = null;
      expectNotThere(await house.ask(`${BASE}/${name}`));
    },
  );

  test("a name stays one component of the path that it is sent to", async () => {
    house.programme = null;
    const response = await house.ask(`${BASE}/..%2f..%0d%0aA/${segmentUri(1)}`);
    expect(response.headers.get("Location")).toBe(
      `../../../media/${MEDIA_ID}/..%2F..%0D%0AA/${segmentUri(1)}`,
    );
  });
});

describe("after a restart", () => {
  test.each(["index.m3u8", "v0-360/media.m3u8", "v0-360/segment-0.m4s", "primary/index.m3u8"])(
    "whoever asks for %s of a livestream that is being opened waits until it is",
    async (file) => {
      play(house.shown, 4);
      const opened = Promise.withResolvers<void>();
      house.programme = null;
      house.opening = opened.promise;
      const answer = house.ask(`${BASE}/${file}`);
      house.programme = house.shown;
      house.instances.set("primary", house.shown);
      opened.resolve();
      expect((await answer).status).toBe(200);
    },
  );

  test("whoever asks for one that lists nothing yet waits until it does", async () => {
    const opened = Promise.withResolvers<void>();
    house.opening = opened.promise;
    const answers = ["index.m3u8", "v0-360/media.m3u8"].map((file) => house.ask(`${BASE}/${file}`));
    play(house.shown, 4);
    opened.resolve();
    for (const answer of answers) expect((await answer).status).toBe(200);
  });

  test("whoever waits for one that cannot be opened is asked to come again", async () => {
    house.programme = null;
    house.opening = Promise.resolve();
    const response = await house.ask(`${BASE}/index.m3u8`);
    expectNotThere(response);
    expect(response.headers.get("Retry-After")).toBe("1");
  });

  test("an instance of a livestream that was stopped is the programme, which is listed to its end", async () => {
    house.livestream = { status: "converting", mediaId: null, withBackup: true, playbackPolicy: "public" };
    for (const file of ["index.m3u8", "v0-360/media.m3u8"]) {
      const path = `${BASE}/primary/${file}`;
      const response = await house.ask(path);
      expect(response.status).toBe(302);
      const location = response.headers.get("Location") ?? "";
      expect(new URL(location, `http://localhost${path}`).pathname).toBe(`${BASE}/index.m3u8`);
    }
    house.instances.set("primary", house.shown);
    play(house.shown, 4);
    expect((await house.ask(`${BASE}/primary/index.m3u8`)).status).toBe(200);
  });
});

describe("the playlist of one that may be sought back in", () => {
  const URL = `${LISTED}/media.m3u8`;

  test("is the same for everybody: as gzip, as text, in part and in its head", async () => {
    await using playhouse = new Playhouse({ isEvent: true });
    await playhouse.show(2000);
    const gzip = await playhouse.ask(URL, { headers: { "Accept-Encoding": "br, gzip" } });
    const plain = await playhouse.ask(URL);
    const text = await plain.text();
    const names = Array.from({ length: 1000 }, (_, msn) => segmentUri(msn));
    expect([...(text.match(/^segment.*$/gm) ?? [])]).toEqual(names);
    const compressed = await gzip.bytes();
    expect(gunzipSync(compressed).toString()).toBe(text);
    const headers = ["Content-Type", "Cache-Control", "Vary", "Content-Encoding", "Content-Length"];
    const common = ["application/vnd.apple.mpegurl", "no-cache", "Accept-Encoding"];
    expect(headers.map((name) => gzip.headers.get(name))).toEqual([
      ...common,
      "gzip",
      `${compressed.length}`,
    ]);
    expect(headers.map((name) => plain.headers.get(name))).toEqual([...common, null, `${text.length}`]);
    expect(gzip.headers.get("Access-Control-Allow-Origin")).toBe("*");

    const part = await playhouse.ask(URL, { headers: { "Accept-Encoding": "gzip", Range: "bytes=1-6" } });
    expect([part.status, await part.text()]).toEqual([206, "EXTM3U"]);
    const head = await playhouse.ask(URL, { method: "HEAD" });
    expect([head.status, head.headers.get("Content-Length"), await head.text()]).toEqual([
      200,
      `${text.length}`,
      "",
    ]);
    expect(playhouse.watched).toHaveLength(3);
  });

  test("is another one with the next segment, and with the end", async () => {
    await using playhouse = new Playhouse({ isEvent: true });
    playhouse.shown.setTracks([videoTrack, audioTrack], false);
    const texts: string[] = [];
    for (const unit of programmeUnits({ seconds: 8 })) {
      playhouse.shown.push(unit);
      const response = await playhouse.ask(URL);
      const text = lasting(response.ok ? await response.text() : "");
      if (text !== (texts.at(-1) ?? "")) texts.push(text);
    }
    await playhouse.shown.end();
    texts.push(lasting(await (await playhouse.ask(URL)).text()));
    expect(texts.map((text) => text.match(/segment-/g)?.length)).toEqual([1, 2, 3, 4]);
    for (const [index, text] of texts.entries()) expect(texts[index + 1] ?? text).toStartWith(text);
    expect(texts.at(-1)).toEndWith("#EXT-X-ENDLIST\n");
  });
});

describe("bytes", () => {
  test.each([{ isEvent: false }, { isEvent: true }])(
    "are the same in memory and, once they left it, in the recording (%o)",
    async (options) => {
      await using playhouse = new Playhouse(options);
      play(playhouse.shown, 60);
      const isHeld = (msn: number) => playhouse.recorder.held.segment("v0-360", msn)?.every(isInMemory);
      expect([isHeld(0), isHeld(29)]).toEqual([true, true]);
      const unwritten = await (await playhouse.ask(`${LISTED}/segment-29.m4s`)).bytes();
      await playhouse.recorder.end();
      expect([isHeld(0), isHeld(29)]).toEqual([false, false]);
      expect(await (await playhouse.ask(`${LISTED}/segment-29.m4s`)).bytes()).toEqual(unwritten);
      const cuts = programmeCuts({ seconds: 60 });
      const names = [initializationUri(0), ...Array.from({ length: 30 }, (_, msn) => segmentUri(msn))];
      const answers = await Promise.all(names.map((name) => playhouse.ask(`${LISTED}/${name}`)));
      const headers = (name: string): unknown[] => answers.map((each) => each.headers.get(name));
      expect(answers.map(({ status }) => status)).toEqual(names.map(() => 200));
      expect(headers("Cache-Control")).toEqual(names.map(() => "public, max-age=31536000, immutable"));
      expect(headers("Content-Type")).toEqual(
        names.map((name) => (name.endsWith(".mp4") ? "video/mp4" : "video/iso.segment")),
      );
      const bytes = await Promise.all(answers.map((answer) => answer.bytes()));
      expect(Buffer.concat(bytes).equals(bytesOf(cuts))).toBe(true);
    },
  );

  test.each([0, 9])("of segment %i are answered in part, and not to HEAD", async (msn) => {
    await house.show(20);
    const url = `${LISTED}/${segmentUri(msn)}`;
    const whole = await (await house.ask(url)).bytes();
    const part = await house.ask(url, { headers: { Range: "bytes=10-19" } });
    expect([part.status, part.headers.get("Content-Range")]).toEqual([
      206,
      `bytes 10-19/${whole.byteLength}`,
    ]);
    expect(await part.bytes()).toEqual(whole.slice(10, 20));
    const head = await house.ask(url, { method: "HEAD" });
    expect([head.status, head.headers.get("Content-Length")]).toEqual([200, String(whole.byteLength)]);
    expect((await head.bytes()).byteLength).toBe(0);
    const beyond = await house.ask(url, { headers: { Range: `bytes=${whole.byteLength}-` } });
    expect(beyond.status).toBe(416);
  });

  test("that nothing records are not there once the playlist needs them no more", async () => {
    house.programme = programmeOn(new Unrecorded());
    play(house.programme, 60);
    expectNotThere(await house.ask(`${LISTED}/segment-0.m4s`));
    expect((await house.ask(`${LISTED}/segment-29.m4s`)).status).toBe(200);
  });

  test.each([
    ["a segment that is not complete", "v0-360/segment-10.m4s"],
    ["an initialization of later", "v0-360/init-1.mp4"],
    ["a number below zero", "v0-360/segment--1.m4s"],
    ["a number with zeros before it", "v0-360/segment-00.m4s"],
    ["a number that is none", "v0-360/segment-1e0.m4s"],
    ["a number beyond counting", "v0-360/segment-99999999999999999999.m4s"],
    ["a segment with another's ending", "v0-360/segment-0.mp4"],
    ["an initialization with another's ending", "v0-360/init-0.m4s"],
    ["a name with more behind it", "v0-360/segment-0.m4s.bak"],
    ["a name with a line behind it", "v0-360/segment-0.m4s%0a"],
    ["a NUL", "v0-360/segment-0.m4s%00"],
    ["another case", "v0-360/SEGMENT-0.m4s"],
    ["the journal", "journal.ndjson"],
    ["the file of fragments", "media.mp4"],
    ["a way out", "v0-360/..%2f..%2ftandem.sqlite"],
    ["a way out of an instance", "primary/..%2f..%2f..%2ftandem.sqlite"],
    ["a way out with two encodings", "v0-360/%252e%252e%252fmedia.mp4"],
    ["an instance that is none", "tertiary/v0-360/media.m3u8"],
    ["a rendition that is none", "v1-720/media.m3u8"],
    ["a rendition that every object has", "constructor/media.m3u8"],
    ["a folder in a rendition", "v0-360/more/media.m3u8"],
    ["a segment of no rendition", "segment-9.m4s"],
    ["escapes that make no text", "v0-360/%ff"],
    ["nothing", ""],
  ])("of %s are not there (L6)", async (_, name) => {
    await house.show(20);
    expect((await house.ask(`${BASE}/${name}`)).status).toBe(404);
  });
});

test("what is escaped without need is the same", async () => {
  await house.show(4);
  const plain = await (await house.ask(`${LISTED}/media.m3u8`)).text();
  expect(await (await house.ask(`${LISTED}/media%2em3u8?session=a`)).text()).toBe(plain);
});

test("an instance is watched by itself", async () => {
  const programme = programmeOn(new Unrecorded());
  house.instances.set("secondary", programme);
  const tooEarly = await house.ask(`${BASE}/secondary/v0-360/media.m3u8`);
  expectNotThere(tooEarly);
  expect(tooEarly.headers.get("Retry-After")).toBe("1");
  play(programme, 4);
  const master = await (await house.ask(`${BASE}/secondary/index.m3u8`)).text();
  expect(master).toEndWith("\nv0-360/media.m3u8?session=session\n");
  const names = ["init-0.mp4", "segment-0.m4s", "segment-1.m4s"];
  const bytes = await Promise.all(
    names.map(async (name) => (await house.ask(`${BASE}/secondary/v0-360/${name}`)).bytes()),
  );
  expect(Buffer.concat(bytes).equals(bytesOf(programmeCuts({ seconds: 4 })))).toBe(true);
  expectNotThere(await house.ask(`${BASE}/primary/v0-360/segment-0.m4s`));
});

test.each(["POST", "PUT", "DELETE", "PATCH"])("%s is no way to watch", async (method) => {
  const response = await house.ask(`${BASE}/index.m3u8`, { method });
  expect([response.status, response.headers.get("Allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
});

test.each([`${BASE}/index.m3u8`, `${LISTED}/segment-0.m4s`, `${BASE}/primary/v0-360/media.m3u8`])(
  "a page from anywhere may ask for %s",
  async (url) => {
    const response = await house.ask(url, { method: "OPTIONS" });
    expect(response.status).toBe(204);
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect(response.headers.get("Access-Control-Allow-Methods")).toBe("GET, HEAD, OPTIONS");
  },
);

describe("a stream that nobody can begin with", () => {
  const REFRESH_SECONDS = 8;
  const FOLDER = `${BASE}/v0-180`;
  let tracks: Track[] = [];
  let refresh: AccessUnit[] = [];

  beforeAll(async () => {
    ({ tracks, units: refresh } = await rollingRefresh());
  });

  /** Recovery points every two seconds and nothing better: so many times eight seconds, in all. */
  function goOn(programme: Programme, fromRound: number, toRound: number): void {
    for (let round = Math.floor(fromRound); round < toRound; round += 1) {
      for (const unit of refresh) {
        const timescale = tracks.find(({ id }) => id === unit.trackId)?.timescale ?? 0;
        const at = round + unit.dts / timescale / REFRESH_SECONDS;
        if (at < fromRound || at >= toRound) continue;
        const later = round * REFRESH_SECONDS * timescale;
        programme.push({ ...unit, dts: unit.dts + later, pts: unit.pts + later });
      }
    }
  }

  function begin(rounds: number): PlaylistWindow {
    house.shown.setTracks(tracks, false);
    house.shown.follow({ keyFrameIntervalSeconds: null, areJoinPointsMissing: true, frameRate: 25 });
    goOn(house.shown, 0, rounds);
    const window = house.shown.leadWindow;
    if (window === null) throw new Error("nothing is listed");
    return window;
  }

  /** The one that whoever comes now begins with, by the multivariant playlist. */
  async function offered(): Promise<number | null> {
    const text = await (await house.ask(`${BASE}/index.m3u8`)).text();
    const [, msn] = /\nv0-180\/media\.m3u8\?session=session(?:&lead-in=(\d+))?\n$/.exec(text) ?? [];
    return msn === undefined ? null : Number(msn);
  }

  function playlist(query: string): Promise<Response> {
    return house.ask(`${FOLDER}/media.m3u8${query}`);
  }

  test("is offered with a lead-in six seconds before its end, and later with a later one", async () => {
    const window = begin(3);
    const newest = window.segments.at(-1)?.msn ?? 0;
    expect(await offered()).toBe(newest - 2);
    goOn(house.shown, 3, 4);
    expect(await offered()).toBe((window.segments.at(-1)?.msn ?? 0) - 2);
    expect(window.segments.at(-1)?.msn).toBeGreaterThan(newest + 2);
  });

  test("is offered without one again once decoding can begin somewhere, and where it always could", async () => {
    begin(3);
    const last = 3 * REFRESH_SECONDS * 90_000;
    for (const ticks of [1, 3]) {
      const dts = last + ticks * 90_000;
      house.shown.push({ trackId: 1, dts, pts: dts, isSync: true, data: new Uint8Array(100) });
    }
    house.shown.flush();
    expect(await offered()).toBeNull();
    house.programme = programmeOn(new Unrecorded());
    play(house.programme, 20);
    expect(await (await house.ask(`${BASE}/index.m3u8`)).text()).not.toContain("lead-in");
  });

  test("is listed to whoever was offered that from there on, as long as it is listed, then as to all", async () => {
    const window = begin(3);
    const msn = (await offered()) ?? 0;
    const query = `?session=session&lead-in=${msn}`;
    const first = await playlist(query);
    expect([first.status, first.headers.get("Content-Type"), first.headers.get("Cache-Control")]).toEqual([
      200,
      "application/vnd.apple.mpegurl",
      "no-cache",
    ]);
    const text = await first.text();
    expect(text).toBe(renderWithLeadIn(window, msn) ?? "");
    expect(text).toContain(`\n${leadInUri(msn)}\n`);
    expect(await (await playlist("?session=other")).text()).toBe(renderMediaPlaylist(window) ?? "");
    expect(await (await playlist(query)).text()).toBe(text);
    expect(await (await playlist(`?lead-in=${msn - 1}`)).text()).toBe(
      renderWithLeadIn(window, msn - 1) ?? "",
    );
    goOn(house.shown, 3, 3.5);
    const longer = await (await playlist(query)).text();
    expect(longer).toBe(renderWithLeadIn(window, msn) ?? "");
    expect(longer.length).toBeGreaterThan(text.length);
    goOn(house.shown, 3.5, 5);
    expect(window.mediaSequence).toBeGreaterThan(msn);
    expect(await (await playlist(query)).text()).toBe(renderWithoutParts(window) ?? "");
    await house.shown.end();
    expect(await (await playlist(query)).text()).toEndWith("#EXT-X-ENDLIST\n");
  });

  test("is no event to whoever has a lead-in, also once that is long gone: a live window then", async () => {
    await using playhouse = new Playhouse({ isEvent: true });
    house.programme = playhouse.shown;
    playhouse.shown.setTracks(tracks, false);
    playhouse.shown.follow({ keyFrameIntervalSeconds: null, areJoinPointsMissing: true, frameRate: 25 });
    goOn(playhouse.shown, 0, 3);
    const query = `?lead-in=${(await offered()) ?? 0}`;
    expect(await (await playlist(query)).text()).toContain("\nlead-in-");
    goOn(playhouse.shown, 3, 5);
    await until("the disk to have it", () => playhouse.recorder.held.placeOf("v0-180", 18) === "recorded");
    goOn(playhouse.shown, 5, 6);
    const { leadWindow } = playhouse.shown;
    const text = await (await playlist(query)).text();
    expect(text).toBe(renderWithoutParts(leadWindow ?? new PlaylistWindow({ isEvent: false })) ?? "");
    expect(text).toContain(`\n#EXT-X-MEDIA-SEQUENCE:${leadWindow?.segments[0]?.msn}\n`);
    expect(text).not.toContain("EVENT");
  });

  test("is not listed from a segment on that is to come: it is asked for again", async () => {
    const window = begin(2);
    const response = await playlist(`?lead-in=${(window.segments.at(-1)?.msn ?? 0) + 1}`);
    expectNotThere(response);
    expect(response.headers.get("Retry-After")).toBe("1");
  });

  test("is listed as to all where what is asked for is no number of a lead-in", async () => {
    const window = begin(2);
    const msn = (await offered()) ?? 0;
    const plain = renderMediaPlaylist(window) ?? "";
    const queries = ["0", `0${msn}`, `${msn}x`, "x", "", "-1", "1e0", `${msn}.0`, "1000000000000000"];
    for (const query of [
      ...queries.map((value) => `?lead-in=${value}`),
      `?no-lead-in=${msn}`,
      `#lead-in=${msn}`,
    ])
      expect(await (await playlist(query)).text()).toBe(plain);
    const withLeadIn = renderWithLeadIn(window, msn) ?? "";
    for (const query of [`?lead-in=${msn}`, `?lead-in=${msn}&session=a`, `?session=a&lead-in=${msn}&b=c`])
      expect(await (await playlist(query)).text()).toBe(withLeadIn);
  });

  test("has lead-ins of listed segments alone, made of memory or of the recording, which never change", async () => {
    const window = begin(3);
    house.shown.flush();
    const leadInOf = async (msn: number): Promise<Uint8Array | null> => {
      const [initialization, segment] = await Promise.all(
        [initializationUri(0), segmentUri(msn)].map(async (name) =>
          (await house.ask(`${FOLDER}/${name}`)).bytes(),
        ),
      );
      return encodeLeadIn(initialization ?? new Uint8Array(), segment ?? new Uint8Array());
    };
    const [first, second] = window.segments.map(({ msn }) => msn);
    const [newest = 0, ...left] = [window.segments.at(-1)?.msn ?? 0, (first ?? 0) - 1];
    const expectLeadIn = async (msn: number): Promise<void> => {
      const response = await house.ask(`${FOLDER}/${leadInUri(msn)}`);
      expect([
        response.status,
        response.headers.get("Content-Type"),
        response.headers.get("Cache-Control"),
      ]).toEqual([200, "video/iso.segment", "public, max-age=31536000, immutable"]);
      expect(await response.bytes()).toEqual((await leadInOf(msn)) ?? new Uint8Array());
    };
    await expectLeadIn(newest);
    await expectLeadIn(newest);
    await house.recorder.end();
    expect(house.recorder.held.segment("v0-180", first ?? 0)?.some(isInMemory)).toBe(false);
    await expectLeadIn(first ?? 0);
    const head = await house.ask(`${FOLDER}/${leadInUri(second ?? 0)}`, { method: "HEAD" });
    expect([head.status, (await head.bytes()).byteLength]).toEqual([200, 0]);
    for (const msn of [...left, newest + 1, 0])
      expectNotThere(await house.ask(`${FOLDER}/${leadInUri(msn)}`));
    expectNotThere(await house.ask(`${BASE}/v1-720/${leadInUri(newest)}`));
    expectNotThere(await house.ask(`${BASE}/${leadInUri(newest)}`));
  });

  test("has no lead-in where no such picture can be made, nor of bytes that are nowhere any more", async () => {
    await house.show(20);
    for (let each = 0; each < 2; each += 1) expectNotThere(await house.ask(`${LISTED}/${leadInUri(9)}`));
    for (const has of ["initialization", "segment"] as const) {
      let asked = 0;
      const nowhere = { initialization: () => null, segment: () => null, releaseBefore: () => {} };
      const there = () => {
        asked += 1;
        return [new Uint8Array(10)];
      };
      const held = Object.assign(new HeldBytes(null), { ...nowhere, [has]: there });
      house.programme = programmeOn({ held, write: () => {}, end: async () => {} });
      play(house.programme, 20);
      for (let each = 0; each < 2; each += 1) expectNotThere(await house.ask(`${LISTED}/${leadInUri(9)}`));
      expect(asked).toBe(1);
    }
  });

  test("is listed as to all where there is no lead-in: nothing is listed that is not there", async () => {
    const units = programmeUnits({ seconds: 20 });
    const isGone = ({ trackId, dts }: AccessUnit): boolean => trackId === 1 && dts > 2.5 * 90_000;
    house.shown.setTracks([videoTrack, audioTrack], false);
    for (const unit of units) if (!isGone(unit)) house.shown.push(unit);
    const text = await (await house.ask(`${BASE}/index.m3u8`)).text();
    const query = /media\.m3u8(\?session=session&lead-in=\d+)\n$/.exec(text)?.[1] ?? "";
    expect(query).not.toBe("");
    for (let each = 0; each < 2; each += 1) {
      const listed = await (await house.ask(`${LISTED}/media.m3u8${query}`)).text();
      expect(listed).toBe(
        renderMediaPlaylist(house.shown.leadWindow ?? new PlaylistWindow({ isEvent: false })) ?? "",
      );
    }
    expect(house.watched).toHaveLength(2);
  });

  test("has viewers who got a playlist, with a lead-in or without: the lead-in itself makes nobody one", async () => {
    begin(3);
    const msn = (await offered()) ?? 0;
    const keys = new SessionKeys(new Uint8Array(32));
    const session = keys.issue();
    await house.ask(`${FOLDER}/${leadInUri(msn)}?session=${session}`);
    await house.ask(`${FOLDER}/media.m3u8?session=${session}&lead-in=${msn}`, { method: "HEAD" });
    expect(house.watched).toEqual([]);
    await playlist(`?session=${session}&lead-in=${msn}`);
    expect(house.watched).toHaveLength(1);
    await playlist(`?session=${session}&lead-in=${msn}`);
    await playlist(`?session=${session}`);
    await playlist(`?lead-in=${msn}&session=${session}`);
    expect(new Set(house.watched.map((viewer) => keys.keyOf(viewer))).size).toBe(1);
    const { length } = house.watched;
    await playlist(`?session=${session}&lead-in=${msn + 1000}`);
    expect(house.watched).toHaveLength(length);
  });
});

/** Eight seconds of an encoder that refreshes a column at a time; its one key frame is made a recovery point, too. */
async function rollingRefresh(): Promise<{ tracks: Track[]; units: AccessUnit[] }> {
  const demuxer = new TagDemuxer();
  const timeline = new Timeline();
  const tracks: Track[] = [];
  const units: AccessUnit[] = [];
  const file = await Bun.file(`${ROOT}/test/fixtures/cases/intra-refresh.flv`).bytes();
  for (const item of readFlvFile(file).flatMap((message) => [...demuxer.push(message)])) {
    if (item.type === "track") {
      tracks.push(item.track);
      timeline.addTrack(item.track);
    } else if (item.type === "unit") {
      const { unit } = timeline.place(item.unit);
      const isKeyFrame = item.unit.trackId === 1 && unit.isSync;
      units.push(isKeyFrame ? { ...unit, isSync: false, hints: { isRecoveryPoint: true } } : unit);
    }
  }
  return { tracks, units };
}
