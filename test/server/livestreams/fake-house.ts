// A livestream service on a database in memory, with everything around it faked and watched.

import type { Database } from "bun:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { InstanceName, PlaybackPolicy } from "#openapi/names.ts";
import { createLog } from "#server/common/log.ts";
import { PublicUrls } from "#server/common/public-urls.ts";
import type { InputState } from "#server/instances/input-state.ts";
import { ClipService } from "#server/livestreams/clip-service.ts";
import type { ConversionResult } from "#server/livestreams/conversion-runner.ts";
import { LivestreamService, type Playouts } from "#server/livestreams/livestream-service.ts";
import { LivestreamTurns } from "#server/livestreams/livestream-turns.ts";
import { MediaService } from "#server/livestreams/media-service.ts";
import { PlayoutReporter } from "#server/livestreams/playout-reporter.ts";
import { Footages } from "#server/recording/footages.ts";
import { Recordings } from "#server/recording/recordings.ts";
import type { IdempotencyStore } from "#server/store/idempotency-store.ts";
import type { LivestreamStore } from "#server/store/livestream-store.ts";
import type { MediaStore } from "#server/store/media-store.ts";
import { OwedWrites } from "#server/store/owed-writes.ts";
import { openDatabase } from "#server/store/sqlite/database.ts";
import { storesIn } from "#server/store/sqlite/stores.ts";
import type { TokenStore } from "#server/store/token-store.ts";
import { ThumbnailService } from "#server/thumbnails/thumbnail-service.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { FakeFeed } from "#test/support/fake-feed.ts";

export const FACTS = {
  ...{ durationSeconds: 12.5, sizeBytes: 1_500_000, width: 1280, height: 720 },
  ...{ videoCodec: "avc1.64001f", audioCodec: "mp4a.40.2" },
};

/** What a livestream is made with. */
interface Properties {
  readonly withDvr?: boolean;
  readonly withBackup?: boolean;
  readonly playbackPolicy?: PlaybackPolicy;
}

/** A playout manager without a playout: says what the test sets, and writes down what it is told. */
export class FakePlayouts implements Playouts {
  readonly calls: string[] = [];
  readonly active = new Map<string, InstanceName>();
  /** What is said of every input. */
  judged: Pick<InputState, "health" | "advice" | "problem"> = { health: null, advice: [], problem: null };
  readonly signed = new Map<string, boolean>();
  /** Programmes, for as long as there are any. */
  areRecorded = true;
  readonly streamKeys = new Map<string, { primary: string | null; secondary: string | null }>();
  /** What the next call of this name waits for, or fails with. */
  readonly holds = new Map<string, Promise<void>>();

  open({ id, streamKeys, isSigned }: Parameters<Playouts["open"]>[0]): void {
    this.calls.push(`open ${id}`);
    this.signed.set(id, isSigned);
    this.streamKeys.set(id, streamKeys);
  }

  setSigned(id: string, isSigned: boolean): void {
    if (this.signed.has(id)) this.signed.set(id, isSigned);
  }

  resetKey(id: string, instance: InstanceName, streamKey: string): void {
    this.calls.push(`resetKey ${instance} of ${id}`);
    const keys = this.streamKeys.get(id);
    if (keys !== undefined) this.streamKeys.set(id, { ...keys, [instance]: streamKey });
  }

  publish(id: string): Promise<void> {
    return this.#call("publish", id);
  }

  reopenEnded(id: string): Promise<void> {
    return this.#call("reopenEnded", id);
  }

  async stop(id: string): Promise<void> {
    await this.#call("stop", id);
    this.active.delete(id);
  }

  async close(id: string): Promise<void> {
    await this.#call("close", id);
    this.active.delete(id);
    this.streamKeys.delete(id);
  }

  hasActiveIngest(id: string): boolean {
    return this.active.has(id);
  }

  onAir(id: string): InstanceName | null {
    return this.active.get(id) ?? null;
  }

  recordedSeconds(id: string): number | null {
    return this.calls.includes(`publish ${id}`) ? 12.5 : null;
  }

  isRecorded(id: string): boolean {
    return this.areRecorded && this.recordedSeconds(id) !== null;
  }

  requestSwitch(id: string, instance: InstanceName): boolean {
    this.calls.push(`switch ${instance} of ${id}`);
    return this.active.get(id) === instance;
  }

  inputs(id: string): readonly InputState[] {
    const keys = this.streamKeys.get(id);
    if (keys === undefined) return [];
    const names = keys.secondary === null ? (["primary"] as const) : (["primary", "secondary"] as const);
    return names.map((instance) => ({
      instance,
      active: this.active.get(id) === instance,
      connectedAtMs: null,
      lastSeenAtMs: null,
      video: null,
      audio: null,
      ...this.judged,
      timestampRepairs: 0,
    }));
  }

  async #call(name: string, id: string): Promise<void> {
    this.calls.push(`${name} ${id}`);
    await this.holds.get(name);
  }
}

/** One process; another on the same database is a restart. */
export class FakeHouse {
  readonly database: Database;
  readonly playouts = new FakePlayouts();
  readonly removed: string[] = [];
  readonly converted: string[] = [];
  readonly logged: string[] = [];
  readonly feed = new FakeFeed();
  readonly reporter: PlayoutReporter;
  readonly owed: OwedWrites;
  readonly idempotencyKeys: IdempotencyStore;
  readonly turns: LivestreamTurns;
  readonly media: MediaStore;
  readonly tokens: TokenStore;
  readonly stored: LivestreamStore;
  /** Real ones, in a folder that is made with the first picture. */
  readonly thumbnailsFolder = join(tmpdir(), `tandem-thumbnails-${Bun.randomUUIDv7()}`);
  readonly thumbnails: ThumbnailService;
  readonly livestreams: LivestreamService;
  readonly mediaService: MediaService;
  /** Real ones, in a folder that is made with the first of them. */
  readonly recordings: Recordings;
  readonly recordingsFolder: string;
  readonly clips: ClipService;
  readonly pictured: string[] = [];
  nowMs = Date.UTC(2026, 0, 1);
  convert: (id: string, signal: AbortSignal) => Promise<ConversionResult> = async () => ({
    ok: true,
    facts: FACTS,
    message: null,
  });
  removeRecording: () => Promise<void> = async () => {};
  /** Delays that were asked for, with what ends them. */
  readonly delays: { milliseconds: number; pass: () => void }[] = [];

  /** `around`: what stands between the services and the stored livestreams. */
  constructor(
    database: Database = openDatabase(":memory:"),
    around: (stored: LivestreamStore) => LivestreamStore = (stored) => stored,
    recordingsFolder = join(tmpdir(), `tandem-recordings-${Bun.randomUUIDv7()}`),
  ) {
    this.database = database;
    const stores = storesIn(database);
    this.idempotencyKeys = stores.idempotencyKeys;
    this.stored = around(stores.livestreams);
    this.media = stores.media;
    this.tokens = stores.tokens;
    this.turns = new LivestreamTurns(stores.turns);
    const urls = new PublicUrls(
      { publicUrl: "https://example.com", rtmpPublicUrl: "rtmp://example.com" },
      { http: 0, rtmp: 0 },
    );
    this.thumbnails = new ThumbnailService({
      store: stores.thumbnails,
      folder: this.thumbnailsFolder,
      dateMs: () => this.nowMs,
    });
    this.recordingsFolder = recordingsFolder;
    this.recordings = new Recordings(recordingsFolder);
    const tick = (): number => ++this.nowMs;
    const log = createLog({
      level: "debug",
      write: (line) => this.logged.push(line),
      clock: new FakeClock(),
    });
    const owed = new OwedWrites({ isStoreWell: async () => true, log, retryMs: 1 });
    this.owed = owed;
    this.livestreams = new LivestreamService({
      owed,
      livestreams: this.stored,
      removals: stores.removals,
      turns: this.turns,
      playouts: this.playouts,
      recordings: {
        remove: async (id) => {
          await this.removeRecording();
          await this.recordings.remove(id);
          this.removed.push(id);
        },
      },
      thumbnails: this.thumbnails,
      convert: (id, signal) => {
        this.converted.push(id);
        return this.convert(id, signal);
      },
      urls,
      dateMs: tick,
      delay: (milliseconds, signal) =>
        new Promise((resolve) => {
          this.delays.push({ milliseconds, pass: resolve });
          signal.addEventListener("abort", () => resolve());
        }),
      log,
      feed: this.feed,
    });
    this.reporter = new PlayoutReporter({
      livestreams: this.stored,
      turns: this.turns,
      owed,
      feed: this.feed,
      dateMs: tick,
      log,
    });
    this.mediaService = new MediaService({
      media: this.media,
      livestreams: this.livestreams,
      thumbnails: this.thumbnails,
      turns: this.turns,
      urls,
      feed: this.feed,
      dateMs: tick,
    });
    this.clips = new ClipService({
      ...{
        media: this.media,
        livestreams: this.stored,
        turns: this.turns,
        feed: this.feed,
        dateMs: tick,
        log,
      },
      footages: new Footages(this.recordings),
      removeFiles: (id) => this.livestreams.removeFiles(id),
      hasActiveIngest: (id) => this.playouts.hasActiveIngest(id),
      takePicture: async (clipId) => void this.pictured.push(clipId),
      view: (mediaId) => this.mediaService.get(mediaId),
    });
  }

  /** Whether the database takes writes; it is read all the same. */
  set isWritable(isWritable: boolean) {
    this.database.run(`PRAGMA query_only = ${isWritable ? "OFF" : "ON"}`);
  }

  async create(properties: Properties & { name?: string } = {}): Promise<string> {
    const { name = "Show", withDvr = false, withBackup = true, playbackPolicy = "public" } = properties;
    const wanted = { name, description: null, withDvr, withBackup, playbackPolicy };
    return (await this.livestreams.create(wanted)).id;
  }

  async started(properties: Properties = {}): Promise<string> {
    const id = await this.create(properties);
    await this.livestreams.start(id);
    return id;
  }

  /** Started, with an encoder that sends to the primary input. */
  async receiving(properties: Properties = {}): Promise<string> {
    const id = await this.started(properties);
    this.playouts.active.set(id, "primary");
    return id;
  }

  async live(properties: Properties = {}): Promise<string> {
    const id = await this.receiving(properties);
    await this.livestreams.publish(id);
    return id;
  }

  /** Stopped, and its conversion through. */
  async stopped(properties: Properties = {}): Promise<string> {
    const id = await this.live(properties);
    await this.livestreams.stop(id);
    await this.livestreams.conversionsSettled();
    return id;
  }

  async finished(properties: Properties = {}): Promise<{ id: string; mediaId: string }> {
    const id = await this.stopped(properties);
    return { id, mediaId: (await this.livestreams.get(id))?.mediaId ?? "" };
  }

  async failed(): Promise<string> {
    const { convert } = this;
    this.convert = async () => ({ ok: false, message: "nothing was recorded" });
    const id = await this.stopped();
    this.convert = convert;
    return id;
  }
}
