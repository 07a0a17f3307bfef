// One of a livestream's two sides: whoever publishes to it now, and whether that is fit to be watched.

import type { FlvMessage } from "#media/flv/tag-demuxer.ts";
import type { InstanceName } from "#openapi/names.ts";
import { Publish, type TimedUnit } from "./publish.ts";

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

/** What a connection feeds once its key was accepted. After `end` it feeds nothing more. */
export interface Publisher {
  receive(message: FlvMessage): void;
  end(): void;
}

export type LossCause = "closed" | "silent" | "taken-over";

export interface InstanceListener {
  instanceActive(instance: Instance): void;
  instanceInactive(instance: Instance, cause: LossCause): void;
  /** In decoding order; only while the instance is active. */
  instanceUnit(instance: Instance, timed: TimedUnit): void;
}

export class Instance {
  readonly name: InstanceName;
  readonly #listener: InstanceListener;
  readonly #nowMs: () => number;
  readonly #ingestTimeoutMs: number;
  readonly #onDropped: (reason: string) => void;
  #connection: PublisherConnection | null = null;
  #publish: Publish | null = null;
  #isActive = false;
  #connectedAtMs: number | null = null;
  #lastMediaAtMs: number | null = null;
  #repairsBefore = 0;

  constructor(options: {
    name: InstanceName;
    listener: InstanceListener;
    nowMs: () => number;
    ingestTimeoutMs: number;
    /** Something that its publisher sent cannot be used. */
    onDropped?: (reason: string) => void;
  }) {
    this.name = options.name;
    this.#listener = options.listener;
    this.#nowMs = options.nowMs;
    this.#ingestTimeoutMs = options.ingestTimeoutMs;
    this.#onDropped = options.onDropped ?? (() => undefined);
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

  get connectedAtMs(): number | null {
    return this.#connectedAtMs;
  }

  /** Of any publisher, also one that is gone. */
  get lastMediaAtMs(): number | null {
    return this.#lastMediaAtMs;
  }

  /** Of all its publishers. */
  get timestampRepairs(): number {
    return this.#repairsBefore + (this.#publish?.timestampRepairs ?? 0);
  }

  /** Null when the key is held by a publisher that still sends. */
  attach(connection: PublisherConnection): Publisher | null {
    if (this.#connection !== null) {
      if (this.#silentForMs() < TAKEOVER_SILENCE_MS) return null;
      const silent = this.#connection;
      this.#detach("taken-over");
      silent.cut("another encoder with this key took over after 2 s of silence");
    }
    const publish = new Publish(this.#nowMs(), this.#onDropped);
    this.#connection = connection;
    this.#publish = publish;
    this.#connectedAtMs = this.#nowMs();
    return {
      receive: (message) => {
        if (this.#publish === publish) this.#receive(publish, message);
      },
      end: () => {
        if (this.#publish === publish) this.#detach("closed");
      },
    };
  }

  /** Disconnects the encoder, if there is one. */
  cut(reason: string): void {
    const connection = this.#connection;
    if (connection === null) return;
    this.#detach("closed");
    connection.cut(reason);
  }

  /** Called a few times a second: notices silence. */
  tick(): void {
    if (this.#connection === null) return;
    const silentForMs = this.#silentForMs();
    if (this.#isActive && silentForMs > this.#ingestTimeoutMs) this.#becomeInactive("silent");
    if (silentForMs > this.#ingestTimeoutMs + SILENT_CONNECTION_GRACE_MS) this.cut("no media received");
  }

  #receive(publish: Publish, message: FlvMessage): void {
    const nowMs = this.#nowMs();
    const timed = publish.push(message, nowMs);
    if (timed === null) return;
    this.#lastMediaAtMs = nowMs;
    if (this.#isActive) this.#listener.instanceUnit(this, timed);
    else if (publish.isReady) this.#becomeActive();
  }

  #becomeActive(): void {
    this.#isActive = true;
    this.#listener.instanceActive(this);
  }

  #becomeInactive(cause: LossCause): void {
    this.#isActive = false;
    this.#listener.instanceInactive(this, cause);
  }

  #detach(cause: LossCause): void {
    this.#connection = null;
    this.#connectedAtMs = null;
    if (this.#isActive) this.#becomeInactive(cause);
    this.#repairsBefore = this.timestampRepairs;
    this.#publish = null;
  }

  #silentForMs(): number {
    const since = Math.max(this.#connectedAtMs ?? 0, this.#lastMediaAtMs ?? 0);
    return this.#nowMs() - since;
  }
}
