// The form that makes a livestream.

import { useState } from "preact/hooks";
import { useConsole } from "#server/web/console/console-context.ts";
import { Dialog } from "#server/web/console/parts/dialog.tsx";
import { Check, Field } from "#server/web/console/parts/field.tsx";
import { Problem } from "#server/web/console/parts/problem.tsx";
import { hrefOf } from "#server/web/console/state/route.ts";
import { useAction } from "#server/web/console/state/use-action.ts";
import { policyOf } from "#server/web/console/words/policies.ts";

export function CreateLivestream({ onClose }: { onClose: () => void }) {
  const { client } = useConsole();
  const { isBusy, run, problem } = useAction();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [withDvr, setWithDvr] = useState(false);
  const [withBackup, setWithBackup] = useState(true);
  const [isSigned, setSigned] = useState(false);
  const create = async () => {
    const body = {
      name,
      description: description.trim() === "" ? null : description,
      withDvr,
      withBackup,
      playbackPolicy: policyOf(isSigned),
    };
    const created = await run("create it", () => client.createLivestream(body), null);
    if (created === null) return;
    onClose();
    location.hash = hrefOf("livestreams", created.id);
  };
  return (
    <Dialog title="Create a livestream" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void create();
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
            rows={3}
            maxLength={5000}
            value={description}
            onInput={({ currentTarget }) => setDescription(currentTarget.value)}
          />
        </Field>
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
        <Check
          label="Only with a ticket"
          hint="Viewers need a playback token, which your own system makes for each of them."
          checked={isSigned}
          onChange={setSigned}
        />
        <Problem text={problem} />
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button primary" disabled={isBusy}>
            Create
          </button>
        </div>
      </form>
    </Dialog>
  );
}
