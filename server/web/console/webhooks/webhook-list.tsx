// Whom the server tells of what happens.

import { useEffect, useState } from "preact/hooks";
import type { Webhook } from "#openapi/client.ts";
import { useConsole } from "#server/web/console/console-context.ts";
import { Badge } from "#server/web/console/parts/badge.tsx";
import { Icon } from "#server/web/console/parts/icon.tsx";
import { Pager } from "#server/web/console/parts/pager.tsx";
import { Secret } from "#server/web/console/parts/secret.tsx";
import { hrefOf } from "#server/web/console/state/route.ts";
import { usePolled } from "#server/web/console/state/use-polled.ts";
import { WebhookForm } from "./webhook-form.tsx";

const EVERY_MS = 5000;
const PAGE = 25;

export function WebhookList() {
  const { client, mayChange } = useConsole();
  const [page, setPage] = useState(0);
  const [isCreating, setCreating] = useState(false);
  const [made, setMade] = useState<Webhook | null>(null);
  const { value, refresh } = usePolled(
    `webhooks ${page}`,
    (signal) => client.listWebhooks({ page, perpage: PAGE }, { signal }),
    EVERY_MS,
  );
  useEffect(() => {
    document.title = "Webhooks · Tandem console";
  }, []);
  return (
    <section class="page">
      <div class="page-head">
        <h1>Webhooks</h1>
        {mayChange && (
          <button type="button" class="button primary" onClick={() => setCreating(true)}>
            <Icon name="plus" />
            Create
          </button>
        )}
      </div>
      {value !== null && value.items.length > 0 && (
        <ul class="table" aria-label="Webhooks">
          {value.items.map((webhook) => (
            <WebhookRow key={webhook.id} webhook={webhook} />
          ))}
        </ul>
      )}
      {value?.items.length === 0 && (
        <p class="empty">No system is told of what happens. Create a webhook with its address.</p>
      )}
      {value !== null && <Pager page={page} pageCount={value.pagination.pageCount} onPage={setPage} />}
      {isCreating && (
        <WebhookForm
          webhook={null}
          onSaved={(webhook) => {
            setCreating(false);
            setMade(webhook);
            refresh();
          }}
          onClose={() => setCreating(false)}
        />
      )}
      {made?.secret !== undefined && (
        <Secret
          title="The webhook's secret"
          secret={made.secret}
          text="Note it now: the receiver checks the signature of each delivery with it, and the server shows it this once."
          onClose={() => setMade(null)}
        />
      )}
    </section>
  );
}

function WebhookRow({ webhook }: { webhook: Webhook }) {
  const { id, url, description, events, active } = webhook;
  return (
    <li class="table-row">
      <div class="table-main">
        <a href={hrefOf("webhooks", id)}>{url}</a>
        <span class="quiet">{description ?? eventsText(events)}</span>
      </div>
      {active ? (
        <Badge tone="well" icon="well">
          On
        </Badge>
      ) : (
        <Badge tone="quiet" icon="ring">
          Off
        </Badge>
      )}
    </li>
  );
}

function eventsText(events: readonly string[]): string {
  return events.includes("*") ? "Told of everything" : `Told of ${events.join(", ")}`;
}
