// What can be done with a livestream, from its creation to its deletion; writes every status that a call leads to.

import type { InstanceName, LivestreamStatus } from "#openapi/names.ts";
import type { Delay } from "#server/common/delay.ts";
import type { Log } from "#server/common/log.ts";
import type { PublicUrls } from "#server/common/public-urls.ts";
import { UnavailableError } from "#server/common/unavailable-error.ts";
import type { LivestreamFeed } from "#server/feed/livestream-feed.ts";
import type { InputState } from "#server/instances/input-state.ts";
import { DISK_TROUBLES, diskTroubleOf } from "#server/store/disk-trouble.ts";
import type {
  LivestreamChange,
  LivestreamPageRequest,
  LivestreamRow,
  LivestreamStore,
  NewLivestream,
} from "#server/store/livestream-store.ts";
import type { OwedWrites } from "#server/store/owed-writes.ts";
import type { Page } from "#server/store/page.ts";
import type { RecordingRemovalStore } from "#server/store/recording-removal-store.ts";
import { BroadcastEnd } from "./broadcast-end.ts";
import { type Claim, claim, decide, type Refused, refused } from "./claim.ts";
import { ConversionRunner, type Convert } from "./conversion-runner.ts";
import { ConversionSettlement } from "./conversion-settlement.ts";
import type { Decided } from "./lifecycle.ts";
import { type ChangingPlayouts, LivestreamEffects, type Removable } from "./livestream-effects.ts";
import type { LivestreamTurns } from "./livestream-turns.ts";
import { type LivestreamPatch, updateOf } from "./livestream-update.ts";
import { type LivestreamView, livestreamView, type ThumbnailFacts } from "./livestream-view.ts";
import { Reopening } from "./reopening.ts";
import { type KeyedInputs, newStreamKey, StreamKeyReset } from "./stream-keys.ts";

/** The running part of livestreams, as far as it is begun, asked and ended here. */
export interface Playouts extends ChangingPlayouts, KeyedInputs {
  open(livestream: {
    id: string;
    withDvr: boolean;
    streamKeys: { primary: string | null; secondary: string | null };
    hasRecordingFailed: boolean;
    wasLive: boolean;
    isSigned: boolean;
  }): void;
  /** Whether only those may watch who show a token; nothing where it is not open. */
  setSigned(id: string, isSigned: boolean): void;
  hasActiveIngest(id: string): boolean;
  inputs(id: string): readonly InputState[];
  onAir(id: string): InstanceName | null;
  /** How long the recording is by now; null where there is no programme. */
  recordedSeconds(id: string): number | null;
  /** Whether there is a programme that is recorded. */
  isRecorded(id: string): boolean;
  /** False when the instance has no active ingest. */
  requestSwitch(id: string, instance: InstanceName): boolean;
}

/** The pictures that stand for livestreams. */
export interface Thumbnails extends Removable {
  current(livestreamId: string): Promise<ThumbnailFacts | null>;
}

export interface LivestreamServiceOptions {
  readonly livestreams: LivestreamStore;
  readonly removals: RecordingRemovalStore;
  readonly turns: LivestreamTurns;
  readonly owed: Pick<OwedWrites, "write">;
  readonly playouts: Playouts;
  readonly recordings: Removable;
  readonly thumbnails: Thumbnails;
  readonly convert: Convert;
  readonly urls: PublicUrls;
  readonly dateMs: () => number;
  readonly delay: Delay;
  readonly log: Log;
  readonly feed: Pick<LivestreamFeed, "emit" | "forget">;
}

export type LivestreamResult = { ok: true; livestream: LivestreamView } | Refused;

export type DeletionResult = { ok: true } | Refused;

/** What still runs when the process ends gets this long: together with the rest it stays below ten seconds. */
const SETTLE_MS = 3000;

export class LivestreamService {
  readonly #options: LivestreamServiceOptions;
  readonly #conversions: ConversionRunner;
  readonly #effects: LivestreamEffects;
  readonly #reopening: Reopening;
  readonly #broadcastEnd: BroadcastEnd;
  readonly #streamKeyReset: StreamKeyReset;

  constructor(options: LivestreamServiceOptions) {
    this.#options = options;
    this.#effects = new LivestreamEffects(options);
    const settlement = new ConversionSettlement(options, this.#effects);
    this.#conversions = new ConversionRunner({
      convert: options.convert,
      // After what was still to be noted of the recording, and apart from other decisions.
      settle: (id, result) =>
        options.turns.effect(id, () => options.turns.decide(id, () => settlement.settle(id, result))),
      delay: options.delay,
      log: options.log,
    });
    this.#broadcastEnd = new BroadcastEnd(options, this.#effects, this.#conversions);
    this.#streamKeyReset = new StreamKeyReset(options);
    this.#reopening = new Reopening({
      ...options,
      effects: this.#effects,
      conversions: this.#conversions,
      open: (row) => this.#open(row),
    });
  }

  async list(request: LivestreamPageRequest): Promise<Page<LivestreamView>> {
    const { items, total } = await this.#options.livestreams.list(request);
    return { items: await Promise.all(items.map((row) => this.#view(row))), total };
  }

  async get(id: string): Promise<LivestreamView | null> {
    const row = await this.#options.livestreams.find(id);
    return row === null ? null : this.#view(row);
  }

  /** Null when there is no such livestream. */
  status(id: string): Promise<LivestreamStatus | null> {
    return this.#options.livestreams.status(id);
  }

  async create(wanted: Omit<NewLivestream, "id" | "createdAtMs">): Promise<LivestreamView> {
    const { livestreams, turns, feed, dateMs } = this.#options;
    const id = Bun.randomUUIDv7();
    const { name, description, withDvr, withBackup, playbackPolicy } = wanted;
    const properties = { id, name, description, withDvr, withBackup, playbackPolicy };
    const row = await turns.decide(id, async () => {
      const createdAtMs = dateMs();
      const inserted = await livestreams.insert({ ...properties, createdAtMs });
      feed.emit({ type: "livestream.created", livestreamId: id, data: { name } });
      return inserted;
    });
    return this.#view(row);
  }

  /** Which instances it has may change for as long as it could be started, who may watch for as long as nobody could. */
  async update(id: string, patch: LivestreamPatch): Promise<LivestreamResult> {
    const { livestreams, playouts, dateMs } = this.#options;
    const claimed = await this.#claim(id, {
      actionOn: (row) => updateOf(row, patch),
      write: ({ status }) => livestreams.update(id, status, patch, dateMs()),
      follow: ({ row }) => {
        playouts.setSigned(id, isSigned(row));
        return null;
      },
    });
    return claimed.ok ? this.#answer(claimed.row) : claimed;
  }

  /** Makes the stream keys and opens the ingest. */
  async start(id: string): Promise<LivestreamResult> {
    const claimed = await this.#claim(id, {
      actionOn: () => "start",
      write: (row) =>
        this.#changeStatus(row, "started", {
          primaryStreamKey: newStreamKey(),
          secondaryStreamKey: row.withBackup ? newStreamKey() : null,
          ingestStartedAtMs: this.#options.dateMs(),
        }),
      follow: ({ row }) => {
        this.#open(row);
        this.#options.feed.emit({ type: "livestream.started", livestreamId: id, data: {} });
        return null;
      },
    });
    return claimed.ok ? this.#answer(claimed.row) : claimed;
  }

  /** The programme begins. When it cannot, the livestream is `started` again and the error is the caller's. */
  async publish(id: string): Promise<LivestreamResult> {
    const claimed = await this.#claim(id, {
      actionOn: () => "publish",
      write: (row) => this.#changeStatus(row, "live", { startedAtMs: this.#options.dateMs() }),
      follow: ({ before }) => this.#beginProgramme(before),
    });
    return claimed.ok ? this.#answer(claimed.row) : claimed;
  }

  /** Puts the instance on air at its next key frame; the status stays. */
  async switchTo(id: string, instance: InstanceName): Promise<LivestreamResult> {
    const { playouts, turns } = this.#options;
    const decision = await turns.decide(id, async () => {
      const decided = await decide(this.#options, id, () => "switch");
      if (!decided.ok || playouts.requestSwitch(id, instance)) return decided;
      return refused("no_active_ingest", decided.row, decided.situation);
    });
    return decision.ok ? this.#answer(decision.row) : decision;
  }

  /** The input has another key from now on; an encoder with the old one is cut. */
  async resetStreamKey(id: string, instance: InstanceName): Promise<LivestreamResult> {
    const claimed = await this.#streamKeyReset.reset(id, instance);
    return claimed.ok ? this.#answer(claimed.row) : claimed;
  }

  /**
   * Answers once the encoders are gone and the playlist has ended; the conversion goes on behind it. That is done also where
   * the disk does not take the status, which then follows as soon as it can; the error says so.
   */
  async stop(id: string): Promise<LivestreamResult> {
    const claimed = await this.#broadcastEnd.stop(id);
    return claimed.ok ? this.#answer(claimed.row) : claimed;
  }

  /** Answers once everything recorded is gone. */
  async delete(id: string): Promise<DeletionResult> {
    const claimed = await this.#claim(id, {
      actionOn: () => "delete",
      write: ({ status }) => this.#options.livestreams.delete(id, status),
      follow: () => this.#remove(id),
    });
    return claimed.ok ? { ok: true } : claimed;
  }

  /**
   * The end of a finished livestream whose asset is deleted for good; false when it is not there (any more), or `isToGo`,
   * asked in its turn, says that it stays.
   */
  deleteFinished(id: string, isToGo: () => Promise<boolean> = async () => true): Promise<boolean> {
    const { livestreams, turns, feed } = this.#options;
    return turns.decideThen(id, async () => {
      const mediaId = (await livestreams.find(id))?.mediaId ?? null;
      if (mediaId === null || !(await isToGo()) || !(await livestreams.delete(id, "finished"))) {
        return { decision: false, effect: null };
      }
      feed.emit({ type: "media.removed", livestreamId: id, data: { mediaId } });
      return { decision: true, effect: this.#remove(id) };
    });
  }

  /** Files of what was deleted and is noted as to be removed; also at the next start, where that fails. */
  removeFiles(id: string): Promise<void> {
    return this.#effects.remove(id);
  }

  /** At the start of the process, before anybody can come: every input and every playlist is where the last process left it. */
  reopen(): Promise<void> {
    return this.#reopening.reopen();
  }

  /** What the last process left to do and nobody waits for goes on. */
  goOn(): void {
    this.#reopening.goOn();
  }

  /** Resolves once the conversions that were begun are through. */
  conversionsSettled(): Promise<void> {
    return this.#conversions.settled();
  }

  /** No status changes after this; what is not through, or held up by a disk, goes on at the next start. */
  async shutdown(): Promise<void> {
    this.#effects.shutdown();
    const isDone = new AbortController();
    await Promise.race([this.#settled(), this.#options.delay(SETTLE_MS, isDone.signal)]);
    isDone.abort();
  }

  async #settled(): Promise<void> {
    await Promise.all([this.#options.turns.settled(), this.#conversions.shutdown()]);
  }

  #claim(
    id: string,
    {
      actionOn,
      write,
      follow,
    }: {
      actionOn: (row: LivestreamRow) => Decided;
      write: (row: LivestreamRow) => Promise<boolean>;
      /** What follows from the claim; null when there is nothing to wait for. */
      follow: (claimed: Claim & { ok: true }) => Promise<void> | null;
    },
  ): Promise<Claim> {
    return this.#options.turns.decideThen(id, async () => {
      const decision = await claim(this.#options, id, actionOn, write);
      return { decision, effect: decision.ok ? follow(decision) : null };
    });
  }

  #changeStatus(
    { id, status }: LivestreamRow,
    to: LivestreamStatus,
    change: LivestreamChange,
  ): Promise<boolean> {
    const { livestreams, dateMs } = this.#options;
    return livestreams.changeStatus(id, status, to, change, dateMs());
  }

  async #beginProgramme({ id, startedAtMs }: LivestreamRow): Promise<void> {
    const { livestreams, owed, playouts, feed, dateMs } = this.#options;
    try {
      await this.#effects.publish(id, () => {
        const positionSeconds = playouts.recordedSeconds(id);
        feed.emit({ type: "livestream.published", livestreamId: id, positionSeconds, data: {} });
      });
    } catch (error) {
      const write = () => livestreams.changeStatus(id, "live", "started", { startedAtMs }, dateMs());
      await owed.write({ what: "status after a failed publish", livestreamId: id, write });
      throw error;
    }
  }

  /** What is left of a livestream that was deleted. */
  async #remove(id: string): Promise<void> {
    const { feed } = this.#options;
    try {
      await this.#effects.remove(id, () =>
        feed.emit({ type: "livestream.deleted", livestreamId: id, data: {} }),
      );
    } catch (error) {
      const trouble = diskTroubleOf(error);
      if (trouble === null) throw error;
      throw new UnavailableError(
        trouble,
        `The livestream is deleted. But ${DISK_TROUBLES[trouble]}, so that what was recorded of it is removed ` +
          "at the next start of the server.",
      );
    } finally {
      feed.forget(id);
    }
  }

  #open(row: LivestreamRow): void {
    const { id, withDvr, primaryStreamKey: primary, secondaryStreamKey: secondary } = row;
    const hasRecordingFailed = row.conversionMessage !== null;
    const wasLive = row.status === "live";
    const keys = { streamKeys: { primary, secondary }, isSigned: isSigned(row) };
    this.#options.playouts.open({ id, withDvr, ...keys, hasRecordingFailed, wasLive });
  }

  async #answer(row: LivestreamRow): Promise<LivestreamResult> {
    return { ok: true, livestream: await this.#view(row) };
  }

  async #view(row: LivestreamRow): Promise<LivestreamView> {
    const { playouts, thumbnails, urls } = this.#options;
    const playout = {
      inputs: playouts.inputs(row.id),
      onAir: playouts.onAir(row.id),
      recordedSeconds: playouts.recordedSeconds(row.id),
      isRecorded: playouts.isRecorded(row.id),
    };
    return livestreamView(row, playout, await thumbnails.current(row.id), urls);
  }
}

function isSigned({ playbackPolicy }: LivestreamRow): boolean {
  return playbackPolicy === "signed";
}
