// One of a livestream's two instances: whoever publishes to it now, and whether that is fit to be watched.

import type { EncodedUnit, Track, TrackKind } from "#media/track/track.ts";
import type { InstanceName } from "#openapi/names.ts";
import type { AnnouncedBitrates, CutTargets } from "./advice.ts";
import { Publish, type TimedUnit } from "./publish.ts";
import { PublishWatch, type PublishWatchReports } from "./publish-watch.ts";

/** A holder of the key that sent nothing for this long makes way for a newcomer with the same key (RTMP §6 of the contract). */
export const TAKEOVER_SILENCE_MS = 2000;

/**
 * A publisher whose ingest went inactive keeps its connection this much longer: a stalled encoder that comes back
 * goes on where it was, and a half-open socket does not stay for ever.
 */
const SILENT_CONNECTION_GRACE_MS = 10_000;

/** The connection behind a publish, as far as the playout needs it. */
export interface PublisherConnection {
  /** Disconnects the encoder; `reason` is a sentence for its log. The connection then calls nothing more. */
  cut(reason: string): void;
}

/** What a source feeds once its key was accepted. After `end` it feeds nothing more. */
export interface Publisher {
  /** A track that is new, or whose configuration changed. */
  setTrack(track: Track): void;
  /** The next unit, in decoding order; of a track that was set. */
  push(unit: EncodedUnit): void;
  /** What the encoder says that it will send. */
  announced(bitrates: AnnouncedBitrates): void;
  /** Something that arrived cannot be used; `reason` is a sentence for a log. */
  dropped(reason: string): void;
  /** Nothing of this kind can be used as it comes, and `problem` says what to change; null: it can be used again. */
  unusable(kind: TrackKind, problem: string | null): void;
  /** None of it can be carried, and the encoder is told why; the end follows. */
  refused(reason: string): void;
  /** `reason`: why the encoder was disconnected; left out, or null, when it left. */
  end(reason?: string | null): void;
}

/** Why a stream key opened no input: nobody knows it, its holder still sends, or the process ends. */
export type Unclaimed = "unknown" | "busy" | "closing";

export type LossCause = "closed" | "silent" | "taken-over";

export interface InstanceListener {
  publishActive(publish: Publish): void;
  publishInactive(publish: Publish, cause: LossCause): void;
  /** In decoding order; only while the publish is active. */
  publishUnit(publish: Publish, timed: TimedUnit): void;
}

/** What an instance reports of those who publish to it. */
export interface InstanceReports extends PublishWatchReports {
  connected(): void;
  /** Somebody came with the key and was turned away. */
  refused(reason: string): void;
  /** `reason`: why it was cut, null when it left. */
  disconnected(reason: string | null): void;
  /** Something that its publisher sent cannot be used. */
  dropped(reason: string): void;
  /** A timestamp was put right. */
  repaired(): void;
  /** What its publisher sends cannot be used, or not wholly, for another reason than before; null: it can be again. */
  problem(problem: string | null): void;
}

const NOBODY: InstanceReports = {
  connected: () => undefined,
  refused: () => undefined,
  disconnected: () => undefined,
  dropped: () => undefined,
  repaired: () => undefined,
  problem: () => undefined,
  positionSeconds: () => null,
  fault: () => undefined,
  advice: () => undefined,
  formatChanged: () => undefined,
};

const BUSY = "another encoder publishes with this stream key";

export class Instance {
  readonly name: InstanceName;
  readonly #listener: InstanceListener;
  readonly #monotonicMs: () => number;
  readonly #ingestTimeoutMs: number;
  readonly #targets: CutTargets;
  readonly #hasOther: boolean;
  readonly #reports: InstanceReports;
  #connection: PublisherConnection | null = null;
  #publish: Publish | null = null;
  /** While it is active. */
  #watch: PublishWatch | null = null;
  #isActive = false;
  #connectedAtMs: number | null = null;
  #lastMediaAtMs: number | null = null;
  #repairsBefore = 0;

  /** `hasOther`: of its livestream, which may take over from it, or it from that. */
  constructor(options: {
    name: InstanceName;
    listener: InstanceListener;
    monotonicMs: () => number;
    ingestTimeoutMs: number;
    targets: CutTargets;
    hasOther: boolean;
    reports?: InstanceReports;
  }) {
    this.name = options.name;
    this.#listener = options.listener;
    this.#monotonicMs = options.monotonicMs;
    this.#ingestTimeoutMs = options.ingestTimeoutMs;
    this.#targets = options.targets;
    this.#hasOther = options.hasOther;
    this.#reports = options.reports ?? NOBODY;
  }

  /** The publish that goes on now, null while no encoder is connected. */
  get publish(): Publish | null {
    return this.#publish;
  }

  get isConnected(): boolean {
    return this.#connection !== null;
  }

  /** An accepted publisher, a key frame seen, and media received within the ingest timeout. */
  get isActive(): boolean {
    return this.#isActive;
  }

  /** By the monotonic clock. */
  get connectedAtMs(): number | null {
    return this.#connectedAtMs;
  }

  /** When media last came, also from a publisher that is gone; by the monotonic clock. */
  get lastMediaAtMs(): number | null {
    return this.#lastMediaAtMs;
  }

  /** Repairs of all its publishes. */
  get timestampRepairs(): number {
    return this.#repairsBefore + (this.#publish?.timestampRepairs ?? 0);
  }

  /** Null when the key is held by a publisher that still sends. */
  attach(connection: PublisherConnection): Publisher | null {
    if (this.#connection !== null) {
      if (this.#silentForMs() < TAKEOVER_SILENCE_MS) {
        this.#reports.refused(BUSY);
        return null;
      }
      this.#cut("taken-over", "another encoder with this key took over after 2 s of silence");
    }
    const publish = new Publish(this.name, this.#monotonicMs(), this.#targets, this.#hasOther);
    this.#connection = connection;
    this.#publish = publish;
    this.#connectedAtMs = this.#monotonicMs();
    this.#reports.connected();
    return {
      setTrack: (track) => {
        publish.setTrack(track);
        if (this.#publish === publish) this.#watch?.trackSet();
      },
      push: (unit) => {
        if (this.#publish === publish) this.#receive(publish, unit);
      },
      announced: (bitrates) => publish.announced(bitrates),
      dropped: (reason) => this.#reports.dropped(reason),
      unusable: (kind, problem) => {
        if (this.#publish === publish) this.#unusable(publish, kind, problem);
      },
      refused: (reason) => this.#reports.refused(reason),
      end: (reason = null) => {
        if (this.#publish === publish) this.#detach("closed", reason);
      },
    };
  }

  /** Somebody came with its key, which opens it no more. */
  refuse(reason: string): void {
    this.#reports.refused(reason);
  }

  /** Disconnects the encoder, if there is one. */
  cut(reason: string): void {
    this.#cut("closed", reason);
  }

  /** Called a few times a second: notices silence. */
  tick(): void {
    const silentForMs = this.#silentForMs();
    this.#watch?.tick(this.#monotonicMs());
    if (silentForMs > this.#ingestTimeoutMs) this.#becomeInactive("silent");
    if (silentForMs > this.#ingestTimeoutMs + SILENT_CONNECTION_GRACE_MS) this.cut("no media received");
  }

  #receive(publish: Publish, unit: EncodedUnit): void {
    const nowMs = this.#monotonicMs();
    const { timestampRepairs } = publish;
    const timed = publish.push(unit, nowMs);
    this.#lastMediaAtMs = nowMs;
    if (publish.timestampRepairs > timestampRepairs) this.#reports.repaired();
    if (this.#isActive) {
      this.#listener.publishUnit(publish, timed);
    } else if (publish.isReady) {
      this.#isActive = true;
      this.#watch = new PublishWatch(publish, this.#reports, nowMs);
      this.#listener.publishActive(publish);
    }
  }

  #unusable(publish: Publish, kind: TrackKind, problem: string | null): void {
    const before = publish.problem;
    publish.unusable(kind, problem);
    if (publish.problem !== before) this.#reports.problem(publish.problem);
  }

  #becomeInactive(cause: LossCause): void {
    if (!this.#isActive || this.#publish === null) return;
    this.#isActive = false;
    this.#watch?.end(this.#monotonicMs());
    this.#watch = null;
    this.#listener.publishInactive(this.#publish, cause);
  }

  #cut(cause: LossCause, reason: string): void {
    const connection = this.#connection;
    if (connection === null) return;
    this.#detach(cause, reason);
    connection.cut(reason);
  }

  #detach(cause: LossCause, reason: string | null): void {
    this.#connection = null;
    this.#connectedAtMs = null;
    this.#becomeInactive(cause);
    this.#repairsBefore = this.timestampRepairs;
    this.#publish = null;
    this.#reports.disconnected(reason);
  }

  #silentForMs(): number {
    const since = Math.max(this.#connectedAtMs ?? 0, this.#lastMediaAtMs ?? 0);
    return this.#monotonicMs() - since;
  }
}
