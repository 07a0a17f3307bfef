// Who counts as a viewer, at the routes that viewers use.

import { expect, test } from "bun:test";
import { PlaylistWindow } from "#media/hls/playlist-window.ts";
import { Segmenter } from "#media/hls/segmenter.ts";
import { HlsRoutes } from "#server/delivery/hls-routes.ts";
import { StretchCache } from "#server/delivery/stretch-cache.ts";
import { Programme } from "#server/programme/programme.ts";
import { RtmpFanOut } from "#server/programme/rtmp-fan-out.ts";
import { SessionKeys } from "#server/stats/session-key.ts";
import { Viewers } from "#server/stats/viewers.ts";

class Theatre {
  nowMs = 1_000_000;
  address = "192.0.2.1";
  readonly viewers = new Viewers({ keys: new SessionKeys(new Uint8Array(32)), nowMs: () => this.nowMs });
  readonly #window = new PlaylistWindow({ isEvent: false });
  readonly #routes = new HlsRoutes({
    stretches: new StretchCache(() => 0),
    playouts: { programme: (id) => (id === "show" ? this.#programme : null), sideProgramme: () => null },
    livestream: (id) =>
      id === "show" || id === "waiting" ? { status: "live", mediaId: null, withBackup: true } : null,
    mediaFile: () => "",
    viewers: this.viewers,
    addressOf: () => this.address,
  });
  readonly #programme = new Programme({
    segmenter: new Segmenter({ segmentTargetSeconds: 2, partTargetSeconds: 0 }),
    window: this.#window,
    recorder: { write: () => {}, initialization: () => null, segment: () => null, end: async () => {} },
    fanOut: new RtmpFanOut(0),
    nowMs: () => this.nowMs,
  });

  /** Something to be watched: one segment of two seconds. */
  begin(): void {
    const segment = { msn: 0, initializationId: 0, discontinuity: false, independent: true };
    const start = { ...segment, programDateTimeMs: 0 };
    const bytes = new Uint8Array(8);
    this.#window.push({ type: "initialization", initialization: { id: 0, bytes, tracks: [] } });
    this.#window.push({ type: "segment-start", start });
    const part = { msn: 0, index: 0, durationSeconds: 2, independent: true, bytes };
    this.#window.push({ type: "part", part });
    this.#window.push({
      type: "segment",
      segment: { ...start, durationSeconds: 2, byteLength: 8, partCount: 1, frameCount: 50 },
      targetDurationSeconds: 2,
    });
  }

  async ask(
    file: string,
    init: { method?: string; headers?: Record<string, string> } = {},
  ): Promise<Response> {
    return this.#routes.routes.request(`/live/show/${file}`, init);
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
  theatre.nowMs += 15_001;
  expect(theatre.count).toBe(0);
});

test("a HEAD, an OPTIONS, a multivariant playlist, an init, a segment and what is not there are nobody", async () => {
  const theatre = new Theatre();
  const tooEarly = await theatre.ask("media.m3u8");
  theatre.begin();
  const media = await theatre.openPlayer();
  const statuses = [
    tooEarly,
    await theatre.ask(media, { method: "HEAD" }),
    await theatre.ask(media, { method: "OPTIONS" }),
    await theatre.ask("index.m3u8"),
    await theatre.ask("init-0.mp4"),
    await theatre.ask("segment-0.m4s"),
    await theatre.ask("segment-1.m4s"),
  ].map(({ status }) => status);
  expect(statuses).toEqual([404, 200, 204, 200, 200, 200, 404]);
  expect(theatre.count).toBe(0);
});

test("ten thousand forged sessions are the one client that sends them", async () => {
  const theatre = new Theatre();
  theatre.begin();
  for (let each = 0; each < 10_000; each += 1) await theatre.ask(`media.m3u8?session=${each}.${each}`);
  expect(theatre.count).toBe(1);
});

test("the multivariant playlist is each viewer's own and kept by no shared cache, all else is the same for all (P6)", async () => {
  const theatre = new Theatre();
  theatre.begin();
  const master = await theatre.ask("index.m3u8");
  expect(master.headers.get("Cache-Control")).toBe("private, no-cache");
  expect(await master.text()).toMatch(/\nmedia\.m3u8\?session=[\w-]{16}\.[\w-]{22}\n$/);
  const texts = [await theatre.openPlayer(), await theatre.openPlayer(), "media.m3u8"].map(async (uri) =>
    (await theatre.ask(uri ?? "")).text(),
  );
  const [first = "", ...others] = await Promise.all(texts);
  expect(others).toEqual([first, first]);
  expect(first).not.toContain("session");
});
