import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { initializationUri, segmentUri } from "#media/hls/listed-uri.ts";
import { PlaylistWindow } from "#media/hls/playlist-window.ts";
import type { Cut } from "#media/hls/segment.ts";
import { Segmenter } from "#media/hls/segmenter.ts";
import type { InstanceName } from "#openapi/names.ts";
import { HlsRoutes, type PlayedLivestream } from "#server/delivery/hls-routes.ts";
import { StretchCache } from "#server/delivery/stretch-cache.ts";
import { Programme } from "#server/programme/programme.ts";
import { RtmpFanOut } from "#server/programme/rtmp-fan-out.ts";
import type { Recorder } from "#server/recording/recorder.ts";
import { bytesOf, LIVESTREAM_ID, programmeCuts, RecordingFolder } from "#test/support/recording-folder.ts";

const MEDIA_ID = "0190b8e8-0000-7000-8000-00000000000a";
const BASE = `/live/${LIVESTREAM_ID}`;

/** One livestream, recorded as it is watched, and the routes to it. */
class Playhouse implements AsyncDisposable {
  readonly folder = new RecordingFolder();
  readonly recorder: Recorder = this.folder.recordings.record(LIVESTREAM_ID, null, (message) => {
    throw new Error(message);
  });
  readonly window: PlaylistWindow;
  /** As the manager would have it; null after the livestream was closed. */
  programme: Programme | null;
  sides = new Map<InstanceName, Programme>();
  livestream: PlayedLivestream | null = { status: "live", mediaId: null, withBackup: true };
  readonly #routes = new HlsRoutes({
    stretches: new StretchCache(() => 0),
    playouts: {
      programme: (id) => (id === LIVESTREAM_ID ? this.programme : null),
      sideProgramme: (id, instance) => (id === LIVESTREAM_ID ? (this.sides.get(instance) ?? null) : null),
    },
    livestream: (id) => (id === LIVESTREAM_ID ? this.livestream : null),
    mediaFile: () => this.folder.mediaFile,
    viewers: { newSession: () => "session", watched: () => {} },
    addressOf: () => "192.0.2.1",
  });

  constructor(options: { isEvent?: boolean } = {}) {
    this.window = new PlaylistWindow({ isEvent: options.isEvent ?? false });
    this.programme = programmeOn(this.window, this.recorder);
  }

  /** Everything is on the disk afterwards. */
  async show(cuts: readonly Cut[]): Promise<void> {
    for (const cut of cuts) {
      this.window.push(cut);
      this.recorder.write(cut);
    }
    await this.recorder.end();
  }

  /** By the route; where there is a shortcut, its answer is the same. */
  async ask(path: string, init: RequestInit = {}): Promise<Response> {
    const response = await this.#routes.routes.request(path, init);
    const shortcut = await this.shortcut(path, init);
    if (shortcut !== null) {
      expect(shortcut.status).toBe(response.status);
      expect(Object.fromEntries(shortcut.headers)).toEqual(Object.fromEntries(response.headers));
      expect(await shortcut.bytes()).toEqual(await response.clone().bytes());
    }
    return response;
  }

  async shortcut(path: string, init: RequestInit = {}): Promise<Response | null> {
    return this.#routes.shortcut(new Request(`http://localhost${path}`, init));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.recorder.end();
    await this.folder[Symbol.asyncDispose]();
  }
}

function programmeOn(window: PlaylistWindow, recorder: Programme["recorder"]): Programme {
  return new Programme({
    segmenter: new Segmenter({ segmentTargetSeconds: 2, partTargetSeconds: 0.4 }),
    window,
    recorder,
    fanOut: new RtmpFanOut(0),
    nowMs: () => 0,
  });
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
  test.each(["index.m3u8", "media.m3u8"])(
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
    house.livestream = { status, mediaId: null, withBackup: true };
    house.programme = null;
    const response = await house.ask(`${BASE}/index.m3u8`);
    expectNotThere(response);
    expect(response.headers.get("Retry-After")).toBe(seconds);
  });

  test("of a side that the livestream does not have is not to be asked for again", async () => {
    house.livestream = { status: "live", mediaId: null, withBackup: false };
    house.programme = null;
    for (const [side, seconds] of [
      ["primary", "1"],
      ["secondary", null],
    ] as const) {
      const response = await house.ask(`${BASE}/${side}/index.m3u8`);
      expectNotThere(response);
      expect(response.headers.get("Retry-After")).toBe(seconds);
    }
  });

  test.each(["index.m3u8", "media.m3u8", "init-0.mp4", "segment-0.m4s"])(
    "of a livestream that nobody knows is not there, nor is %s",
    async (file) => expectNotThere(await house.ask(`/live/0190b8e8-0000-7000-8000-000000000002/${file}`)),
  );

  test("is asked for anew every time and names everything relative to itself", async () => {
    await house.show(programmeCuts({ seconds: 20 }));
    const response = await house.ask(`${BASE}/media.m3u8`);
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
    const cuts = programmeCuts({ seconds: 20 });
    const half = cuts.findIndex((cut) => cut.type === "segment-start" && cut.start.msn === 5);
    for (const cut of cuts.slice(0, half)) house.window.push(cut);
    const texts = [];
    for (let each = 0; each < 2; each += 1) texts.push(await (await house.ask(`${BASE}/media.m3u8`)).text());
    for (const cut of cuts.slice(half)) house.window.push(cut);
    texts.push(await (await house.ask(`${BASE}/media.m3u8`)).text());
    expect(texts[1]).toBe(texts[0] ?? "");
    expect(texts[0]).not.toContain(segmentUri(9));
    expect(texts[2]).toContain(segmentUri(9));
  });

  test("stays as it is while no encoder sends, and gets its end with the livestream's", async () => {
    await house.show(programmeCuts({ seconds: 6 }));
    const inGap = await house.ask(`${BASE}/media.m3u8`);
    expect(inGap.status).toBe(200);
    expect(await inGap.text()).not.toContain("#EXT-X-ENDLIST");
    house.window.end();
    house.livestream = { status: "converting", mediaId: null, withBackup: true };
    const ended = await house.ask(`${BASE}/media.m3u8`);
    expect(ended.status).toBe(200);
    expect(await ended.text()).toEndWith("#EXT-X-ENDLIST\n");
  });
});

describe("once the recording is there", () => {
  beforeEach(async () => {
    await house.show(programmeCuts({ seconds: 4 }));
    house.window.end();
    house.livestream = { status: "finished", mediaId: MEDIA_ID, withBackup: true };
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
    expect(await (await house.ask(`${BASE}/media.m3u8`)).text()).toContain("#EXT-X-ENDLIST");
    house.programme = null;
    const response = await house.ask(`${BASE}/media.m3u8`);
    expect([response.status, response.headers.get("Location")]).toEqual([
      302,
      `../../media/${MEDIA_ID}/index.m3u8`,
    ]);
    expectNotThere(await house.ask(`${BASE}/segment-0.m4s`));
  });
});

describe("bytes", () => {
  test.each([{ isEvent: false }, { isEvent: true }])(
    "are the same in memory and, once they left it, in the recording (%o)",
    async (options) => {
      await using playhouse = new Playhouse(options);
      const cuts = programmeCuts({ seconds: 60 });
      await playhouse.show(cuts);
      expect(playhouse.window.segment(0)).toBe("recorded");
      expect(playhouse.window.segment(29)).toBeInstanceOf(Uint8Array);
      const names = [initializationUri(0), ...Array.from({ length: 30 }, (_, msn) => segmentUri(msn))];
      const answers = await Promise.all(names.map((name) => playhouse.ask(`${BASE}/${name}`)));
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
    await house.show(programmeCuts({ seconds: 20 }));
    const url = `${BASE}/${segmentUri(msn)}`;
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

  test("that a failed recording does not have are not there", async () => {
    const nowhere = { write: () => {}, initialization: () => null, segment: () => null, end: async () => {} };
    house.programme = programmeOn(house.window, nowhere);
    for (const cut of programmeCuts({ seconds: 60 })) house.window.push(cut);
    expectNotThere(await house.ask(`${BASE}/segment-0.m4s`));
    expect((await house.ask(`${BASE}/segment-29.m4s`)).status).toBe(200);
  });

  test.each([
    ["a segment that is not complete", "segment-10.m4s"],
    ["an initialization of later", "init-1.mp4"],
    ["a number below zero", "segment--1.m4s"],
    ["a number with zeros before it", "segment-00.m4s"],
    ["a number that is none", "segment-1e0.m4s"],
    ["a number beyond counting", "segment-99999999999999999999.m4s"],
    ["a segment with another's ending", "segment-0.mp4"],
    ["an initialization with another's ending", "init-0.m4s"],
    ["a name with more behind it", "segment-0.m4s.bak"],
    ["a name with a line behind it", "segment-0.m4s%0a"],
    ["a NUL", "segment-0.m4s%00"],
    ["another case", "SEGMENT-0.m4s"],
    ["the journal", "journal.ndjson"],
    ["the file of fragments", "media.mp4"],
    ["a way out", "..%2f..%2ftandem.sqlite"],
    ["a way out of a side", "primary/..%2f..%2f..%2ftandem.sqlite"],
    ["a way out with two encodings", "%252e%252e%252fmedia.mp4"],
    ["a side that is none", "tertiary/media.m3u8"],
    ["a side that every object has", "constructor/media.m3u8"],
    ["a folder in a side", "primary/more/media.m3u8"],
    ["nothing", ""],
  ])("of %s are not there (L6)", async (_, name) => {
    await house.show(programmeCuts({ seconds: 20 }));
    expect((await house.ask(`${BASE}/${name}`)).status).toBe(404);
  });
});

describe("the shortcut", () => {
  test.each([
    "index.m3u8",
    "media.m3u8",
    "media.m3u8?session=a",
    "segment-9.m4s",
    "segment-0.m4s",
    "init-0.mp4",
  ])("is taken to %s", async (name) => {
    await house.show(programmeCuts({ seconds: 20 }));
    expect((await house.shortcut(`${BASE}/${name}`))?.status).toBe(200);
  });

  test.each([
    ["a side", `${BASE}/primary/media.m3u8`, {}],
    ["a livestream without a programme", "/live/unknown/media.m3u8", {}],
    ["anything else", "/media/live/media.m3u8", {}],
    ["what may need decoding", `${BASE}/media%2em3u8`, {}],
    ["HEAD", `${BASE}/media.m3u8`, { method: "HEAD" }],
    ["OPTIONS", `${BASE}/media.m3u8`, { method: "OPTIONS" }],
  ])("is not taken to %s", async (_, path, init) => {
    await house.show(programmeCuts({ seconds: 20 }));
    expect(await house.shortcut(path, init)).toBeNull();
  });
});

test("a side is watched by itself", async () => {
  const window = new PlaylistWindow({ isEvent: false });
  house.sides.set("secondary", programmeOn(window, house.recorder));
  const tooEarly = await house.ask(`${BASE}/secondary/media.m3u8`);
  expectNotThere(tooEarly);
  expect(tooEarly.headers.get("Retry-After")).toBe("1");
  const cuts = programmeCuts({ seconds: 4 });
  for (const cut of cuts) window.push(cut);
  const master = await (await house.ask(`${BASE}/secondary/index.m3u8`)).text();
  expect(master).toEndWith("\nmedia.m3u8?session=session\n");
  const names = ["init-0.mp4", "segment-0.m4s", "segment-1.m4s"];
  const bytes = await Promise.all(
    names.map(async (name) => (await house.ask(`${BASE}/secondary/${name}`)).bytes()),
  );
  expect(Buffer.concat(bytes).equals(bytesOf(cuts))).toBe(true);
  expectNotThere(await house.ask(`${BASE}/primary/segment-0.m4s`));
});

test.each([`${BASE}/index.m3u8`, `${BASE}/segment-0.m4s`, `${BASE}/primary/media.m3u8`])(
  "a page from anywhere may ask for %s",
  async (url) => {
    const response = await house.ask(url, { method: "OPTIONS" });
    expect(response.status).toBe(204);
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect(response.headers.get("Access-Control-Allow-Methods")).toBe("GET, HEAD, OPTIONS");
  },
);
