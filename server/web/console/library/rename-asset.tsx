// The form that changes what a recording is called.

import { useState } from "preact/hooks";
import type { Media } from "#openapi/client.ts";
import { useConsole } from "#server/web/console/console-context.ts";
import { Dialog } from "#server/web/console/parts/dialog.tsx";
import { Field } from "#server/web/console/parts/field.tsx";
import { Problem } from "#server/web/console/parts/problem.tsx";
import { useAction } from "#server/web/console/state/use-action.ts";

interface RenameAssetProps {
  readonly asset: Media;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

export function RenameAsset({ asset, onChanged, onClose }: RenameAssetProps) {
  const { client } = useConsole();
  const { isBusy, run, problem } = useAction(onChanged);
  const [name, setName] = useState(asset.name);
  const [description, setDescription] = useState(asset.description ?? "");
  const save = async () => {
    const patch = { name, description: description.trim() === "" ? null : description };
    if ((await run("rename it", () => client.updateMedia(asset.id, patch), "Renamed.")) !== null) onClose();
  };
  return (
    <Dialog title="Rename it" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Field label="Name">
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
