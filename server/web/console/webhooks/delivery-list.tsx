// What was sent to a webhook, and what it answered.

import { useState } from "preact/hooks";
import type { WebhookDelivery } from "#openapi/client.ts";
import { useConsole } from "#server/web/console/console-context.ts";
import { Badge, type Tone } from "#server/web/console/parts/badge.tsx";
import type { IconName } from "#server/web/console/parts/icon.tsx";
import { Pager } from "#server/web/console/parts/pager.tsx";
import { useAction } from "#server/web/console/state/use-action.ts";
import { usePolled } from "#server/web/console/state/use-polled.ts";
import { countText } from "#server/web/console/words/figures.ts";
import { dateText, timeOfDayText } from "#server/web/console/words/times.ts";

const EVERY_MS = 3000;
const PAGE = 25;

const LOOKS: Readonly<Record<WebhookDelivery["state"], { tone: Tone; icon: IconName; word: string }>> = {
  pending: { tone: "warning", icon: "wait", word: "Waiting" },
  delivered: { tone: "well", icon: "well", word: "Delivered" },
  failed: { tone: "bad", icon: "bad", word: "Failed" },
};

export function DeliveryList({ webhookId }: { webhookId: string }) {
  const { client } = useConsole();
  const [page, setPage] = useState(0);
  const { value, refresh } = usePolled(
    `deliveries ${webhookId} ${page}`,
    (signal) => client.listWebhookDeliveries(webhookId, { page, perpage: PAGE }, { signal }),
    EVERY_MS,
  );
  return (
    <section aria-labelledby="deliveries-title">
      <h2 id="deliveries-title">Deliveries</h2>
      {value?.items.length === 0 && <p class="empty">Nothing was sent yet.</p>}
      {value !== null && value.items.length > 0 && (
        <ul class="table" aria-label="Deliveries">
          {value.items.map((delivery) => (
            <Delivery key={delivery.id} webhookId={webhookId} delivery={delivery} onChanged={refresh} />
          ))}
        </ul>
      )}
      {value !== null && <Pager page={page} pageCount={value.pagination.pageCount} onPage={setPage} />}
    </section>
  );
}

interface DeliveryProps {
  readonly webhookId: string;
  readonly delivery: WebhookDelivery;
  readonly onChanged: () => void;
}

function Delivery({ webhookId, delivery, onChanged }: DeliveryProps) {
  const { client, mayChange } = useConsole();
  const { isBusy, run } = useAction(onChanged);
  const { id, type, state, attempts, nextAttemptAtUtc, createdAtUtc } = delivery;
  const { word, ...look } = LOOKS[state];
  return (
    <li class="table-row">
      <div class="table-main">
        <strong>{type}</strong>
        <span class="quiet">
          {dateText(createdAtUtc)}
          {nextAttemptAtUtc !== null && `, tried again at ${timeOfDayText(nextAttemptAtUtc)}`}
        </span>
        {attempts.length > 0 && (
          <details>
            <summary>
              {attempts.length === 1 ? "1 attempt" : `${countText(attempts.length)} attempts`}
            </summary>
            <ul class="attempts">
              {attempts.map(({ atUtc, status, durationMs, answer }) => (
                <li key={atUtc}>
                  {timeOfDayText(atUtc)}: {status ?? "no answer"} after {countText(durationMs)} ms
                  {answer !== null && answer !== "" && <code>{answer}</code>}
                </li>
              ))}
            </ul>
          </details>
        )}
      </div>
      <Badge {...look}>{word}</Badge>
      {mayChange && (
        <button
          type="button"
          class="button small"
          disabled={isBusy}
          onClick={() =>
            void run("send it again", () => client.redeliverWebhook(webhookId, id), "It is sent once more.")
          }
        >
          Send again
          <span class="unseen"> {type}</span>
        </button>
      )}
    </li>
  );
}
