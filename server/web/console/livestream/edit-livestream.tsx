// The form that changes a livestream: its words always, what it offers only while it has not been started.

import { useState } from "preact/hooks";
import type { Livestream } from "#openapi/client.ts";
import { useConsole } from "#server/web/console/console-context.ts";
import { Dialog } from "#server/web/console/parts/dialog.tsx";
import { Check, Field } from "#server/web/console/parts/field.tsx";
import { Problem } from "#server/web/console/parts/problem.tsx";
import { useAction } from "#server/web/console/state/use-action.ts";
import { policyOf } from "#server/web/console/words/policies.ts";

interface EditLivestreamProps {
  readonly livestream: Livestream;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

export function EditLivestream({ livestream, onChanged, onClose }: EditLivestreamProps) {
  const { client } = useConsole();
  const { isBusy, run, problem } = useAction(onChanged);
  const [name, setName] = useState(livestream.name);
  const [description, setDescription] = useState(livestream.description ?? "");
  const [withDvr, setWithDvr] = useState(livestream.withDvr);
  const [withBackup, setWithBackup] = useState(livestream.withBackup);
  const [isSigned, setSigned] = useState(livestream.playbackPolicy === "signed");
  const isCreated = livestream.status === "created";
  const isUnpublished = isCreated || livestream.status === "started";
  const save = async () => {
    const words = { name, description: description.trim() === "" ? null : description };
    const patch = {
      ...words,
      ...(isCreated ? { withDvr, withBackup } : {}),
      ...(isUnpublished ? { playbackPolicy: policyOf(isSigned) } : {}),
    };
    const saved = await run("change it", () => client.updateLivestream(livestream.id, patch), "Changed.");
    if (saved !== null) onClose();
  };
  return (
    <Dialog title="Edit the livestream" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Field label="Name" hint="Viewers see it.">
          <input
            name="name"
            required
            maxLength={200}
            value={name}
            onInput={({ currentTarget }) => setName(currentTarget.value)}
          />
        </Field>
        <Field label="Description">
          <textarea
            name="description"
            rows={4}
            maxLength={5000}
            value={description}
            onInput={({ currentTarget }) => setDescription(currentTarget.value)}
          />
        </Field>
        {isCreated && (
          <>
            <Check
              label="Backup input"
              hint="A second encoder may send too, and takes over when the first one fails."
              checked={withBackup}
              onChange={setWithBackup}
            />
            <Check
              label="Seek back while live"
              hint="Viewers may go back to the beginning of the broadcast."
              checked={withDvr}
              onChange={setWithDvr}
            />
          </>
        )}
        {isUnpublished && (
          <Check
            label="Only with a ticket"
            hint="Viewers need a playback token, which your own system makes for each of them."
            checked={isSigned}
            onChange={setSigned}
          />
        )}
        <Problem text={problem} />
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button primary" disabled={isBusy}>
            Save
          </button>
        </div>
      </form>
    </Dialog>
  );
}
