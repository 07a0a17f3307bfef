// One player's share of a stream: everything as it comes, or, for a player that reads too slowly, what it can take.

import { isWhole, type Selection, selectMessages } from "#media/rtmp/player-messages.ts";
import type { Burst, FanOutPlayer } from "#server/programme/rtmp-fan-out.ts";
import type { SendQueue } from "./send-queue.ts";

/** Unread bytes at which a player is sent nothing more up to a key frame: some 25 s at 2.5 Mbit/s, 3 s at 20 Mbit/s. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;

/** A player that skips goes on at a key frame once it has read all but this much. */
const RESUME_WAITING_BYTES = MAX_WAITING_BYTES / 4;

/** A group of pictures as long as one is ever kept may be sent at the start, besides what may wait. */
export const MAX_PLAYER_BYTES = 48 * 1024 * 1024;

/** A player that reads nothing for this long while there is something to read is gone, or as good as gone. */
const STUCK_MS = 15_000;

/** One that skips for this long will not catch up. */
const MAX_SKIPPING_MS = 30_000;

export class RtmpPlayer implements FanOutPlayer {
  readonly #queue: SendQueue;
  readonly #monotonicMs: () => number;
  readonly #onEnded: (reason: string) => void;
  readonly #onSkip: () => void;
  #selection: Selection | null;
  /** Until the next key frame: decoding cannot begin before. */
  #isSkipping = true;
  #fellBehindAtMs: number | null = null;
  #takenBytes = 0;
  #takenAtMs: number;

  constructor(options: {
    queue: SendQueue;
    monotonicMs: () => number;
    selection: Selection;
    /** What is played is over. */
    onEnded: (reason: string) => void;
    /** It reads too slowly, and is sent nothing up to a key frame. */
    onSkip: () => void;
  }) {
    this.#queue = options.queue;
    this.#monotonicMs = options.monotonicMs;
    this.#selection = options.selection;
    this.#onEnded = options.onEnded;
    this.#onSkip = options.onSkip;
    this.#takenAtMs = options.monotonicMs();
  }

  /** What the player wants from now on, null for nothing. */
  select(selection: Selection | null): void {
    if (selection?.video === true && this.#selection?.video !== true) this.#isSkipping = true;
    this.#selection = selection;
  }

  send({ messages, headers }: Burst): void {
    if (this.#selection === null) return;
    if (this.#isSkipping) {
      if (headers === null || !this.#hasCaughtUp()) return;
      this.#isSkipping = false;
      this.#fellBehindAtMs = null;
      this.#push(headers, this.#selection);
    } else if (this.#queue.waitingBytes > MAX_WAITING_BYTES) {
      this.#isSkipping = true;
      this.#fellBehindAtMs = this.#monotonicMs();
      this.#onSkip();
      return;
    }
    this.#push(messages, this.#selection);
  }

  ended(reason: string): void {
    this.#onEnded(reason);
  }

  /** Called about once a second; true when the player is to be disconnected, since it does not read. */
  isStuck(): boolean {
    const nowMs = this.#monotonicMs();
    const { takenBytes, waitingBytes } = this.#queue;
    if (takenBytes !== this.#takenBytes || waitingBytes === 0) this.#takenAtMs = nowMs;
    this.#takenBytes = takenBytes;
    return (
      nowMs - this.#takenAtMs >= STUCK_MS ||
      (this.#fellBehindAtMs !== null && nowMs - this.#fellBehindAtMs >= MAX_SKIPPING_MS)
    );
  }

  #hasCaughtUp(): boolean {
    return this.#fellBehindAtMs === null || this.#queue.waitingBytes <= RESUME_WAITING_BYTES;
  }

  #push(messages: Uint8Array, selection: Selection): void {
    this.#queue.push(isWhole(selection) ? messages : selectMessages(messages, selection));
  }
}
