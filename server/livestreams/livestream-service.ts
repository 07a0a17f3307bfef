// What can be done with a livestream, from its creation to its deletion; writes every status that a call leads to.

import type { InstanceName, LivestreamStatus } from "#openapi/names.ts";
import type { Log } from "#server/common/log.ts";
import type { PublicUrls } from "#server/common/public-urls.ts";
import { UnavailableError } from "#server/common/unavailable-error.ts";
import type { LivestreamFeed } from "#server/feed/livestream-feed.ts";
import type { InputState } from "#server/instances/input-state.ts";
import type { Transaction } from "#server/store/database.ts";
import { DISK_TROUBLES, type DiskTrouble, diskTroubleOf } from "#server/store/disk-trouble.ts";
import type {
  LivestreamChange,
  LivestreamPageRequest,
  LivestreamRow,
  LivestreamStore,
} from "#server/store/livestream-store.ts";
import type { MediaStore } from "#server/store/media-store.ts";
import type { OwedWrites } from "#server/store/owed-writes.ts";
import type { Page } from "#server/store/page.ts";
import type { RecordingRemovalStore } from "#server/store/recording-removal-store.ts";
import { type Claim, claim, decide, type Refused, refused } from "./claim.ts";
import { ConversionRunner, type Convert } from "./conversion-runner.ts";
import { ConversionSettlement } from "./conversion-settlement.ts";
import type { Action } from "./lifecycle.ts";
import { type ChangingPlayouts, LivestreamEffects, type Removable } from "./livestream-effects.ts";
import { type LivestreamView, livestreamView, type ThumbnailFacts } from "./livestream-view.ts";

/** The running part of livestreams, as far as it is begun, asked and ended here. */
export interface Playouts extends ChangingPlayouts {
  open(livestream: {
    id: string;
    withDvr: boolean;
    streamKeys: { primary: string | null; secondary: string | null };
    hasRecordingFailed: boolean;
  }): void;
  hasActiveIngest(id: string): boolean;
  inputs(id: string): readonly InputState[];
  onAir(id: string): InstanceName | null;
  /** How long the recording is by now; null where there is no programme. */
  recordedSeconds(id: string): number | null;
  /** False when the instance has no active ingest. */
  requestSwitch(id: string, instance: InstanceName): boolean;
}

/** The pictures that stand for livestreams. */
export interface Thumbnails extends Removable {
  current(livestreamId: string): ThumbnailFacts | null;
}

export interface LivestreamServiceOptions {
  readonly livestreams: LivestreamStore;
  readonly media: MediaStore;
  readonly removals: RecordingRemovalStore;
  readonly owed: Pick<OwedWrites, "write">;
  readonly transaction: Transaction;
  readonly playouts: Playouts;
  readonly recordings: Removable;
  readonly thumbnails: Thumbnails;
  readonly convert: Convert;
  readonly urls: PublicUrls;
  readonly dateMs: () => number;
  /** Resolves after this long, or as soon as the signal is aborted. */
  readonly delay: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly log: Log;
  readonly feed: Pick<LivestreamFeed, "emit" | "forget">;
}

export type LivestreamResult = { ok: true; livestream: LivestreamView } | Refused;

export type DeletionResult = { ok: true } | Refused;

export interface LivestreamPatch {
  readonly name?: string;
  readonly description?: string | null;
  readonly withDvr?: boolean;
  readonly withBackup?: boolean;
}

/** 192 bits: half as many again as the contract asks for, and a whole number of base64 characters. */
const STREAM_KEY_BYTES = 24;

/** With what a process takes to start, the ports listen again within two seconds, whatever a disk does. */
const REOPEN_MS = 1000;

/** What still runs when the process ends gets this long: together with the rest it stays below ten seconds. */
const SETTLE_MS = 3000;

export class LivestreamService {
  readonly #options: LivestreamServiceOptions;
  readonly #conversions: ConversionRunner;
  readonly #effects: LivestreamEffects;
  /** Those of the last process whose recordings are still being read back. */
  readonly #reopening = new Map<string, Promise<void>>();
  /** Livestreams that were ended while the disk did not take it → when. In the database they are `live`. */
  readonly #endedAtMs = new Map<string, number>();

  constructor(options: LivestreamServiceOptions) {
    this.#options = options;
    this.#effects = new LivestreamEffects(options);
    const settlement = new ConversionSettlement(options, this.#effects);
    this.#conversions = new ConversionRunner({
      convert: options.convert,
      settle: (id, result) => settlement.settle(id, result),
      delay: options.delay,
      log: options.log,
    });
  }

  list(request: LivestreamPageRequest): Page<LivestreamView> {
    const { items, total } = this.#options.livestreams.list(request);
    return { items: items.map((row) => this.#view(row)), total };
  }

  get(id: string): LivestreamView | null {
    const row = this.#options.livestreams.find(id);
    return row === null ? null : this.#view(row);
  }

  /** Null when there is no such livestream. */
  status(id: string): LivestreamStatus | null {
    return this.#options.livestreams.status(id);
  }

  create(wanted: {
    readonly name: string;
    readonly description: string | null;
    readonly withDvr: boolean;
    readonly withBackup: boolean;
  }): LivestreamView {
    const { livestreams, dateMs } = this.#options;
    const id = Bun.randomUUIDv7();
    const { name, description, withDvr, withBackup } = wanted;
    livestreams.insert({ id, name, description, withDvr, withBackup, createdAtMs: dateMs() });
    const row = livestreams.find(id);
    if (row === null) throw new Error(`livestream ${id} was inserted and is not there`);
    this.#options.feed.emit({ type: "livestream.created", livestreamId: id, data: { name } });
    return this.#view(row);
  }

  /** Which instances it has may change for as long as it could be started. */
  update(id: string, patch: LivestreamPatch): LivestreamResult {
    const { livestreams, dateMs } = this.#options;
    const claimed = claim(
      this.#options,
      id,
      (row) => (changesInstances(row, patch) ? "start" : "update"),
      ({ status }) => livestreams.update(id, status, patch, dateMs()),
    );
    return claimed.ok ? this.#answer(claimed.row) : claimed;
  }

  /** Makes the stream keys and opens the ingest. */
  start(id: string): LivestreamResult {
    const claimed = this.#moveTo("started", id, "start", (row) => ({
      primaryStreamKey: newStreamKey(),
      secondaryStreamKey: row.withBackup ? newStreamKey() : null,
      ingestStartedAtMs: this.#options.dateMs(),
    }));
    if (!claimed.ok) return claimed;
    this.#open(claimed.row);
    this.#options.feed.emit({ type: "livestream.started", livestreamId: id, data: {} });
    return this.#answer(claimed.row);
  }

  /** The programme begins. When it cannot, the livestream is `started` again and the error is the caller's. */
  async publish(id: string): Promise<LivestreamResult> {
    const claimed = this.#moveTo("live", id, "publish", () => ({ startedAtMs: this.#options.dateMs() }));
    if (!claimed.ok) return claimed;
    try {
      await this.#effects.publish(id);
    } catch (error) {
      const { livestreams, owed, dateMs } = this.#options;
      const { startedAtMs } = claimed.before;
      const write = (): void =>
        void livestreams.changeStatus(id, "live", "started", { startedAtMs }, dateMs());
      owed.write({ what: "status after a failed publish", livestreamId: id, write });
      throw error;
    }
    this.#emitWithPosition("livestream.published", id);
    return this.#answer(claimed.row);
  }

  /** Puts the instance on air at its next key frame; the status stays. */
  switchTo(id: string, instance: InstanceName): LivestreamResult {
    const decision = decide(this.#options, id, () => "switch");
    if (!decision.ok) return decision;
    const { row, situation } = decision;
    if (!this.#options.playouts.requestSwitch(id, instance)) {
      return refused("no_active_ingest", row, situation);
    }
    return this.#answer(row);
  }

  /**
   * Answers once the encoders are gone and the playlist has ended; the conversion goes on behind it. That is done also where
   * the disk does not take the status, which then follows as soon as it can; the error says so.
   */
  async stop(id: string): Promise<LivestreamResult> {
    let claimed: Claim;
    try {
      claimed = this.#moveTo("converting", id, "stop", () => this.#stopping(id));
    } catch (error) {
      const trouble = diskTroubleOf(error);
      if (trouble === null || this.#options.playouts.recordedSeconds(id) === null) throw error;
      return this.#endUnsaved(id, trouble);
    }
    if (!claimed.ok) return claimed;
    this.#endedAtMs.delete(id);
    this.#emitWithPosition("livestream.stopped", id);
    try {
      await this.#effects.stop(id);
    } finally {
      this.#conversions.begin(id);
    }
    return this.#answer(claimed.row);
  }

  /** Answers once everything recorded is gone. */
  async delete(id: string): Promise<DeletionResult> {
    const claimed = claim(
      this.#options,
      id,
      () => "delete",
      ({ status }) => this.#deleteFrom(status, id),
    );
    if (!claimed.ok) return claimed;
    await this.#remove(id);
    return { ok: true };
  }

  /** The end of a finished livestream whose asset is deleted for good; false when it is not there (any more). */
  async deleteFinished(id: string): Promise<boolean> {
    const mediaId = this.#options.livestreams.find(id)?.mediaId ?? null;
    if (mediaId === null || !this.#deleteFrom("finished", id)) return false;
    this.#options.feed.emit({ type: "media.removed", livestreamId: id, data: { mediaId } });
    await this.#remove(id);
    return true;
  }

  /**
   * At the start of the process, before anybody can come: every input and every playlist is where the last process left it.
   * Livestreams do not wait for each other; one that cannot go on keeps no other from it, and one whose disk takes its time
   * goes on reopening behind this.
   */
  async reopen(): Promise<void> {
    const { livestreams, log, delay } = this.#options;
    const started = livestreams.withStatus("started");
    const live = livestreams.withStatus("live");
    const converting = livestreams.withStatus("converting");
    for (const row of [...started, ...live, ...converting]) this.#open(row);
    for (const { id } of live) this.#reopen(id, () => this.#effects.publish(id));
    for (const { id } of converting) this.#reopen(id, () => this.#effects.reopenEnded(id));
    const isDone = new AbortController();
    await Promise.race([Promise.all(this.#reopening.values()), delay(REOPEN_MS, isDone.signal)]);
    isDone.abort();
    for (const livestreamId of this.#reopening.keys()) log.error("livestream_reopens_late", { livestreamId });
  }

  /** What the last process left to do and nobody waits for: conversions and removals go on. */
  goOn(): void {
    const { livestreams, removals } = this.#options;
    for (const { id } of livestreams.withStatus("converting")) {
      const reopening = this.#reopening.get(id);
      if (reopening === undefined) this.#conversions.begin(id);
      // A recording that is still being repaired is not repaired twice at once. What is waited for does not reject.
      else void reopening.then(() => this.#conversions.begin(id));
    }
    for (const id of removals.all()) void this.#resume(id, () => this.#effects.remove(id)); // It does not reject.
  }

  /** Resolves once the conversions that were begun are through. */
  conversionsSettled(): Promise<void> {
    return this.#conversions.settled();
  }

  /** No status changes after this; what is not through, or held up by a disk, goes on at the next start. */
  async shutdown(): Promise<void> {
    const isDone = new AbortController();
    const done = Promise.all([this.#effects.shutdown(), this.#conversions.shutdown()]);
    await Promise.race([done, this.#options.delay(SETTLE_MS, isDone.signal)]);
    isDone.abort();
  }

  #reopen(id: string, effect: () => Promise<void>): void {
    this.#reopening.set(
      id,
      this.#resume(id, effect).then(() => {
        this.#reopening.delete(id);
      }),
    );
  }

  /** One livestream that cannot go on is no reason for the others not to. */
  async #resume(livestreamId: string, effect: () => Promise<void>): Promise<void> {
    try {
      await effect();
    } catch (error) {
      this.#options.log.error("livestream_not_resumed", { livestreamId, message: String(error) });
    }
  }

  #stopping(id: string): LivestreamChange {
    const stoppedAtMs = this.#endedAtMs.get(id) ?? this.#options.dateMs();
    return { primaryStreamKey: null, secondaryStreamKey: null, stoppedAtMs };
  }

  /** The end of a broadcast whose row cannot be written. */
  async #endUnsaved(id: string, trouble: DiskTrouble): Promise<LivestreamResult> {
    const { livestreams, owed, dateMs } = this.#options;
    if (!this.#endedAtMs.has(id)) this.#endedAtMs.set(id, dateMs());
    try {
      await this.#effects.stop(id);
    } finally {
      const write = (): void => {
        const isNew = livestreams.changeStatus(id, "live", "converting", this.#stopping(id), dateMs());
        this.#endedAtMs.delete(id);
        if (!isNew) return;
        this.#emitWithPosition("livestream.stopped", id);
        this.#conversions.begin(id);
      };
      owed.write({ what: "status after the stop", livestreamId: id, write });
    }
    throw new UnavailableError(
      trouble,
      "The broadcast is over: the encoders are disconnected and the playlists have ended. But " +
        `${DISK_TROUBLES[trouble]}, so that the livestream is still live by its status, which follows as soon as it ` +
        "can be written; if the server is restarted before, the livestream goes on.",
    );
  }

  #moveTo(
    status: LivestreamStatus,
    id: string,
    action: Action,
    changeOf: (row: LivestreamRow) => LivestreamChange,
  ): Claim {
    const { livestreams, dateMs } = this.#options;
    return claim(
      this.#options,
      id,
      () => action,
      (row) => livestreams.changeStatus(id, row.status, status, changeOf(row), dateMs()),
    );
  }

  /** Gone, and what it leaves on disk remembered until that is gone, too; false when it has another status. */
  #deleteFrom(status: LivestreamStatus, id: string): boolean {
    const { livestreams, removals, transaction } = this.#options;
    return transaction(() => {
      if (!livestreams.delete(id, status)) return false;
      removals.add(id);
      return true;
    });
  }

  /** What is left of a livestream that was deleted. */
  async #remove(id: string): Promise<void> {
    const { feed } = this.#options;
    feed.emit({ type: "livestream.deleted", livestreamId: id, data: {} });
    try {
      await this.#effects.remove(id);
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

  #emitWithPosition(type: "livestream.published" | "livestream.stopped", id: string): void {
    const positionSeconds = this.#options.playouts.recordedSeconds(id);
    this.#options.feed.emit({ type, livestreamId: id, positionSeconds, data: {} });
  }

  #open(row: LivestreamRow): void {
    const { id, withDvr, primaryStreamKey: primary, secondaryStreamKey: secondary } = row;
    const hasRecordingFailed = row.conversionMessage !== null;
    this.#options.playouts.open({ id, withDvr, streamKeys: { primary, secondary }, hasRecordingFailed });
  }

  #answer(row: LivestreamRow): LivestreamResult {
    return { ok: true, livestream: this.#view(row) };
  }

  #view(row: LivestreamRow): LivestreamView {
    const { playouts, thumbnails, urls } = this.#options;
    const playout = { inputs: playouts.inputs(row.id), onAir: playouts.onAir(row.id) };
    return livestreamView(row, playout, thumbnails.current(row.id), urls);
  }
}

function changesInstances(
  row: LivestreamRow,
  { withDvr = row.withDvr, withBackup = row.withBackup }: LivestreamPatch,
): boolean {
  return withDvr !== row.withDvr || withBackup !== row.withBackup;
}

/** It holds only characters that RTMP clients leave as they are. */
function newStreamKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(STREAM_KEY_BYTES));
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
