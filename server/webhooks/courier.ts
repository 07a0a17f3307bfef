// Brings one webhook what is due: of each lane one delivery at a time, of all lanes several, and none before its time.
//
// An attempt is over once what came of it is written. A process that is killed before makes it again, so that a receiver may
// get an event twice, with the same `webhook-id`, but never a later one of a livestream before an earlier one.

import type { Delay } from "#server/common/delay.ts";
import { messageOf } from "#server/common/failure.ts";
import type { Log } from "#server/common/log.ts";
import type {
  DeliveryAttempt,
  DeliveryChange,
  DeliveryStore,
  UpcomingDelivery,
} from "#server/store/delivery-store.ts";
import type { StatisticsWriter } from "#server/store/statistics-writer.ts";
import { retryDelayMs } from "./retry-schedule.ts";
import type { Sender } from "./sender.ts";
import type { WebhookRegistry } from "./webhook-registry.ts";

export interface CourierOptions {
  readonly registry: Pick<WebhookRegistry, "find" | "update">;
  readonly deliveries: Pick<DeliveryStore, "upcoming">;
  readonly writer: Pick<StatisticsWriter, "changeDelivery">;
  readonly sender: Pick<Sender, "send">;
  /** Never goes back, not even across a restart. */
  readonly risingMs: () => number;
  readonly delay: Delay;
  /** Deliveries that may be attempted at once, 1 or more. */
  readonly share: () => number;
  readonly log: Log;
}

/** Longer than a timer may be set for (2^31 ms) is asked for again. */
const MAX_SLEEP_MS = 3_600_000;

/** After a look or a write that failed. */
const TROUBLE_MS = 1000;

const GONE = 410;

export class Courier {
  readonly #webhookId: string;
  readonly #options: CourierOptions;
  readonly #ending = new AbortController();
  readonly #givingUp = new AbortController();
  readonly #attempts = new Map<string, Promise<void>>();
  /** Attempted at once: doubled by every success, and one after a failure. */
  #pace = 1;
  #isLooking = false;
  #isWoken = false;
  #sleep: AbortController | null = null;

  constructor(webhookId: string, options: CourierOptions) {
    this.#webhookId = webhookId;
    this.#options = options;
  }

  /** There may be something to send. */
  wake(): void {
    this.#isWoken = true;
    this.#sleep?.abort();
    if (!this.#isLooking) void this.#lookUntilDone(); // It does not reject.
  }

  /** Nothing more is begun; what is still on its way after this long is given up, and made again by the next process. */
  async stop(milliseconds: number): Promise<void> {
    this.#ending.abort();
    this.#sleep?.abort();
    const isOver = new AbortController();
    void Promise.all(this.#attempts.values()).then(() => isOver.abort()); // Attempts do not reject.
    await this.#options.delay(milliseconds, isOver.signal);
    this.#givingUp.abort();
  }

  async #lookUntilDone(): Promise<void> {
    const { delay, log } = this.#options;
    const { signal } = this.#ending;
    this.#isLooking = true;
    while (this.#isWoken && !signal.aborted) {
      this.#isWoken = false;
      try {
        await this.#look();
      } catch (error) {
        log.error("deliveries_not_read", { webhookId: this.#webhookId, message: messageOf(error) });
        await delay(TROUBLE_MS, signal);
        this.#isWoken = true;
      }
    }
    this.#isLooking = false;
  }

  /** Begins as many attempts as there is room for; sleeps until the next one is due. */
  async #look(): Promise<void> {
    const { registry, deliveries, share, risingMs } = this.#options;
    const room = Math.min(this.#pace, share()) - this.#attempts.size;
    if (room <= 0 || registry.find(this.#webhookId)?.isActive !== true) return;
    // One whose attempt ends meanwhile may still be read as it was before: the next look is for it.
    const attempted = new Set(this.#attempts.keys());
    const upcoming = await deliveries.upcoming(this.#webhookId, attempted.size + room + 1);
    const next = upcoming.filter(({ id }) => !attempted.has(id));
    const nowMs = risingMs();
    const due = next.filter((each) => each.nextAttemptRisingMs <= nowMs).slice(0, room);
    for (const delivery of due) this.#begin(delivery);
    const later = next[due.length];
    if (due.length < room && later !== undefined) this.#wakeIn(later.nextAttemptRisingMs - nowMs);
  }

  #begin(delivery: UpcomingDelivery): void {
    const attempt = this.#attempt(delivery).finally(() => {
      this.#attempts.delete(delivery.id);
      this.wake();
    });
    this.#attempts.set(delivery.id, attempt);
  }

  #wakeIn(milliseconds: number): void {
    const sleep = new AbortController();
    this.#sleep = sleep;
    const slept = this.#options.delay(Math.min(milliseconds, MAX_SLEEP_MS), sleep.signal);
    void slept.then(() => {
      if (!sleep.signal.aborted) this.wake();
    });
  }

  /** Does not reject. */
  async #attempt({ id, eventId, type, body, failures }: UpcomingDelivery): Promise<void> {
    const { registry, sender, share } = this.#options;
    const webhook = registry.find(this.#webhookId);
    if (webhook === null) return;
    const { url, secret } = webhook;
    const attempt = await sender.send({ url, secret, eventId, body }, this.#givingUp.signal);
    if (attempt === null) return;
    if (isDelivered(attempt)) {
      this.#pace = Math.min(2 * this.#pace, share());
      await this.#note({ ...this.#noted(id, attempt), state: "delivered", nextAttemptRisingMs: null });
      return;
    }
    this.#pace = 1;
    const isGone = attempt.status === GONE;
    const delayMs = isGone ? null : retryDelayMs(type, failures + 1);
    if (isGone) await this.#turnOff();
    if (delayMs === null) this.#logFailure(id, type, attempt);
    const noted = this.#noted(id, attempt);
    await this.#note(
      delayMs === null
        ? { ...noted, state: "failed", nextAttemptRisingMs: null }
        : { ...noted, state: "pending", nextAttemptRisingMs: noted.risingMs + delayMs },
    );
  }

  #noted(id: string, attempt: DeliveryAttempt) {
    return { type: "attempted", id, attempt, risingMs: this.#options.risingMs() } as const;
  }

  /** What cannot be written is not over: the attempt is made again. */
  async #note(change: DeliveryChange): Promise<void> {
    const { writer, delay } = this.#options;
    const isWritten = await writer.changeDelivery(change);
    if (!isWritten) await delay(TROUBLE_MS, this.#ending.signal);
  }

  async #turnOff(): Promise<void> {
    const { registry, log } = this.#options;
    try {
      await registry.update(this.#webhookId, { isActive: false });
      log.warn("webhook_turned_off", { webhookId: this.#webhookId });
    } catch (error) {
      log.error("webhook_not_turned_off", { webhookId: this.#webhookId, message: messageOf(error) });
    }
  }

  #logFailure(deliveryId: string, type: string, { status }: DeliveryAttempt): void {
    this.#options.log.warn("delivery_failed", { webhookId: this.#webhookId, deliveryId, type, status });
  }
}

function isDelivered({ status }: DeliveryAttempt): boolean {
  return status !== null && status >= 200 && status < 300;
}
