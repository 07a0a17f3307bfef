// The form that makes a webhook, or changes one.

import { useState } from "preact/hooks";
import type { Webhook } from "#openapi/client.ts";
import { EVERY_EVENT, WEBHOOK_EVENT_TYPES, type WebhookEventType } from "#openapi/names.ts";
import { useConsole } from "#server/web/console/console-context.ts";
import { Check, Field } from "#server/web/console/parts/field.tsx";
import { FormDialog } from "#server/web/console/parts/form-dialog.tsx";
import { sentText } from "#server/web/console/parts/name-and-description.tsx";
import { useAction } from "#server/web/console/state/use-action.ts";

interface WebhookFormProps {
  /** Null makes a new one. */
  readonly webhook: Webhook | null;
  readonly onSaved: (webhook: Webhook) => void;
  readonly onClose: () => void;
}

export function WebhookForm({ webhook, onSaved, onClose }: WebhookFormProps) {
  const { client } = useConsole();
  const { isBusy, run, problem } = useAction();
  const [url, setUrl] = useState(webhook?.url ?? "");
  const [description, setDescription] = useState(webhook?.description ?? "");
  const [active, setActive] = useState(webhook?.active ?? true);
  const [isAll, setAll] = useState(webhook === null || webhook.events.includes(EVERY_EVENT));
  const [chosen, setChosen] = useState<ReadonlySet<WebhookEventType>>(
    () => new Set(WEBHOOK_EVENT_TYPES.filter((type) => webhook?.events.includes(type) === true)),
  );
  const save = async () => {
    const events: Webhook["events"] = isAll ? [EVERY_EVENT] : [...chosen];
    const body = { url, events, description: sentText(description), active };
    const work = () =>
      webhook === null ? client.createWebhook(body) : client.updateWebhook(webhook.id, body);
    const saved = await run(
      webhook === null ? "create it" : "change it",
      work,
      webhook === null ? null : "Changed.",
    );
    if (saved !== null) onSaved(saved);
  };
  const toggle = (type: WebhookEventType, isChosen: boolean) => {
    const next = new Set(chosen);
    if (isChosen) next.add(type);
    else next.delete(type);
    setChosen(next);
  };
  return (
    <FormDialog
      title={webhook === null ? "Create a webhook" : "Edit the webhook"}
      action={webhook === null ? "Create" : "Save"}
      isSendable={!isBusy && (isAll || chosen.size > 0)}
      problem={problem}
      onSubmit={save}
      onClose={onClose}
    >
      <Field label="Address" hint="It gets a POST for each event, in order for each livestream.">
        <input
          name="url"
          type="url"
          required
          maxLength={2000}
          placeholder="https://studio.example.com/tandem"
          value={url}
          onInput={({ currentTarget }) => setUrl(currentTarget.value)}
        />
      </Field>
      <Field label="Description">
        <input
          name="description"
          maxLength={5000}
          value={description}
          onInput={({ currentTarget }) => setDescription(currentTarget.value)}
        />
      </Field>
      <Check
        label="On"
        hint="Off, nothing is sent; what happens meanwhile is not made up for."
        checked={active}
        onChange={setActive}
      />
      <Check
        label="Tell of everything"
        hint="Also of what later versions of the server add."
        checked={isAll}
        onChange={setAll}
      />
      {!isAll && (
        <fieldset class="event-types">
          <legend>Tell of</legend>
          {WEBHOOK_EVENT_TYPES.map((type) => (
            <label key={type}>
              <input
                type="checkbox"
                checked={chosen.has(type)}
                onChange={({ currentTarget }) => toggle(type, currentTarget.checked)}
              />
              {type}
            </label>
          ))}
        </fieldset>
      )}
    </FormDialog>
  );
}
