// The HTTP side on a fake house: real services and stores, no sockets, and everything it says at hand.

import type { Database } from "bun:sqlite";
import { createLog } from "#server/common/log.ts";
import { PublicUrls } from "#server/common/public-urls.ts";
import { PlaybackTokens } from "#server/delivery/playback-tokens.ts";
import { type AppOptions, createApp } from "#server/http/app.ts";
import { webRoutes } from "#server/http/web-routes.ts";
import { LivestreamTimeline } from "#server/livestreams/livestream-timeline.ts";
import { scopesOf } from "#server/store/admin-token.ts";
import { newPlaybackKey } from "#server/store/new-playback-key.ts";
import { openDatabase } from "#server/store/sqlite/database.ts";
import { FakeHouse } from "#test/server/livestreams/fake-house.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { FakeStatistics } from "#test/support/fake-statistics.ts";
import { FakeWebhooks } from "#test/support/fake-webhooks.ts";

const ADMIN = "admin-token";
export const READER = "reader-token";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; null without a body. */
  readonly body: AnswerBody | null;
}

interface AnswerBody {
  readonly status: string;
  readonly message?: string;
  readonly data?: unknown;
  readonly pagination?: unknown;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string;
}

/** Everything else is as in a server that was never set up. */
type FakeAppOptions = Partial<Pick<AppOptions, "corsOrigins" | "openRoutes" | "readiness">> & {
  readonly database?: Database;
};

export class FakeApp {
  readonly house: FakeHouse;
  readonly statistics = new FakeStatistics();
  readonly webhooks: FakeWebhooks;
  readonly logged: string[] = [];
  readonly log = createLog({
    level: "debug",
    write: (line) => this.logged.push(line),
    clock: new FakeClock(),
  });
  readonly app: ReturnType<typeof createApp>;
  readonly #playbackKeys = [newPlaybackKey(0)];
  readonly #scopeOf: AppOptions["scopeOf"];
  risingMs = Date.UTC(2026, 0, 1);
  /** How often an answer waited for what happened to be told. */
  toldCalls = 0;

  constructor({
    database = openDatabase(":memory:"),
    readiness = {},
    openRoutes = [emptyPages()],
    corsOrigins = "*",
  }: FakeAppOptions = {}) {
    this.house = new FakeHouse(database);
    this.#scopeOf = scopesOf(ADMIN, this.house.tokens, () => this.house.nowMs);
    this.webhooks = new FakeWebhooks({ database });
    this.app = createApp({
      livestreams: this.house.livestreams,
      media: this.house.mediaService,
      clips: this.house.clips,
      thumbnails: this.house.thumbnails,
      timeline: new LivestreamTimeline({ events: this.statistics.stored, livestreams: this.house.stored }),
      webhooks: this.webhooks.service,
      statistics: this.statistics.routes,
      playbackTokens: new PlaybackTokens({
        believedKeys: async () => this.#playbackKeys,
        dateMs: () => this.house.nowMs,
        monotonicMs: () => 0,
      }),
      tokens: this.house.tokens,
      scopeOf: async (token) => (token === READER ? "read" : this.#scopeOf(token)),
      idempotencyKeys: this.house.idempotencyKeys,
      urls: new PublicUrls(
        { publicUrl: "https://example.com/video", rtmpPublicUrl: null },
        { http: 0, rtmp: 0 },
      ),
      corsOrigins,
      eventsTold: async () => {
        this.toldCalls += 1;
      },
      risingMs: () => this.risingMs,
      dateMs: () => this.house.nowMs,
      log: this.log,
      readiness,
      openRoutes,
    });
  }

  /** As an administrator, with the body as JSON, unless it is told otherwise. */
  async call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const { body, headers = {}, token = ADMIN } = options;
    const response = await this.app.request(path, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === "" ? null : JSON.parse(text),
    };
  }
}

/** `code` of a refusal. */
export function codeOf({ body }: Answer): unknown {
  const data = body?.data;
  return typeof data === "object" && data !== null && "code" in data ? data.code : null;
}

/** The pages of a server without livestreams. */
export function emptyPages(): ReturnType<typeof webRoutes> {
  return webRoutes({
    livestream: async () => null,
    liveNow: async () => ({ items: [], total: 0 }),
    publicUrl: (path) => `https://example.com/video/${path}`,
    dateMs: () => 0,
  });
}
