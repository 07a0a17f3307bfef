// One webhook: where it goes, and what became of each delivery.

import { useEffect, useState } from "preact/hooks";
import type { Webhook } from "#openapi/client.ts";
import { useConsole } from "#server/web/console/console-context.ts";
import { Badge } from "#server/web/console/parts/badge.tsx";
import { Confirm } from "#server/web/console/parts/confirm.tsx";
import { Secret } from "#server/web/console/parts/secret.tsx";
import { hrefOf } from "#server/web/console/state/route.ts";
import { useAction } from "#server/web/console/state/use-action.ts";
import { usePolled } from "#server/web/console/state/use-polled.ts";
import { DeliveryList } from "./delivery-list.tsx";
import { WebhookForm } from "./webhook-form.tsx";

const EVERY_MS = 5000;

export function WebhookPage({ id }: { id: string }) {
  const { client, mayChange } = useConsole();
  const { value, refusal, refresh } = usePolled(
    `webhook ${id}`,
    (signal) => client.getWebhook(id, { signal }),
    EVERY_MS,
  );
  useEffect(() => {
    document.title = "Webhook · Tandem console";
  }, []);
  if (refusal?.status === 404) {
    return (
      <section class="page">
        <h1>This webhook is gone</h1>
        <p>
          <a href={hrefOf("webhooks")}>To the webhooks</a>
        </p>
      </section>
    );
  }
  if (value === null) return <p class="page wait">Loading…</p>;
  return (
    <section class="page">
      <div class="page-head">
        <div class="head-words">
          <a class="back" href={hrefOf("webhooks")}>
            Webhooks
          </a>
          <h1>{value.url}</h1>
          {value.description !== null && <p class="quiet">{value.description}</p>}
          <Badge tone={value.active ? "well" : "quiet"} icon={value.active ? "well" : "ring"}>
            {value.active ? "On" : "Off"}
          </Badge>
        </div>
        {mayChange && <WebhookActions webhook={value} onChanged={refresh} />}
      </div>
      <DeliveryList webhookId={id} />
    </section>
  );
}

function WebhookActions({ webhook, onChanged }: { webhook: Webhook; onChanged: () => void }) {
  const { client } = useConsole();
  const { isBusy, run } = useAction(onChanged);
  const [open, setOpen] = useState<"edit" | "rotate" | "delete" | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const { id } = webhook;
  const close = () => setOpen(null);
  const rotate = async () => {
    const rotated = await run("rotate its secret", () => client.rotateWebhookSecret(id), null);
    setSecret(rotated?.secret ?? null);
  };
  const remove = async () => {
    const done = await run(
      "delete it",
      () => client.deleteWebhook(id).then(() => true),
      "The webhook is deleted.",
    );
    if (done === true) location.hash = hrefOf("webhooks");
  };
  return (
    <div class="head-actions">
      <button
        type="button"
        class="button"
        disabled={isBusy}
        onClick={() => void run("send a test", () => client.testWebhook(id), "A test is on its way.")}
      >
        Send a test
      </button>
      <button type="button" class="button" onClick={() => setOpen("edit")}>
        Edit
      </button>
      <button type="button" class="button" onClick={() => setOpen("rotate")}>
        Rotate the secret
      </button>
      <button type="button" class="button danger" onClick={() => setOpen("delete")}>
        Delete
      </button>
      {open === "edit" && (
        <WebhookForm
          webhook={webhook}
          onSaved={() => {
            close();
            onChanged();
          }}
          onClose={close}
        />
      )}
      {open === "rotate" && (
        <Confirm
          title="Rotate the secret?"
          text="Deliveries are signed with a new one from now on: the receiver needs it to believe them."
          action="Rotate it"
          onConfirm={() => void rotate()}
          onClose={close}
        />
      )}
      {open === "delete" && (
        <Confirm
          title="Delete the webhook?"
          text="It is told of nothing more, and its deliveries are forgotten."
          action="Delete it"
          onConfirm={() => void remove()}
          onClose={close}
        />
      )}
      {secret !== null && (
        <Secret
          title="The new secret"
          secret={secret}
          text="Note it now, and enter it at the receiver: the server shows it this once."
          onClose={() => setSecret(null)}
        />
      )}
    </div>
  );
}
